// What must every provider do, whatever the target? (the shared suite, twenty cases)
import { afterEach, beforeEach, describe, expect, test, type TestContext } from "vitest";
import type { Assignment, Claim, Instant, JsonObject } from "../../src/core/model.ts";
import { ProviderError, type ErrorClass, type Provider, type Session } from "../../src/providers/provider.ts";

/** Said instead of a helper when the target has no such thing; the test is shown as skipped with the reason. */
export interface Skip {
  readonly skip: string;
}

export interface World {
  readonly provider: Provider;
  readonly owner: string;
  readonly connection: JsonObject;
  readonly subjects: readonly [string, string];
  readonly role: JsonObject;
  readonly missingRole: JsonObject;
  readonly window: { readonly now: Instant; readonly end: Instant };
  connect(): Promise<Session>;
  /** Opens a session on a target that does not exist. */
  connectNowhere: (() => Promise<Session>) | Skip;
  /** Does the access really work for this subject? */
  readonly can: (subject: string) => Promise<boolean>;
  standing(subject: string): Promise<void>;
  addSubject(name: string): Promise<void>;
  rename(subject: string, to: string): Promise<void>;
  /** The target answers writes with "not now" until the returned function is called. */
  hinder(): Promise<() => Promise<void>>;
  /** The applier may no longer change this assignment, and it still gives access. */
  disarm(assignment: Assignment): Promise<void>;
  strip(assignment: Assignment): Promise<void>;
  addMember(assignment: Assignment, subject: string): Promise<void>;
  /** Puts somebody else's object, for the other subject, where ours was. */
  replace(assignment: Assignment, subject: string): Promise<void>;
  /** Everything that a write could change. */
  snapshot(): Promise<unknown>;
  breakListing: (() => void) | Skip;
  /** Lets operations that were accepted take effect. */
  settle: (() => void) | Skip;
  tooSoon: (() => void) | Skip;
  /** Moves the target's clock past the window. */
  expire: (() => void) | Skip;
  readonly close: () => Promise<void>;
}

const HOSTILE = [
  `"; DROP ROLE x; --`,
  "o'neil\\",
  "line\nfeed",
  "../../etc",
  "ünï-çødé-名前-\u{1f600}",
  "--comment",
  "$$ $1 %s {}",
];

/** Needs this helper, or skips the test with the reason why there is none. */
function need<T>(context: TestContext, helper: T | Skip): T {
  if (typeof helper === "object" && helper !== null && "skip" in helper) context.skip(helper.skip);
  return helper;
}

async function failsWith(
  promise: Promise<unknown>,
  ...classes: readonly ErrorClass[]
): Promise<ProviderError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(thrown).toBeInstanceOf(ProviderError);
  const error = thrown as ProviderError;
  expect(classes).toContain(error.class);
  return error;
}

