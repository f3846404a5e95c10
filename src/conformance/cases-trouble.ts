// Does a provider hold when the target or the people on it make trouble? (cases 7 to 9, 11 to 13, 15 and 16)
import assert from "node:assert/strict";
import { failsWith, isThere, need, type Bench, type Case } from "./bench.ts";
import { isSkip } from "./world.ts";

const HOSTILE = [
  `"; DROP ROLE x; --`,
  "o'neil\\",
  "line\nfeed",
  "../../etc",
  "ünï-çødé-名前-\u{1f600}",
  "--comment",
  "$$ $1 %s {}",
];

export const TROUBLE: readonly Case[] = [
  {
    title: "7 a revocation that is put off can be tried again, and holds up no other",
    run: async ({ session, world, granted, gone, ann, bob }) => {
      const hinder = need(world.hinder);
      const mine = await granted();
      const other = await granted({ request: "bob-orders-1", identity: bob });
      const release = await hinder();
      const error = await failsWith(session.revoke(mine), "throttled", "transient", "conflict");
      assert.equal(error.retryable, true);
      await release();
      await gone(other);
      assert.equal(await world.can(bob), false);
      await gone(mine);
      assert.equal(await world.can(ann), false);
    },
  },
  {
    title: "8 an applier that lost its rights says so, and never says absent",
    run: async ({ session, world, granted, ann }) => {
      const disarm = need(world.disarm);
      const assignment = await granted();
      await disarm(assignment);
      assert.equal((await failsWith(session.revoke(assignment), "forbidden")).retryable, false);
      assert.equal(await world.can(ann), true);
    },
  },
  {
    title: "9a a stripped mark does not hide the access, and it can be ended",
    run: async (bench) => {
      const { world, granted, gone, ann } = bench;
      const strip = need(world.strip);
      const assignment = await granted();
      await strip(assignment);
      await drifted(bench, assignment);
      await gone(assignment);
      assert.equal(await world.can(ann), false);
    },
  },
  {
    title: "9b somebody who was added to ours is shown, and goes with it",
    run: async (bench) => {
      const { world, granted, gone, ann, bob } = bench;
      const addMember = need(world.addMember);
      const assignment = await granted();
      await addMember(assignment, bob);
      await drifted(bench, assignment);
      await gone(assignment);
      assert.deepEqual([await world.can(ann), await world.can(bob)], [false, false]);
    },
  },
  {
    title: "9c what was put in the place of ours is foreign: not granted over, not removed",
    run: async ({ session, world, granted, state, window, bob }) => {
      const replace = need(world.replace);
      const assignment = await granted();
      await replace(assignment, bob);
      assert.equal(await state(assignment), "foreign");
      await failsWith(session.grant(assignment, window), "conflict");
      await session.revoke(assignment);
      assert.equal(await world.can(bob), true);
      assert.deepEqual((await session.list()).items, []);
    },
  },
  {
    title: "11 a listing that breaks off says that it is not complete",
    run: async ({ session, world, granted, bob }) => {
      const breakListing = need(world.breakListing);
      await granted();
      await granted({ request: "bob-orders-1", identity: bob });
      const whole = await session.list();
      assert.deepEqual([whole.complete, whole.items.length], [true, 2]);
      breakListing();
      const { complete, items } = await session.list();
      assert.equal(complete, false);
      assert.ok(items.length < 2);
    },
  },
  ...HOSTILE.map((hostile): Case => ({
    title: `12 a hostile name stays in its field: ${JSON.stringify(hostile)}`,
    run: (bench) => staysInItsField(bench, hostile),
  })),
  {
    title: "13 what is missing is told apart",
    run: async ({ session, world, claim, granted }) => {
      const { stranger, missingRole, nowhere } = world;
      if (isSkip(stranger) && isSkip(missingRole) && isSkip(nowhere)) need(stranger);
      // Some targets say only when it is written that there is no such subject.
      if (!isSkip(stranger)) await failsWith(granted({ identity: stranger }), "subject-missing");
      if (!isSkip(world.missingRole))
        await failsWith(session.resolve(claim({ role: world.missingRole })), "role-missing");
      if (!isSkip(world.nowhere)) await failsWith(world.nowhere(), "target-missing");
    },
  },
  {
    title: "15 verify names who lets the subject in, and revoke tells an escape",
    run: async ({ session, world, granted, gone, ann }) => {
      const assignment = await granted();
      const before = await session.verify(assignment);
      assert.deepEqual([before.allowed, before.standing], [true, false]);
      if (world.provider.capabilities.ownership === "object") assert.deepEqual(before.via, [assignment.mark]);
      else assert.equal(before.via.length, 1);
      const otherWay = need(world.otherWay);
      await otherWay(ann);
      assert.equal((await session.verify(assignment)).via.length, 2);
      const { async } = world.provider.capabilities;
      assert.equal(await gone(assignment), async ? "sent" : "escaped");
      const after = await session.verify(assignment);
      assert.deepEqual([after.allowed, after.standing], [true, true]);
    },
  },
  {
    title: "16 reading writes nothing",
    run: async ({ session, world, claim, granted, bob }) => {
      await granted({ request: "bob-orders-1", identity: bob });
      const before = await world.snapshot();
      const assignment = await session.resolve(claim());
      await session.observe([assignment]);
      await session.list();
      await session.verify(assignment);
      await session.doctor();
      assert.deepEqual(await world.snapshot(), before);
    },
  },
];

async function drifted({ session }: Bench, assignment: Parameters<Bench["gone"]>[0]): Promise<void> {
  const [seen] = await session.observe([assignment]);
  assert.equal(seen?.state, "ours");
  assert.ok(seen.drift !== undefined && seen.drift !== "", "the change is not shown as drift");
}

/** Where any name is possible it is granted and ended like every other; where none is, it is refused. */
async function staysInItsField(bench: Bench, hostile: string): Promise<void> {
  const { session, world, claim, granted, gone, ann, bob } = bench;
  const request = `${hostile}${"x".repeat(300)}`;
  let identity = hostile;
  const possible = !isSkip(world.addSubject) && (await world.addSubject(hostile)) !== false;
  if (!possible) {
    await failsWith(session.resolve(claim({ identity, request })), "malformed", "subject-missing");
    identity = ann;
  }
  const assignment = await granted({ identity, request });
  assert.equal(await world.can(identity), true);
  assert.deepEqual([await world.can(ann), await world.can(bob)], [identity === ann, false]);
  isThere((await session.observe([assignment]))[0]?.state);
  await gone(assignment);
  assert.equal(await world.can(identity), false);
}
