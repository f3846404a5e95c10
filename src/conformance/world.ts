// What does the conformance suite need of a target, real or pretended? (types only; each provider's fake.ts makes such worlds)
import type { Assignment, Instant, JsonObject } from "../core/model.ts";
import type { Provider, Session } from "../providers/provider.ts";

/** Said instead of a helper when the target has no such thing; the case is shown as skipped, with the reason. */
export interface Skip {
  readonly skip: string;
}

/** One target with two people on it, and an administrator of it who is not Lapse. */
export interface World {
  readonly provider: Provider;
  readonly owner: string;
  readonly connection: JsonObject;
  /** The environment that `connection` names its secrets of. */
  readonly secret: (name: string) => string | undefined;
  /** Bound on one call, in milliseconds; 5,000 when absent. */
  readonly timeout?: number;
  /** Two people by their identity on the target, as a person's file would write it. */
  readonly subjects: readonly [string, string];
  /** An identity of the right shape that nobody has. */
  readonly stranger: string | Skip;
  readonly role: JsonObject;
  readonly missingRole: JsonObject | Skip;
  /** The target's own time when the world begins. */
  readonly now: Instant;
  /** Moves the target's clock on, in milliseconds. */
  readonly advance: ((ms: number) => void) | Skip;
  /** Opens a session on a target that does not exist. */
  readonly nowhere: (() => Promise<Session>) | Skip;
  /** Does the access really work for this subject, by the target's own judgement? */
  readonly can: (subject: string) => Promise<boolean>;
  /** Gives the same access outside of Lapse: on the very same edge, where an edge can be there only once. */
  readonly standing: (subject: string) => Promise<void>;
  readonly endStanding: (subject: string) => Promise<void>;
  /** Lets the subject in by a way of its own, beside what Lapse grants; often the same as `standing`. */
  readonly otherWay: ((subject: string) => Promise<void>) | Skip;
  /** Makes a subject of any name known; `false` where the target can have none of that name. */
  readonly addSubject: ((name: string) => Promise<unknown>) | Skip;
  /** Gives the subject another name and returns it. */
  readonly rename: ((subject: string) => Promise<string>) | Skip;
  /** The target answers writes with "not now" until the returned function is called. */
  readonly hinder: (() => Promise<() => Promise<void>>) | Skip;
  /** The applier may no longer change this assignment, and it still gives access. */
  readonly disarm: ((assignment: Assignment) => Promise<void>) | Skip;
  /** Somebody removes our mark; the access stays. */
  readonly strip: ((assignment: Assignment) => Promise<void>) | Skip;
  /** Somebody adds a subject to our own object. */
  readonly addMember: ((assignment: Assignment, subject: string) => Promise<void>) | Skip;
  /** Puts somebody else's object, for another subject, where ours was. */
  readonly replace: ((assignment: Assignment, subject: string) => Promise<void>) | Skip;
  /** Everything that a write could change. */
  readonly snapshot: () => Promise<unknown>;
  /** From now on a listing cannot be read to its end. Two assignments are enough for a second page. */
  readonly breakListing: (() => void) | Skip;
  /** Lets orders that were accepted take effect. */
  readonly settle: (() => void) | Skip;
  /** The next revocation is refused as too soon. */
  readonly tooSoon: (() => void) | Skip;
  readonly close: () => Promise<void>;
}

/** A fresh world, as often as it is asked for. */
export interface WorldMaker {
  /** The registered kind that it is a world for. */
  readonly kind: string;
  /** Told apart from the kind's other worlds, e.g. "asynchronous". */
  readonly name: string;
  readonly make: () => Promise<World>;
}

export function isSkip(helper: unknown): helper is Skip {
  return typeof helper === "object" && helper !== null && "skip" in helper;
}