export function obeysProviderContract(name: string, make: () => Promise<World>): void {
  describe(`${name} obeys the provider contract`, () => {
    let world: World;
    let session: Session;
    let ann: string;
    let bob: string;

    beforeEach(async () => {
      world = await make();
      session = await world.connect();
      [ann, bob] = world.subjects;
    });
    afterEach(async () => {
      await session.close();
      await world.close();
    });

    const claim = (more: Partial<Claim> = {}): Claim => ({
      request: "ann-orders-1",
      owner: world.owner,
      target: "target",
      provider: world.provider.kind,
      connection: world.connection,
      identity: ann,
      role: world.role,
      scope: {},
      ...more,
    });
    const granted = async (more: Partial<Claim> = {}): Promise<Assignment> => {
      const assignment = await session.resolve(claim(more));
      await session.grant(assignment, world.window);
      if (!("skip" in world.settle)) world.settle();
      return assignment;
    };
    const state = async (assignment: Assignment) => (await session.observe([assignment]))[0]?.state;
    const gone = async (assignment: Assignment) => {
      const { state } = await session.revoke(assignment);
      if (!("skip" in world.settle)) world.settle();
      return state;
    };

    test("1 granting twice is granting once", async () => {
      const assignment = await granted();
      const receipt = await session.grant(assignment, world.window);
      expect(await session.grant(assignment, world.window)).toEqual(receipt);
      expect(await state(assignment)).toBe("ours");
      expect((await session.list()).items.map((item) => item.key)).toEqual([assignment.key]);
      expect(await world.can(ann)).toBe(true);
      expect(await world.can(bob)).toBe(false);
    });

    test("2 revoking twice is fine", async () => {
      const assignment = await granted();
      await gone(assignment);
      expect(await world.can(ann)).toBe(false);
      expect((await session.revoke(assignment)).state).toBe("absent");
      expect(await state(assignment)).toBe("absent");
      expect((await session.list()).items).toEqual([]);
    });

    test("3 standing access is seen before, and is there after", async () => {
      await world.standing(ann);
      const assignment = await session.resolve(claim());
      expect(await state(assignment)).toBe("absent");
      expect(await session.verify(assignment)).toMatchObject({ allowed: true, standing: true });
      await granted();
      await gone(assignment);
      expect(await world.can(ann)).toBe(true);
      expect(await session.verify(assignment)).toMatchObject({ allowed: true, standing: true });
    });

    test("4 of two overlapping requests the end of one does not end the other", async () => {
      const first = await granted();
      const second = await session.resolve(claim({ request: "ann-orders-2" }));
      expect((await session.verify(second)).standing).toBe(false);
      await granted({ request: "ann-orders-2" });
      expect(await gone(first)).not.toBe("escaped");
      expect(await world.can(ann)).toBe(true);
      expect(await state(second)).toBe("ours");
      await gone(second);
      expect(await world.can(ann)).toBe(false);
    });

    test("5 after a crash behind the effect, the next run knows its own and ends it", async () => {
      const assignment = await granted();
      const next = await world.connect();
      expect((await next.observe([assignment]))[0]?.state).toBe("ours");
      await next.grant(assignment, world.window);
      await next.revoke(JSON.parse(JSON.stringify(assignment)) as Assignment);
      if (!("skip" in world.settle)) world.settle();
      await next.close();
      expect(await world.can(ann)).toBe(false);
    });

    test("6 after a crash before the effect, there is nothing, and revoking nothing is fine", async () => {
      const assignment = await session.resolve(claim());
      expect(await state(assignment)).toBe("absent");
      expect((await session.revoke(assignment)).state).toBe("absent");
      expect(await world.can(ann)).toBe(false);
    });

    test("7 a revocation that is put off can be tried again, and holds up no other", async () => {
      const mine = await granted();
      const other = await granted({ request: "bob-orders-1", identity: bob });
      const release = await world.hinder();
      const error = await failsWith(session.revoke(mine), "throttled", "transient", "conflict");
      expect(error.retryable).toBe(true);
      await release();
      await gone(other);
      expect(await world.can(bob)).toBe(false);
      await gone(mine);
      expect(await world.can(ann)).toBe(false);
    });

    test("8 an applier that lost its rights says so, and never says absent", async () => {
      const assignment = await granted();
      await world.disarm(assignment);
      const error = await failsWith(session.revoke(assignment), "forbidden");
      expect(error.retryable).toBe(false);
      expect(await world.can(ann)).toBe(true);
    });

    test("9a a stripped mark does not hide the access, and it can be ended", async () => {
      const assignment = await granted();
      await world.strip(assignment);
      const [seen] = await session.observe([assignment]);
      expect(seen).toMatchObject({ state: "ours", drift: expect.any(String) as string });
      await gone(assignment);
      expect(await world.can(ann)).toBe(false);
    });

    test("9b somebody who was added to ours is shown, and goes with it", async () => {
      const assignment = await granted();
      await world.addMember(assignment, bob);
      const [seen] = await session.observe([assignment]);
      expect(seen).toMatchObject({ state: "ours", drift: expect.any(String) as string });
      await gone(assignment);
      expect([await world.can(ann), await world.can(bob)]).toEqual([false, false]);
    });

    test("9c what was put in the place of ours is foreign: not granted over, not removed", async () => {
      const assignment = await granted();
      await world.replace(assignment, bob);
      expect(await state(assignment)).toBe("foreign");
      await failsWith(session.grant(assignment, world.window), "conflict");
      await session.revoke(assignment);
      expect(await world.can(bob)).toBe(true);
      expect((await session.list()).items).toEqual([]);
    });

    test("10 a window that is over grants nothing", async () => {
      const assignment = await session.resolve(claim());
      const { end } = world.window;
      await failsWith(session.grant(assignment, { end, now: end }), "malformed");
      await failsWith(session.grant(assignment, { end: NaN as Instant, now: world.window.now }), "malformed");
      expect(await state(assignment)).toBe("absent");
      expect(await world.can(ann)).toBe(false);
    });

    test("11 a listing that breaks off says that it is not complete", async (context) => {
      const breakListing = need(context, world.breakListing);
      await granted();
      await granted({ request: "bob-orders-1", identity: bob });
      expect(await session.list()).toMatchObject({ complete: true, items: { length: 2 } });
      breakListing();
      const { complete, items } = await session.list();
      expect(complete).toBe(false);
      expect(items.length).toBeLessThan(2);
    });

    test.each(HOSTILE)("12 a hostile name stays in its field: %j", async (hostile) => {
      await world.addSubject(hostile);
      const assignment = await granted({ identity: hostile, request: `${hostile}${"x".repeat(300)}` });
      expect(await world.can(hostile)).toBe(true);
      expect([await world.can(ann), await world.can(bob)]).toEqual([false, false]);
      expect((await session.list()).items.map((item) => item.key)).toEqual([assignment.key]);
      await gone(assignment);
      expect(await world.can(hostile)).toBe(false);
    });

    test("13 what is missing is told apart", async (context) => {
      await failsWith(session.resolve(claim({ identity: "nobody-knows-me" })), "subject-missing");
      await failsWith(session.resolve(claim({ role: world.missingRole })), "role-missing");
      const connectNowhere = need(context, world.connectNowhere);
      await failsWith(connectNowhere(), "target-missing");
    });

    test("14 two appliers at once make one access", async () => {
      const assignment = await session.resolve(claim());
      const other = await world.connect();
      const both = [session, other];
      await Promise.all(both.map((one) => one.grant(assignment, world.window)));
      if (!("skip" in world.settle)) world.settle();
      expect((await session.list()).items).toHaveLength(1);
      expect(await world.can(ann)).toBe(true);
      await Promise.all(both.map((one) => one.revoke(assignment)));
      if (!("skip" in world.settle)) world.settle();
      await other.close();
      expect(await state(assignment)).toBe("absent");
      expect(await world.can(ann)).toBe(false);
    });

    test("15 verify names who lets the subject in, and revoke tells an escape", async () => {
      const assignment = await granted();
      const before = await session.verify(assignment);
      expect(before).toMatchObject({ allowed: true, standing: false });
      expect(before.via).toEqual([assignment.mark]);
      await world.standing(ann);
      const { via } = await session.verify(assignment);
      expect(via).toHaveLength(2);
      const ended = await gone(assignment);
      if (world.provider.capabilities.async) expect(ended).toBe("sent");
      else expect(ended).toBe("escaped");
      expect(await session.verify(assignment)).toMatchObject({ allowed: true, standing: true });
    });

    test("16 reading writes nothing", async () => {
      await granted({ request: "bob-orders-1", identity: bob });
      const before = await world.snapshot();
      const assignment = await session.resolve(claim());
      await session.observe([assignment]);
      await session.list();
      await session.verify(assignment);
      await session.doctor();
      expect(await world.snapshot()).toEqual(before);
    });

    test("17 an accepted order is pending until the target has carried it out", async (context) => {
      const settle = need(context, world.settle);
      const assignment = await session.resolve(claim());
      await session.grant(assignment, world.window);
      const next = await world.connect();
      expect((await next.observe([assignment]))[0]?.state).toBe("pending");
      expect(await world.can(ann)).toBe(false);
      settle();
      expect((await next.observe([assignment]))[0]?.state).toBe("ours");
      expect((await next.revoke(assignment)).state).toBe("sent");
      settle();
      expect((await next.revoke(assignment)).state).toBe("absent");
      await next.close();
    });

    test("18 too soon means later, and the access is not said to be gone", async (context) => {
      const tooSoon = need(context, world.tooSoon);
      const assignment = await granted();
      tooSoon();
      expect((await failsWith(session.revoke(assignment), "too-soon")).retryable).toBe(true);
      expect(await state(assignment)).toBe("ours");
      await gone(assignment);
      expect(await world.can(ann)).toBe(false);
    });

    test("19 what expired by itself is absent, and its garbage is cleaned up", async (context) => {
      const expire = need(context, world.expire);
      const assignment = await granted();
      expire();
      expect(await world.can(ann)).toBe(false);
      expect(await state(assignment)).toBe("absent");
      expect(await session.cleanup()).toHaveLength(1);
      expect(await session.cleanup()).toEqual([]);
    });

    test("20 a renamed subject keeps the access, and loses it at the end", async () => {
      const assignment = await granted();
      await world.rename(ann, `${ann}_married`);
      expect(await state(assignment)).toBe("ours");
      expect(await world.can(`${ann}_married`)).toBe(true);
      await gone(assignment);
      expect(await world.can(`${ann}_married`)).toBe(false);
    });
  });
}
