// What has ended? (pure; needs only the ledger and the clock, and uses main where main could be read)
import { isOver } from "./time.ts";
import { identityOn } from "./identity.ts";
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

function disentitled(grant: Admission, main: MainView): EndReason | undefined {
  const { catalog } = main.rules;
  const person = catalog.person(grant.subject);
  if (person.is === "absent") return "subject-gone";
  if (person.is === "found" && identityOn(grant.claim, person.value) !== grant.claim.identity) {
    return "subject-changed";
  }
  if (catalog.target(grant.claim.target).is === "absent") return "target-gone";
  return unentitled(grant, main);
}

function unentitled(grant: Admission, { rules: { catalog } }: MainView): EndReason | undefined {
  const entitlement = catalog.entitlement(grant.entitlement);
  if (entitlement.is === "absent") return "entitlement-gone";
  if (entitlement.is === "unreadable") return undefined;
  const { target, role } = entitlement.value;
  if (target !== grant.claim.target || !sameJson(role, grant.claim.role)) return "entitlement-changed";
  const still = eligible(catalog, entitlement.value, grant.subject, grant.breakGlass);
  return still === false ? "not-eligible" : undefined;
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
  if (grant.phase === "ending" || isOver(grant.end, view.now)) return "expired";
  return view.main && unwanted(grant, view.main);
}

/** Splits what is live into what ends now and what stays. Never looks at the forge, a schema or a target's file. */
export function sweep(view: SweepView): Sweep {
  const kept: LiveGrant[] = [];
  const ended: Ended[] = [];
  for (const grant of view.live) {
    const because = endOf(grant, view);
    if (because === undefined) kept.push(grant);
    else ended.push({ grant, because });
  }
  const holders = holdersOf(ended, kept);
  const isMissed = ({ grant }: Ended): boolean => grant.phase === "waiting";
  return {
    ends: ended.filter((one) => !isMissed(one)).map((one) => endAction(one, holders)),
    missed: ended.filter(isMissed).map(missedOf),
    kept,
  };
}

interface Ended {
  readonly grant: LiveGrant;
  readonly because: EndReason;
}

/** Which request that stays still wants an assignment that another one gives up. */
function holdersOf(ended: readonly Ended[], kept: readonly LiveGrant[]): ReadonlyMap<string, string> {
  const given = new Set(ended.map(({ grant }) => grant.assignment?.key));
  if (given.size === 0) return new Map();
  const wanted = kept.flatMap(({ assignment, request, standing }) =>
    assignment && !standing && given.has(assignment.key) ? [[assignment.key, request] as const] : [],
  );
  return new Map(wanted);
}

function missedOf({ grant, because }: Ended): Missed {
  const { request, path, blob } = grant;
  const why = because === "expired" ? "window-over" : "no-longer-allowed";
  return { request, path, blob, because: why, findings: [] };
}

function endAction({ grant, because }: Ended, holders: ReadonlyMap<string, string>): Sweep["ends"][number] {
  if (grant.standing) return { op: "release", grant, because, reason: "standing" };
  if (!grant.assignment) return { op: "release", grant, because, reason: "never-granted" };
  const heldBy = holders.get(grant.assignment.key);
  return heldBy === undefined
    ? { op: "revoke", grant, because }
    : { op: "release", grant, because, reason: { heldBy } };
}
