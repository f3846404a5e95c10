// Does access begin and end as it should? (cases 1 to 6, 10, 14, 17 to 20 of the conformance suite)
import assert from "node:assert/strict";
import type { Assignment, Instant } from "../core/model.ts";
import { ProviderError } from "../providers/provider.ts";
import { failsWith, isThere, need, type Case } from "./bench.ts";
import { isSkip } from "./world.ts";

const MARKLESS = ["bare", "gate"];

export const LIFE: readonly Case[] = [
  {
    title: "1 granting twice is granting once",
    run: async ({ session, world, granted, state, window, ann, bob }) => {
      const assignment = await granted();
      const receipt = await session.grant(assignment, window);
      assert.deepEqual(await session.grant(assignment, window), receipt);
      isThere(await state(assignment));
      const { ownership, sweepable } = world.provider.capabilities;
      const { items } = await session.list();
      const keys = items.map((item) => item.key);
      assert.deepEqual(keys, MARKLESS.includes(ownership) ? [] : [assignment.key]);
      // Whole seconds are as exact as most marks are.
      const exact = items.map(({ until = NaN as Instant }) => Math.abs(until - window.end) < 1000);
      if (sweepable) assert.deepEqual(exact, [true], "the mark does not carry the planned end");
      assert.deepEqual([await world.can(ann), await world.can(bob)], [true, false]);
    },
  },
  {
    title: "2 revoking twice is fine",
    run: async ({ session, world, granted, gone, state, ann }) => {
      const assignment = await granted();
      await gone(assignment);
      assert.equal(await world.can(ann), false);
      assert.equal((await session.revoke(assignment)).state, "absent");
      assert.equal(await state(assignment), "absent");
      assert.deepEqual((await session.list()).items, []);
    },
  },
  {
    title: "3 standing access is seen before, and is there after",
    run: async ({ session, world, claim, state, settle, window, ann }) => {
      await world.standing(ann);
      const assignment = await session.resolve(claim());
      // An edge that can be there only once and carries no mark: the ledger says whose it is, and Lapse writes nothing.
      if ((await state(assignment)) === "held") return;
      assert.equal(await state(assignment), "absent");
      const before = await session.verify(assignment);
      assert.deepEqual([before.allowed, before.standing], [true, true]);
      const refused: unknown = await session.grant(assignment, window).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (refused !== undefined) assert.ok(refused instanceof ProviderError && refused.class === "conflict");
      settle();
      await session.revoke(assignment);
      settle();
      assert.equal(await world.can(ann), true);
      assert.equal((await session.verify(assignment)).standing, true);
    },
  },
  {
    title: "4 of two overlapping requests the end of one does not end the other",
    run: async ({ session, world, claim, granted, gone, state, ann }) => {
      const first = await granted();
      const second = await session.resolve(claim({ request: "ann-orders-2" }));
      assert.equal((await session.verify(second)).standing, false);
      await granted({ request: "ann-orders-2" });
      // One edge for both: it is revoked only when nobody wants it any more, which the core sees by the key.
      if (second.key !== first.key) assert.notEqual(await gone(first), "escaped");
      assert.equal(await world.can(ann), true);
      isThere(await state(second));
      await gone(second);
      assert.equal(await world.can(ann), false);
    },
  },
  {
    title: "5 after a crash behind the effect, the next run knows its own and ends it",
    run: async ({ world, connect, granted, settle, window, ann }) => {
      const assignment = await granted();
      const next = await connect();
      isThere((await next.observe([assignment]))[0]?.state);
      await next.grant(assignment, window);
      await next.revoke(JSON.parse(JSON.stringify(assignment)) as Assignment);
      settle();
      assert.equal(await world.can(ann), false);
    },
  },
  {
    title: "6 after a crash before the effect, there is nothing, and revoking nothing is fine",
    run: async ({ session, world, claim, state, ann }) => {
      const assignment = await session.resolve(claim());
      assert.equal(await state(assignment), "absent");
      assert.equal((await session.revoke(assignment)).state, "absent");
      assert.equal(await world.can(ann), false);
    },
  },
  {
    title: "10 a window that is over grants nothing",
    run: async ({ session, world, claim, state, window: { now, end }, ann }) => {
      const assignment = await session.resolve(claim());
      await failsWith(session.grant(assignment, { end, now: end }), "malformed");
      await failsWith(session.grant(assignment, { end: NaN as Instant, now }), "malformed");
      assert.equal(await state(assignment), "absent");
      assert.equal(await world.can(ann), false);
    },
  },
  {
    title: "14 two appliers at once make one access",
    run: async ({ session, world, connect, claim, state, settle, window, ann }) => {
      const assignment = await session.resolve(claim());
      const both = [session, await connect()];
      await Promise.all(both.map((one) => one.grant(assignment, window)));
      settle();
      assert.ok((await session.list()).items.length <= 1);
      assert.equal(await world.can(ann), true);
      await Promise.all(both.map((one) => one.revoke(assignment)));
      settle();
      assert.equal(await state(assignment), "absent");
      assert.equal(await world.can(ann), false);
    },
  },
  {
    title: "17 an accepted order is pending until the target has carried it out",
    run: async ({ session, world, connect, claim, window, ann }) => {
      const settle = need(world.settle);
      const assignment = await session.resolve(claim());
      await session.grant(assignment, window);
      const next = await connect();
      assert.equal((await next.observe([assignment]))[0]?.state, "pending");
      assert.equal(await world.can(ann), false);
      settle();
      isThere((await next.observe([assignment]))[0]?.state);
      assert.equal((await next.revoke(assignment)).state, "sent");
      settle();
      assert.equal((await next.revoke(assignment)).state, "absent");
    },
  },
  {
    title: "18 too soon means later, and the access is not said to be gone",
    run: async ({ session, world, granted, gone, state, ann }) => {
      const tooSoon = need(world.tooSoon);
      const assignment = await granted();
      tooSoon();
      assert.equal((await failsWith(session.revoke(assignment), "too-soon")).retryable, true);
      isThere(await state(assignment));
      if (!isSkip(world.advance)) world.advance(10 * 60_000);
      await gone(assignment);
      assert.equal(await world.can(ann), false);
    },
  },
  {
    title: "19 what expired by itself is absent, and its garbage is cleaned up",
    run: async ({ session, world, granted, state, window, ann }) => {
      const { expiry } = world.provider.capabilities;
      if (expiry === "none") need({ skip: "access does not end by itself on this target" });
      const advance = need(world.advance);
      const assignment = await granted();
      advance(window.end - window.now);
      assert.equal(await world.can(ann), false);
      assert.equal(await state(assignment), "absent");
      assert.equal((await session.cleanup()).length, expiry === "native-leaves-garbage" ? 1 : 0);
      assert.deepEqual(await session.cleanup(), []);
    },
  },
  {
    title: "20 a renamed subject keeps the access, and loses it at the end",
    run: async ({ world, granted, gone, state, ann }) => {
      const rename = need(world.rename);
      const assignment = await granted();
      const renamed = await rename(ann);
      isThere(await state(assignment));
      assert.equal(await world.can(renamed), true);
      await gone(assignment);
      assert.equal(await world.can(renamed), false);
    },
  },
];
