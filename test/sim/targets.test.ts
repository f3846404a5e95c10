// Do the simulated targets keep the providers' contract, and do they remember what really was?
import { describe, expect, it } from "vitest";
import type { World } from "../../src/conformance/world.ts";
import type { Instant } from "../../src/core/model.ts";
import { ProviderError } from "../../src/providers/provider.ts";
import { obeysProviderContract } from "../contract/provider.ts";
import { KINDS, simTarget, type TargetOptions } from "./targets.ts";
import type { Hook } from "./types.ts";

const NOON = Date.UTC(2026, 10, 23, 12);
const ROLE = "reader";
const words = (value: unknown): string => (typeof value === "string" ? value : "");
const done = (act: () => unknown): Promise<void> =>
  Promise.resolve()
    .then(act)
    .then(() => undefined);

/** The next request of this name fails, once or always. */
function trouble(): { readonly hook: Hook; set(call: string, error: ProviderError, always?: boolean): void } {
  let next: { call: string; error: ProviderError; always: boolean; skip: number } | undefined;
  return {
    hook: async (_port, call, act) => {
      if (next?.call !== call) return act();
      if (next.skip > 0) {
        next.skip -= 1;
        return act();
      }
      const { error, always } = next;
      if (!always) next = undefined;
      throw error;
    },
    set: (call, error, always = false) => {
      next = { call, error, always, skip: call === "list" ? 1 : 0 };
    },
  };
}

const failure = (cls: "throttled" | "forbidden" | "too-soon" | "transient") =>
  new ProviderError(cls, cls, { vendorCode: cls });

function world(traits: Omit<TargetOptions, "name" | "clock">): World {
  let now = NOON;
  const faults = trouble();
  const target = simTarget({
    ...traits,
    name: "target",
    clock: () => now,
    hook: faults.hook,
    subjects: ["ann", "bob"],
    roles: [ROLE],
    page: 1,
  });
  const { server, admin, ownership } = target;
  const marked = ownership === "object" || ownership === "marked";
  const skip = { skip: "nothing on such an edge says whose it is" };
  const standing = (name: string) =>
    done(() => {
      admin.give(name, ROLE);
    });
  return {
    provider: target.provider,
    owner: "lapse",
    connection: {},
    secret: () => undefined,
    subjects: ["ann", "bob"],
    stranger: "nobody-knows-me",
    role: { role: ROLE },
    missingRole: { role: "writer" },
    now: now as Instant,
    advance: (ms) => {
      now += ms;
    },
    nowhere: { skip: "there is always a target" },
    can: (name) => Promise.resolve(server.can(name, ROLE)),
    standing,
    endStanding: (name) =>
      done(() => {
        admin.take(name, ROLE);
      }),
    otherWay: marked ? standing : { skip: "the edge is the only way in" },
    addSubject: (name) =>
      done(() => {
        server.admit(name);
      }),
    rename: (name) => {
      server.rename(name, `${name}-married`);
      return Promise.resolve(`${name}-married`);
    },
    hinder: () => {
      faults.set("delete", failure("throttled"));
      return Promise.resolve(() => Promise.resolve());
    },
    disarm: () =>
      done(() => {
        faults.set("delete", failure("forbidden"), true);
      }),
    strip: marked
      ? ({ principal }) =>
          done(() => {
            admin.strip(words(principal["id"]));
          })
      : skip,
    addMember: { skip: "a row is one person's" },
    replace: marked
      ? ({ scope }, subject) =>
          done(() => {
            server.byPeople((rows, uid) => {
              const name = words(scope["name"]);
              rows.set(name, { uid: uid(), name, subject, role: ROLE, state: "active", via: "foreign" });
            });
          })
      : skip,
    snapshot: () => Promise.resolve(structuredClone(server.all())),
    breakListing:
      ownership === "bare"
        ? { skip: "there is no list of bare edges" }
        : () => {
            faults.set("list", failure("transient"));
          },
    settle:
      traits.settles === undefined
        ? { skip: "orders are carried out at once" }
        : () => {
            server.carryOut(true);
          },
    tooSoon: () => {
      faults.set("delete", failure("too-soon"));
    },
    close: () => Promise.resolve(),
  };
}

