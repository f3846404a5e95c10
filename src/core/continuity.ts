// Were the rules that guard main and the ledger in force all the time? (SLSA: a gap resets the claim)
import { canonical } from "./canonical.ts";
import type { Draft, Entry, Tip } from "./entry.ts";
import { warning } from "./finding.ts";
import type { Case } from "./history.ts";
import type { Finding, Instant } from "./model.ts";
import type { Ruleset } from "./repository-facts.ts";
import { minus, printInstant } from "./time.ts";

/** The same rules are written down again after this long, in milliseconds. */
const AGAIN = 86_400_000;
/** Requests named at once. */
const NAMED = 10;

/** What a digest is made of. A ruleset that was changed and changed back has another time. */
export function rulesText(rulesets: readonly Ruleset[]): string {
  const rows = rulesets.map(({ id, enforcement, updatedAt }) => ({ id, enforcement, updatedAt }));
  return canonical([...rows].sort((a, b) => a.id - b.id));
}

export interface RulesNews {
  readonly drafts: readonly Draft[];
  readonly findings: readonly Finding[];
}

/** What to write down and what to tell, given what was read last and what is read now. */
export function rulesNews(last: Tip["rules"], digest: string, now: Instant): RulesNews {
  const drafts: readonly Draft[] = [{ kind: "rules", digest }];
  if (last === undefined) return { drafts, findings: [] };
  if (last.digest === digest) return { drafts: minus(now, last.at) >= AGAIN ? drafts : [], findings: [] };
  const message = `rulesets of this repository changed between ${printInstant(last.at)} and ${printInstant(now)}`;
  return { drafts, findings: [warning("LPS944", message, FIX)] };
}

const FIX = "see Settings → Rules → Rulesets → … → History, run `lapse doctor`, then `lapse audit`";

export interface Continuity {
  /** The rules have been the same since this reading; absent where they were never read. */
  readonly since?: Instant;
  readonly last?: Instant;
  readonly readings: number;
  readonly changes: number;
  readonly findings: readonly Finding[];
}

type Reading = Extract<Entry, { readonly kind: "rules" }>;

/** `readings` in their order; what was merged in a gap is named, for somebody to look at. */
export function continuityOf(readings: readonly Reading[], cases: Iterable<Case>): Continuity {
  const all = [...cases];
  const gaps = readings.flatMap((to, i) => {
    const from = readings[i - 1];
    return from === undefined || from.digest === to.digest ? [] : [{ from: from.at, to: to.at }];
  });
  const since = gaps.at(-1)?.to ?? readings[0]?.at;
  const last = readings.at(-1)?.at;
  return {
    ...(since !== undefined && { since }),
    ...(last !== undefined && { last }),
    readings: readings.length,
    changes: gaps.length,
    findings: gaps.map((gap) => gapFinding(gap, all)),
  };
}

function gapFinding({ from, to }: { from: Instant; to: Instant }, cases: readonly Case[]): Finding {
  const merged = cases.flatMap(({ request, grant }) =>
    grant && grant.mergedAt > from && grant.mergedAt <= to ? [`${request} (#${grant.pull})`] : [],
  );
  const more = merged.length > NAMED ? ` and ${merged.length - NAMED} more` : "";
  const what = merged.length === 0 ? "nothing" : `${merged.slice(0, NAMED).join(", ")}${more}`;
  const message = `rulesets changed between ${printInstant(from)} and ${printInstant(to)}; merged meanwhile: ${what}`;
  return warning("LPS944", message, FIX);
}
