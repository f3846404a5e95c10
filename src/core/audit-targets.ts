// Is what the targets hold exactly what the live cases say?
import { error } from "./finding.ts";
import type { LiveGrant } from "./entry.ts";
import type { Finding } from "./model.ts";

/** What one target answered: everything of ours on it, by assignment key, or why that is not known. */
export type Holding =
  | { readonly target: string; readonly present: readonly string[] }
  | { readonly target: string; readonly unreadable: string };

export interface TargetsReconciled {
  readonly live: number;
  readonly observed: number;
  readonly unreadable: number;
  readonly difference: number;
  readonly findings: readonly Finding[];
}

/** Live = observed, key by key. A grant that is being made or ended may be there or not; it explains what is seen. */
export function reconcileTargets(
  live: readonly LiveGrant[],
  holdings: readonly Holding[],
): TargetsReconciled {
  const read = holdings.filter((holding) => "present" in holding);
  const blind = holdings.filter((holding) => "unreadable" in holding);
  const seen = new Set(read.flatMap(({ target, present }) => present.map((key) => `${target}\n${key}`)));
  const names = new Set(read.map((holding) => holding.target));
  const ours = live.filter((grant) => !grant.standing && grant.assignment !== undefined);
  const explained = new Set(ours.map((grant) => grant.assignment?.key));
  const due = [...new Map(ours.filter(isThere).map((grant) => [placeOf(grant), grant]))].sort(byPlace);
  const expected = due.filter(([, grant]) => names.has(grant.claim.target));
  const missing = expected.filter(([place]) => !seen.has(place)).map(([, grant]) => grant);
  // Two targets may be one system: what is a live case's on one of them is shown by both.
  const extra = [...seen].filter((place) => !explained.has(keyIn(place))).sort();
  return {
    live: expected.length,
    observed: seen.size,
    unreadable: blind.length,
    difference: missing.length + extra.length + blind.length,
    findings: [...extra.map(unexplained), ...missing.map(gone), ...blind.map(unknown)],
  };
}

const keyIn = (place: string): string => place.slice(place.indexOf("\n") + 1);

function placeOf(grant: LiveGrant): string {
  return `${grant.claim.target}\n${grant.assignment?.key ?? ""}`;
}

function byPlace([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function isThere(grant: LiveGrant): boolean {
  return grant.phase === "granted";
}

function unexplained(place: string): Finding {
  const [target = "", key = ""] = place.split("\n");
  return error(
    "LPS561",
    `${target} holds ${key} of ours, and no live case explains it`,
    "run `lapse expire`",
  );
}

function gone(grant: LiveGrant): Finding {
  const message = `${grant.request} (${grant.subject}) is live in the ledger and not on ${grant.claim.target}`;
  return error("LPS562", message, "find out in the target's own log who removed it");
}

function unknown(holding: Extract<Holding, { readonly unreadable: string }>): Finding {
  const message = `${holding.target} could not be read: ${holding.unreadable}`;
  return error(
    "LPS563",
    message,
    "make the target reachable with the applier's credentials, then audit again",
  );
}
