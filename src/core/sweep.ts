// What has ended? (pure; needs only the ledger and the clock, and uses main where main could be read)
import { isOver } from "./time.ts";
import { eligible } from "./policy.ts";
import type { Admission, EndReason, LiveGrant } from "./entry.ts";
import type { Action, Missed } from "./plan.ts";
import type { MainView, SweepView } from "./snapshot.ts";

// | the ledger says        | now ≥ end | main read, says no | main not read | what happens            |
// |------------------------|-----------|--------------------|---------------|-------------------------|
// | waiting (no act yet)   | missed    | missed             | stays         | nothing on the target   |
// | granting, granted      | revoke    | revoke             | stays         | revoke, read back       |
// | granted, standing      | release   | release            | stays         | the target is untouched |
// | same assignment wanted | release   | release            | stays         | the other one keeps it  |
// | ending                 | revoke    | revoke             | revoke        | again, until read back  |

export interface Sweep {
  readonly ends: readonly Extract<Action, { op: "revoke" | "release" }>[];
  readonly missed: readonly Missed[];
  readonly kept: readonly LiveGrant[];
}

/** Does main, read completely, still say that this access is wanted? Unreadable rules say nothing (P6). */
function unwanted(grant: Admission, main: MainView): EndReason | undefined {
  const file = main.files.get(grant.path);
  if (!file) return "file-removed";
  if (file.oid !== grant.blob || file.mode !== "100644") return "file-changed";
  return disentitled(grant, main);
}

function disentitled(grant: Admission, { rules: { catalog } }: MainView): EndReason | undefined {
  if (catalog.person(grant.subject).is === "absent") return "subject-gone";
  if (catalog.target(grant.claim.target).is === "absent") return "target-gone";
  const entitlement = catalog.entitlement(grant.entitlement);
  if (entitlement.is === "absent") return "entitlement-gone";
  if (entitlement.is === "unreadable") return undefined;
  const { target, role } = entitlement.value;
  if (target !== grant.claim.target || !sameJson(role, grant.claim.role)) return "entitlement-changed";
  return eligible(catalog, entitlement.value, grant.subject, grant.breakGlass) === false
    ? "not-eligible"
    : undefined;
}

/** Whatever the order of the keys. */
function sameJson(a: unknown, b: unknown): boolean {
  if (!isTree(a) || !isTree(b)) return a === b;
  const keys = Object.keys(a);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function endOf(grant: LiveGrant, view: SweepView): EndReason | undefined {
  if (grant.ending) return grant.ending.because;
  if (isOver(grant.end, view.now)) return "expired";
  return view.main && unwanted(grant, view.main);
}

/** Splits what is live into what ends now and what stays. Never looks at the forge, a schema or a target's file. */
export function sweep(view: SweepView): Sweep {
  const ends: Sweep["ends"][number][] = [];
  const missed: Missed[] = [];
  const kept: LiveGrant[] = [];
  const reasons = view.live.map((grant) => [grant, endOf(grant, view)] as const);
  const wanted = new Map<string, string>();
  for (const [grant, because] of reasons) {
    if (because === undefined && grant.assignment) wanted.set(grant.assignment.key, grant.request);
  }
  for (const [grant, because] of reasons) {
    if (because === undefined) kept.push(grant);
    else if (grant.phase === "waiting") missed.push(missedOf(grant, because));
    else ends.push(endAction(grant, because, wanted));
  }
  return { ends, missed, kept };
}

function missedOf(grant: LiveGrant, because: EndReason): Missed {
  const { request, path, blob } = grant;
  const why = because === "expired" ? "window-over" : "no-longer-allowed";
  return { request, path, blob, because: why, findings: [] };
}

function endAction(
  grant: LiveGrant,
  because: EndReason,
  wanted: ReadonlyMap<string, string>,
): Sweep["ends"][number] {
  if (grant.standing) return { op: "release", grant, because, reason: "standing" };
  if (!grant.assignment) return { op: "release", grant, because, reason: "never-granted" };
  const heldBy = wanted.get(grant.assignment.key);
  return heldBy === undefined
    ? { op: "revoke", grant, because }
    : { op: "release", grant, because, reason: { heldBy } };
}
