// What is a plan? (types only: the one value that plan prints and apply carries out)
import type { Reviewed } from "./break-glass.ts";
import type { Admission, Draft, EndReason, LiveGrant } from "./entry.ts";
import type { Decision, Finding, Instant } from "./model.ts";
import type { WayOut } from "./ways-out.ts";

export type Action =
  /** Take it off the target, for ever until read back. */
  | { readonly op: "revoke"; readonly grant: LiveGrant; readonly because: EndReason }
  /**
   * Close the case without touching the target: nothing was ever put there, it was standing access, or another live
   * request still wants the very same assignment.
   */
  | {
      readonly op: "release";
      readonly grant: LiveGrant;
      readonly because: EndReason;
      readonly reason: "never-granted" | "standing" | { readonly heldBy: string };
    }
  | {
      readonly op: "grant";
      readonly request: string;
      readonly admission: Admission;
      /** `new`: first time. `resume`: intent without receipt. `missing`: it was there and is gone. */
      readonly why: "new" | "starts" | "resume" | "missing";
    };

/** The id is used up; nothing is granted. */
export interface Refusal {
  readonly request: string;
  readonly path: string;
  readonly blob: string;
  readonly findings: readonly Finding[];
}

export interface Missed {
  readonly request: string;
  readonly path: string;
  readonly blob: string;
  readonly because: "window-over" | "pending-timeout" | "no-longer-allowed";
  readonly findings: readonly Finding[];
}

/** Could not be judged now: nothing is written, the next run tries again. */
export interface Held {
  readonly request: string;
  readonly path: string;
  readonly reason: string;
}

export interface Admitted {
  readonly request: string;
  readonly admission: Admission;
  readonly decision: Decision;
}

export interface Plan {
  readonly now: Instant;
  /** Commit of main that was compared; absent when main could not be read. */
  readonly main: string | undefined;
  /** Revocations first; both in a stable order. */
  readonly ends: readonly Extract<Action, { op: "revoke" | "release" }>[];
  readonly grants: readonly Extract<Action, { op: "grant" }>[];
  readonly admitted: readonly Admitted[];
  readonly refused: readonly Refusal[];
  readonly missed: readonly Missed[];
  readonly held: readonly Held[];
  /** Break-glass reviews that were given. */
  readonly reviewed: readonly Reviewed[];
  /** Live grants that stay as they are. */
  readonly kept: readonly LiveGrant[];
  /** Targets that could not be read: nothing is concluded about them. */
  readonly unseen: readonly { readonly target: string; readonly reason: string }[];
  /** How each grant's target ends access if the sweep does not. */
  readonly waysOut: readonly WayOut[];
  /** News of what no rule allows (tampered files, access removed by others): recorded once. */
  readonly violations: readonly Finding[];
  /** Who stands behind what decides on main, and what nobody stands behind: recorded once. */
  readonly aboutMain: readonly Draft[];
  /** What is wrong as long as it stays so (misplaced files, drift on a target): shown on every run. */
  readonly warnings: readonly Finding[];
}
