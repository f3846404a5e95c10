// Which cases are open after these entries? (the only place that turns the log into `live.jsonl`)
import type { Draft, EndReason, Entry, LiveGrant } from "./entry.ts";
import type { Assignment } from "./model.ts";

//              waiting    granting   granted    ending     no open case
// admitted     objection  objection  objection  objection  waiting
// missed,
//   refused    closed     objection  objection  objection  –
// intent grant granting   granting   granting   objection  objection
// granted      granted !  granted    granted    ending !   objection
// intent revoke, revoke-sent: ending everywhere            –
// revoked      closed everywhere, but for "no-open-case"    –
// failed       counted everywhere                          –
// breakglass-…, heartbeat, violation: no case changes (reviews: see fold-reviews.ts)
//
// An objection changes nothing: no entry may make us forget access. A "!" is believed all the same, because it says
// that there is access. Less access never needs an open case: two runs may both see the same end.

/** What one entry does to its request's case: `open` is undefined when there is none afterwards. */
export interface Turn {
  readonly open: LiveGrant | undefined;
  /** Why no rule allows this entry here. */
  readonly objection?: string;
}

type Of<K extends Draft["kind"]> = Extract<Entry, { readonly kind: K }>;
type Turns = { readonly [K in Draft["kind"]]: (open: LiveGrant | undefined, entry: Of<K>) => Turn };

const TURNS: Turns = {
  admitted: (open, { request, admission }) =>
    open
      ? { open, objection: "admitted, though its case is open" }
      : { open: { ...admission, request, phase: "waiting", standing: false } },
  refused: void_,
  missed: void_,
  intent: (open, entry) => {
    const { assignment, because = "expired" } = entry;
    if (entry.op === "revoke") return ending(open, entry, because, assignment);
    if (!open) return { open, objection: "a grant was intended without an admission" };
    if (open.phase === "ending") return { open, objection: "a grant was intended after its end had begun" };
    if (open.assignment && open.assignment.key !== assignment.key)
      return { open, objection: "a grant was intended for another assignment than before" };
    return { open: { ...open, phase: "granting", assignment, standing: entry.prestate === "standing" } };
  },
  granted: (open, { at, standing }) => {
    if (!open) return { open, objection: "granted without an admission" };
    if (open.phase === "ending") return { open, objection: "granted after its end had begun" };
    const grantedAt = open.grantedAt ?? at;
    const granted: LiveGrant = { ...withoutFailure(open), phase: "granted", standing, grantedAt };
    return open.phase === "waiting"
      ? { open: granted, objection: "granted without an intent" }
      : { open: granted };
  },
  "revoke-sent": (open, entry) => ending(open, entry, entry.because),
  // The name of what has no case was read off a target, where anybody may have written it: it closes nobody's case.
  revoked: (open, { because }) => ({ open: because === "no-open-case" ? open : undefined }),
  failed: (open, { at, op, error }) => {
    if (!open) return { open };
    const before = open.failure?.op === op ? open.failure : { since: at, count: 0 };
    return { open: { ...open, failure: { op, error, since: before.since, count: before.count + 1 } } };
  },
  "breakglass-issue": (open) => ({ open }),
  "breakglass-review": (open) => ({ open }),
  heartbeat: (open) => ({ open }),
  violation: (open) => ({ open }),
  rules: (open) => ({ open }),
  vouched: (open) => ({ open }),
};

/** The request that an entry is about, if any. */
export function requestOf(entry: Draft): string | undefined {
  return "request" in entry ? entry.request : undefined;
}

/** What one entry does to the case it is about. */
export function turn(open: LiveGrant | undefined, entry: Entry): Turn {
  const take: (open: LiveGrant | undefined, entry: never) => Turn = TURNS[entry.kind];
  return take(open, entry as never);
}

/** Open cases by request after these entries; the given map stays as it is. Never throws. */
export function fold(live: ReadonlyMap<string, LiveGrant>, entries: Iterable<Entry>): Map<string, LiveGrant> {
  const next = new Map(live);
  for (const entry of entries) foldInto(next, entry);
  return next;
}

/** One entry into a map that the caller owns; returns the objection, if there is one. */
export function foldInto(live: Map<string, LiveGrant>, entry: Entry): string | undefined {
  const request = requestOf(entry);
  if (request === undefined) return undefined;
  const { open, objection } = turn(live.get(request), entry);
  if (open) live.set(request, open);
  else live.delete(request);
  return objection;
}

function void_(open: LiveGrant | undefined, entry: Of<"refused" | "missed">): Turn {
  if (!open || open.phase === "waiting") return { open: undefined };
  return { open, objection: `${entry.kind}, though access may have been given` };
}

function ending(
  open: LiveGrant | undefined,
  { at }: Entry,
  because: EndReason,
  assignment?: Assignment,
): Turn {
  if (!open) return { open };
  const kept = open.failure?.op === "revoke" ? open : withoutFailure(open);
  const what = open.assignment ?? assignment;
  const since = open.ending ?? { because, since: at };
  return { open: { ...kept, phase: "ending", ending: since, ...(what && { assignment: what }) } };
}

/** The case without its last failure: that one is over. */
function withoutFailure(open: LiveGrant): LiveGrant {
  return Object.fromEntries(
    Object.entries(open).filter(([key]) => key !== "failure"),
  ) as unknown as LiveGrant;
}
