// How is the pretended target put to the test? (it is its own fake: plain, asynchronous, and with an end of its own)
import type { World, WorldMaker } from "../../conformance/world.ts";
import { fromEpoch, plus } from "../../core/time.ts";
import type { Duration, Instant } from "../../core/model.ts";
import { memory } from "./index.ts";
import { memoryTarget, type MemoryOptions } from "./target.ts";

type Traits = Pick<MemoryOptions, "asynchronous" | "nativeExpiry">;
const ROLE = "reader";

/** Done at once, as a promise. */
const at = (act: () => void): Promise<void> => Promise.resolve().then(act);

function world(traits: Traits): World {
  let now: Instant = fromEpoch(Date.UTC(2026, 10, 23, 9));
  const target = memoryTarget({ ...traits, subjects: ["ann", "bob"], roles: [ROLE], clock: () => now });
  const objectOf = (mark?: string) => {
    const found = target.objects.get(mark ?? "");
    if (!found) throw new Error("no such object");
    return found;
  };
  const standing = (name: string): Promise<void> =>
    at(() => {
      target.give(name, ROLE);
    });
  return {
    provider: memory((name) => (name === "pretend" ? target : undefined), traits),
    owner: "lapse",
    connection: { name: "pretend" },
    secret: () => undefined,
    subjects: ["ann", "bob"],
    stranger: "nobody-knows-me",
    role: { role: ROLE },
    missingRole: { role: "writer" },
    now,
    advance: (ms) => {
      now = plus(now, ms as Duration);
    },
    nowhere: { skip: "a pretended target that does not exist is a wrong set-up" },
    can: (name) => Promise.resolve(target.can(name, ROLE)),
    standing,
    endStanding: (name) =>
      at(() => {
        target.take(name, ROLE);
      }),
    otherWay: standing,
    addSubject: (name) =>
      at(() => {
        target.admit(name);
      }),
    rename: (name) => {
      target.rename(name, `${name}_married`);
      return Promise.resolve(`${name}_married`);
    },
    hinder: () => {
      target.fault("revoke", "throttled");
      return Promise.resolve(() => Promise.resolve());
    },
    disarm: () =>
      at(() => {
        target.fault("revoke", "forbidden", Infinity);
      }),
    strip: ({ mark }) => {
      objectOf(mark).mark = "";
      return Promise.resolve();
    },
    addMember: ({ mark }, name) => {
      const object = objectOf(mark);
      return at(() => {
        target.write(() => (object.members = [...object.members, target.subject(name) ?? 0]));
      });
    },
    replace: ({ mark }, name) => {
      const object = { ...objectOf(mark), mark: "", members: [target.subject(name) ?? 0] };
      return at(() => {
        target.write(() => target.objects.set(mark ?? "", object));
      });
    },
    snapshot: () => Promise.resolve(structuredClone([target.objects, target.standing])),
    breakListing: () => {
      target.fault("list", "partial");
    },
    settle: traits.asynchronous === true ? target.settle : { skip: "orders are carried out at once" },
    tooSoon: () => {
      target.fault("revoke", "too-soon");
    },
    close: () => Promise.resolve(),
  };
}

const maker = (name: string, traits: Traits): WorldMaker => ({
  kind: "memory",
  name,
  make: () => Promise.resolve(world(traits)),
});

export const worlds: readonly WorldMaker[] = [
  maker("memory", {}),
  maker("memory, asynchronous", { asynchronous: true }),
  maker("memory, with native expiry", { nativeExpiry: true }),
];
