// Can anybody but the App write to the ledger, and has anybody done it?
import type { Activity } from "./facts.ts";
import { error } from "./finding.ts";
import type { Finding } from "./model.ts";
import type { ForgeApp } from "./repository-facts.ts";
import { bypassWords, RULES_MENU, rulesOf, type BranchFacts, type Rules } from "./repository-rules.ts";
import { hidden, whereTold, type Told } from "./told.ts";

export interface LedgerBranchFacts extends BranchFacts {
  /** Pushes of late, as the forge's server saw them. */
  readonly pushes: Told<readonly Activity[]>;
  /** Apps behind the accounts that pushed, by login. */
  readonly apps: ReadonlyMap<string, Told<ForgeApp>>;
}

const KINDS = ["restrict-updates", "restrict-creations", "no-deletion", "no-force-push"] as const;

export function ledgerBranchFindings(facts: LedgerBranchFacts): readonly Finding[] {
  const rules = rulesOf(facts);
  const fix =
    `${RULES_MENU} → New branch ruleset for ${facts.branch}: Restrict creations, updates and deletions, ` +
    "Block force pushes; Bypass list: the Lapse App alone";
  return [
    ...rules.unread,
    ...rules.missing(KINDS, "LPS921", fix),
    ...bypassFindings(rules),
    ...whereTold(`the activity of ${facts.branch}`, facts.pushes, (pushes) =>
      writerFindings(facts, pushes, appOf(facts)),
    ),
  ];
}

/** Number of the one App that may write to the ledger: that is Lapse's. */
export function appOf(facts: BranchFacts): number | undefined {
  const [only, ...more] = rulesOf(facts).passers("restrict-updates") ?? [];
  return only?.kind === "Integration" && more.length === 0 ? (only.id ?? undefined) : undefined;
}

function bypassFindings(rules: Rules): readonly Finding[] {
  if (rules.of("restrict-updates").length === 0) return [];
  const passers = rules.passers("restrict-updates");
  if (passers === undefined) return [hidden(`who may write to ${rules.branch}`)];
  const [app, ...otherApps] = passers.filter(({ kind }) => kind === "Integration");
  const others = [...passers.filter(({ kind }) => kind !== "Integration"), ...otherApps];
  const fix = `${RULES_MENU} → the rule for ${rules.branch} → Bypass list: the Lapse App alone`;
  const nobody = `no App may write to ${rules.branch}: nothing that happens can be recorded`;
  return [
    ...(app === undefined ? [error("LPS922", nobody, fix)] : []),
    ...others.map((one) => error("LPS922", `${bypassWords(one)} may write to ${rules.branch}`, fix)),
  ];
}

function writerFindings(
  facts: LedgerBranchFacts,
  pushes: readonly Activity[],
  app: number | undefined,
): readonly Finding[] {
  const forced = pushes.filter(({ kind }) => kind === "force_push" || kind === "branch_deletion");
  const foreign = pushes.flatMap((push) => {
    const why = foreignness(facts, push, app);
    return why === undefined ? [] : [{ why, push }];
  });
  const reasons = [...new Set(foreign.map(({ why }) => why))];
  return [
    ...forced.map((push) => {
      const message = `${facts.branch} was rewritten at ${commitWords([push])}`;
      return error("LPS924", message, "compare with another clone: `lapse audit --compare <address>`");
    }),
    ...reasons.map((why) => {
      const theirs = foreign.filter((one) => one.why === why).map(({ push }) => push);
      const message = `${why} wrote to ${facts.branch}: ${commitWords(theirs)}`;
      return error("LPS923", message, "look at these commits; what they say happened is not proved");
    }),
  ];
}

/** The account that every workflow of the repository can be. */
const ANY_WORKFLOW = "github-actions[bot]";

/** Why this push is not the App's; undefined where it is, or may be. */
function foreignness(
  { apps }: LedgerBranchFacts,
  { actor }: Activity,
  app: number | undefined,
): string | undefined {
  if (actor === null) return "an account that is gone";
  if (actor.type !== "Bot") return `${actor.login} (user ${actor.id})`;
  if (actor.login === ANY_WORKFLOW) return `${actor.login}, which any workflow of the repository can be,`;
  const told = apps.get(actor.login);
  const other = app !== undefined && told?.is === "told" && told.value.id !== app;
  return other ? `${actor.login} (App ${told.value.id}, not ${app})` : undefined;
}

/** Commits named at once. */
const NAMED = 5;

function commitWords(pushes: readonly Activity[]): string {
  const names = pushes
    .slice(0, NAMED)
    .map(({ after, before }) => (/^0+$/.test(after) ? before : after).slice(0, 12));
  return `${names.join(", ")}${pushes.length > NAMED ? ` and ${pushes.length - NAMED} more` : ""}`;
}
