// What may the oracle look at, and how does it read it? (what really happened; never what Lapse says of itself)
import type { Company, Window } from "./oracle-evidence.ts";
import type { Event, Interval, LedgerPush, Run, SimTarget, Time } from "./types.ts";

export interface Kept extends Pick<SimTarget, "name" | "ownership" | "native"> {
  /** How long the target takes to carry out an order, in milliseconds. */
  readonly settles: number;
  readonly history: readonly Interval[];
}

export interface Books {
  readonly company: Company;
  readonly events: readonly Event[];
  readonly runs: readonly Run[];
  readonly ledger: readonly LedgerPush[];
  readonly targets: readonly Kept[];
  readonly now: Time;
  /** How long after it was sent an order can still take effect. */
  readonly late: number;
}

/** What the oracle knows of a line of the ledger. */
export interface Line {
  /** True time of its push. */
  readonly pushed: Time;
  readonly seq: number;
  readonly kind: string;
  readonly run: string;
  readonly request: string;
  readonly op?: string;
  readonly target?: string;
  readonly because?: string;
  readonly prestate?: string;
  readonly standing?: boolean;
  readonly receipt?: { readonly untouched?: string };
  readonly assignment?: {
    readonly principal: { readonly id: string };
    readonly role: { readonly role: string };
  };
  readonly admission?: {
    readonly subject: string;
    readonly start: Time;
    readonly end: Time;
    readonly claim: { readonly target: string; readonly role: { readonly role: string } };
  };
}

export function linesOf(ledger: readonly LedgerPush[]): readonly Line[] {
  return ledger.flatMap(({ at, lines }) =>
    lines.map((text): Line => ({ ...(JSON.parse(text) as Line), pushed: at })),
  );
}

/** What a subject can do on a target: several requests may stand behind it. */
export interface Edge {
  readonly target: string;
  readonly subject: string;
  readonly role: string;
}

export const sameEdge = (a: Edge, b: Edge): boolean =>
  a.target === b.target && a.subject === b.subject && a.role === b.role;

/** The edge that an intent or an admission is about. */
export function edgeOf({ target = "", assignment, admission }: Line): Edge | undefined {
  if (assignment) return { target, subject: assignment.principal.id, role: assignment.role.role };
  if (!admission) return undefined;
  const { subject, claim } = admission;
  return { target: claim.target, subject, role: claim.role.role };
}

export const isOurs = ({ via }: Interval): boolean => via !== "foreign" && via !== "standing";

/** The one request that an object was made for; absent for an edge that requests share, and for what people made. */
function requestOf({ via }: Interval): string | undefined {
  const [kind, ...request] = via.split(":");
  return kind === "edge" || request.length === 0 ? undefined : request.join(":");
}

/** Is this window, line or whatever bears a request's name about this access? */
export function concerns(interval: Interval, edge: Edge | undefined, request: string): boolean {
  return edge !== undefined && sameEdge(interval, edge) && (requestOf(interval) ?? request) === request;
}

export const windowsOf = (interval: Interval, windows: readonly Window[]): readonly Window[] =>
  windows.filter((window) => concerns(interval, window, window.id));

export const lastEnd = (windows: readonly Window[]): Time => Math.max(...windows.flatMap(({ ends }) => ends));

/** Runs whose acts can take effect at this time. Of a run that died nobody knows how long its last order takes. */
export function actingAt({ runs, late }: Books, at: Time): readonly Run[] {
  return runs.filter(({ from, to, died }) => from <= at && at <= (to ?? died ?? Infinity) + late);
}

/** Did nothing stand between this run and this target? The forge only matters to those who grant. */
export function reached({ kind, target, to, faults, down }: Run, name: string): boolean {
  if (to === undefined || faults.includes("slept") || (kind === "sweep" && target !== name)) return false;
  const needs = [name, ...(kind === "sweep" ? [] : ["git"]), ...(kind === "apply" ? ["forge"] : [])];
  const spoiled = faults.some((fault) => needs.some((port) => fault.includes(` ${port} `)));
  return !spoiled && !needs.some((one) => down.includes(one));
}

export const clock = (at: Time): string =>
  Number.isFinite(at) ? new Date(at).toISOString().slice(5, 19).replace("T", " ") : "for ever";

export function told({ subject, role, target, via, from, to }: Interval): string {
  const until = to === undefined ? "open" : `until ${clock(to)}`;
  return `${subject}'s ${role} on ${target} (${via}, from ${clock(from)}, ${until})`;
}
