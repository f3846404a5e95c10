// What do the simulated world, its targets and its oracle say to each other? (types only)
import type { Provider } from "../../src/providers/provider.ts";

/** True time of the simulated world, ms since the epoch. Processes see it through skewed clocks. */
export type Time = number;

/** Every external call of the code under test goes through this hook: it may throw before or after the effect, hang up (crash), answer stale … */
export type Hook = <T>(
  port: string,
  call: string,
  act: () => Promise<T>,
  stale?: () => Promise<T>,
) => Promise<T>;

/** One stretch in which `subject` could really use `role` on the target, in true time. Kept by the target itself. */
export interface Interval {
  target: string;
  subject: string;
  role: string;
  /** The mark or case it came by; "foreign" or "standing" if people made it outside of Lapse. */
  via: string;
  from: Time;
  to?: Time;
  /** Whose act ended it; `itself`: by native expiry. */
  ended?: "lapse" | "people" | "itself";
  /** When people removed the mark, which is all that a sweeper beside the target goes by. */
  stripped?: Time;
  /** When people made the end in the mark unreadable: it may end at once. */
  spoiled?: Time;
}

export interface SimTarget {
  readonly name: string;
  readonly ownership: "object" | "container" | "marked" | "bare" | "gate";
  /** Ends access itself (native expiry). */
  readonly native: boolean;
  /** How long it takes to carry out an order, in ms. */
  readonly settles: number;
  /** `connect()` honours the hook. */
  readonly provider: Provider;
  history(): readonly Interval[];
  /** People acting on the target outside of Lapse. */
  readonly admin: {
    give(subject: string, role: string): void;
    take(subject: string, role: string): void;
    /** Removes the mark of Lapse's access; it still works. */
    strip(subject: string): void;
    /** Makes the planned end in the mark unreadable. */
    spoil(subject: string): void;
    /** Puts somebody else's access under the name of Lapse's. */
    recreate(subject: string, role: string): void;
  };
  /** For weeks. */
  down: boolean;
}

/** What really happened on the forge, in order; written by the simulated forge, read by the oracle, never by the code under test. */
export type Event =
  | { at: Time; kind: "opened"; pull: number; by: number; head: string }
  | {
      at: Time;
      kind: "pushed";
      branch: string;
      by: number;
      after: string;
      force: boolean;
      files: Record<string, string | null>;
      pull?: number;
    }
  | {
      at: Time;
      kind: "reviewed";
      pull: number;
      by: number;
      state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED";
      /** The head when it was really written. */
      seen: string;
    }
  | { at: Time; kind: "merged"; pull: number; by: number; after: string; how: "clean" | "altered" }
  | {
      at: Time;
      kind: "main";
      after: string;
      files: Record<string, string | null>;
      pull?: number;
      by: number;
    };

/** One run of a program, as fate saw it. */
export interface Run {
  readonly kind: "apply" | "expire" | "sweep";
  /** The machine that it ran on. */
  readonly by: string;
  /** The one target of a sweeper. */
  readonly target?: string;
  readonly from: Time;
  /** Absent while it runs, or for good when it died. */
  to?: Time;
  /** When it died. */
  died?: Time;
  /** What its clock showed more than true time, in ms. */
  readonly skew: number;
  /** The exit code; absent when it died or still runs. */
  code?: number;
  /** What went wrong in it, in order: `after git push`, `crash`, … Empty: nothing stood in its way. */
  readonly faults: readonly string[];
  /** Targets that were down, and whether git or the forge was, at any time while it ran. */
  readonly down: string[];
}

/** One push that the server's ledger branch took, with the lines that it appended. `before` tells a rollback. */
export interface LedgerPush {
  readonly at: Time;
  readonly before: string;
  readonly commit: string;
  readonly lines: readonly string[];
}