for (const [name, traits] of Object.entries(KINDS))
  obeysProviderContract(`simulated ${name}`, { make: () => Promise.resolve(world(traits)) });

describe("what a simulated target remembers", () => {
  const at = (traits: Omit<TargetOptions, "name" | "clock">) => {
    let now = NOON;
    const target = simTarget({ ...traits, name: "shop", clock: () => now });
    return { target, tick: (ms: number) => (now += ms), now: () => now };
  };
  const granted = async (target: ReturnType<typeof simTarget>, request: string, minutes: number) => {
    const { provider } = target;
    const session = await provider.connect({}, { owner: "lapse", secret: () => undefined, timeout: 1 });
    const asked = { owner: "lapse", target: "shop", provider: provider.kind, connection: {}, scope: {} };
    const assignment = await session.resolve({ ...asked, request, identity: "ann", role: { role: ROLE } });
    await session.grant(assignment, { now: NOON as Instant, end: (NOON + minutes * 60_000) as Instant });
    return { session, assignment };
  };

  it("native access ends at its end and not when somebody looks", async () => {
    const { target, tick } = at(KINDS["object-native"]);
    await granted(target, "one", 10);
    tick(3_600_000);
    expect(target.history()).toEqual([
      {
        target: "shop",
        subject: "ann",
        role: ROLE,
        via: "lapse:one",
        from: NOON,
        to: NOON + 600_000,
        ended: "itself",
      },
    ]);
  });

  it("an order takes effect when it is due", async () => {
    const { target, tick } = at(KINDS["bare-async"]);
    const { session, assignment } = await granted(target, "one", 10);
    tick(60_000);
    expect((await session.revoke(assignment)).state).toBe("sent");
    tick(3_600_000);
    const [only] = target.history();
    expect([only?.from, only?.to, only?.ended]).toEqual([NOON + 30_000, NOON + 90_000, "lapse"]);
  });

  it("who ended it, and whose it was", async () => {
    const { target, tick } = at(KINDS.object);
    target.admin.give("bob", ROLE);
    tick(1000);
    await granted(target, "one", 10);
    await granted(target, "two", 10);
    tick(1000);
    target.admin.spoil("ann");
    tick(1000);
    target.admin.recreate("ann", ROLE);
    target.admin.take("bob", ROLE);
    const seen = target.history().map(({ via, subject, ended, spoiled }) => [via, subject, ended, spoiled]);
    expect(seen).toEqual([
      ["foreign", "bob", "people", undefined],
      ["lapse:one", "ann", "people", NOON + 2000],
      ["lapse:two", "ann", "people", NOON + 2000],
      ["foreign", "not-ann", undefined, undefined],
      ["foreign", "not-ann", undefined, undefined],
    ]);
  });

  it("a revocation that was acknowledged and not done is not said to be gone", async () => {
    const { target } = at({ ...KINDS.marked, keeps: () => true });
    const { session, assignment } = await granted(target, "one", 10);
    expect((await session.revoke(assignment)).state).toBe("sent");
    expect(target.history()).toMatchObject([{ via: `edge:lapse:ann:${ROLE}` }]);
  });

  it("a target that is down answers 404 for what exists, and nothing is concluded from it", async () => {
    const { target } = at(KINDS.object);
    const { session, assignment } = await granted(target, "one", 10);
    target.down = true;
    for (let i = 0; i < 4; i += 1) {
      await expect(session.observe([assignment])).rejects.toBeInstanceOf(ProviderError);
      await expect(session.revoke(assignment)).rejects.toBeInstanceOf(ProviderError);
      await expect(session.list()).rejects.toBeInstanceOf(ProviderError);
    }
    target.down = false;
    expect((await session.observe([assignment]))[0]?.state).toBe("ours");
  });
});
