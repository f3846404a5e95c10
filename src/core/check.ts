// What can already be said about a request before anybody approved it? (pure; the same rules that apply will use)
import { claimOf, lintFinding, unreadable, windowOf } from "./admission.ts";
import { demandOf } from "./changes.ts";
import { soleAddition } from "./landing.ts";
import { owingFindings } from "./break-glass.ts";
import type { OpenReview } from "./entry.ts";
import type { Rulebook } from "./evidence.ts";
import type { Change } from "./facts.ts";
import { error } from "./finding.ts";
import { isGuarded } from "./guarded.ts";
import type {
  AccessRequest,
  ActiveGrant,
  Claim,
  Decision,
  Finding,
  Instant,
  Obligation,
  Window,
} from "./model.ts";
import { judge } from "./policy.ts";

export interface CheckInput {
  readonly request: AccessRequest;
  readonly rules: Rulebook;
  readonly now: Instant;
  readonly active: readonly ActiveGrant[];
  readonly history: readonly ActiveGrant[];
  readonly used: ReadonlySet<string>;
  /** Break-glass reviews that are owed. */
  readonly owed: readonly OpenReview[];
}

export interface Checked {
  readonly request: AccessRequest;
  readonly decision: Decision | undefined;
  /** As it would be if it were merged now. */
  readonly window: Window;
  readonly claim: Claim | undefined;
  readonly findings: readonly Finding[];
}

export interface CheckReport {
  readonly checked: readonly Checked[];
  readonly findings: readonly Finding[];
  readonly rules: Rulebook;
  /** Set where a pull request changes what decides: who must approve it, by the rules before it. */
  readonly change?: { readonly paths: readonly string[]; readonly demand: Obligation | undefined };
}

/** What is to be said of a pull request that changes what decides. `after`: the rules that it would bring. */
export function checkChange(
  changes: readonly Change[],
  before: Rulebook,
  after: Rulebook,
): { readonly change?: NonNullable<CheckReport["change"]>; readonly findings: readonly Finding[] } {
  const paths = changes.filter(isGuarded).map(({ path }) => path);
  if (paths.length === 0) return { findings: [] };
  return { change: { paths, demand: demandOf(before.catalog) }, findings: approvable(after) };
}

/** A state in which nobody could approve changes is never vouched for. */
export function approvable({ catalog }: Rulebook): readonly Finding[] {
  if (catalog.settings.is !== "found" || demandOf(catalog)) return [];
  const at = { file: "policies/lapse.yaml", line: 1, column: 1 };
  const fix = "make `changes` name readable groups with at least as many people as it demands";
  return [error("LPS314", "by these policies nobody could approve changes", fix, at)];
}

/** Judges one request as if it were merged at `now`. */
export function checkRequest(input: CheckInput): Checked {
  const { request, rules, now, active, history, used, owed } = input;
  const window = windowOf(request, now, active);
  const claim = claimOf(request, rules);
  const blocked = unreadable(rules, request);
  if (blocked !== undefined) {
    const fix =
      "mend the policies first: see the findings about them above, or run `lapse check` on the default branch";
    return {
      request,
      decision: undefined,
      window,
      claim,
      findings: [error("LPS250", `${request.path}: ${blocked}`, fix)],
    };
  }
  const { catalog, policies } = rules;
  const decision = judge({ request, catalog, policies, window, now, active, history });
  const objection = claim && rules.lint(claim);
  const findings = [
    ...(used.has(request.id) ? [idUsed(request)] : []),
    ...owingFindings(owed, { subject: request.subject }, catalog, now),
    ...decision.findings,
    ...(objection === undefined ? [] : [lintFinding(request, objection)]),
  ];
  return { request, decision, window, claim, findings };
}

function idUsed(request: AccessRequest): Finding {
  const fix = "choose another metadata.name (and file name): an id is used once, for ever";
  return error(
    "LPS309",
    `${request.path}: the id ${request.id} was used before`,
    fix,
    request.places["name"],
  );
}

/** A pull request that touches requests/ may add exactly one file and nothing else, or only delete files. */
export function checkShape(changes: readonly Change[]): readonly Finding[] {
  const requests = changes.filter((c) => c.path.startsWith("requests/"));
  if (requests.length === 0 || changes.every((c) => c.status === "D")) return [];
  return requests
    .filter((c) => c.status !== "D")
    .flatMap((change) => {
      const why = soleAddition(changes, change.path);
      const at = { file: change.path, line: 1, column: 1 };
      const fix = "one pull request adds exactly one request file; put everything else into another one";
      return why === undefined ? [] : [error("LPS303", `${change.path}: ${why}`, fix, at)];
    });
}
