// Do the rules of the default branch stand in the way of a merge that nobody agreed to?
import { error, warning } from "./finding.ts";
import type { Finding } from "./model.ts";
import type { Bypass, Merging, Rule } from "./repository-facts.ts";
import { bypassWords, RULES_MENU, rulesOf, type BranchFacts, type Rules } from "./repository-rules.ts";
import { hidden, whereTold, type Told } from "./told.ts";

/** `app`: number of Lapse's App, where it is known. */
export function mainFindings(
  facts: BranchFacts,
  merging: Told<Merging>,
  app: number | undefined,
): readonly Finding[] {
  const rules = rulesOf(facts);
  return [
    ...rules.unread,
    ...pullFindings(rules),
    ...rules.missing(
      ["no-force-push", "no-deletion"],
      "LPS914",
      `${RULES_MENU} → the rule for ${rules.branch}: Restrict deletions, Block force pushes`,
    ),
    ...bypassFindings(rules, app),
    ...checkFindings(rules),
    ...queueFindings(rules),
    ...whereTold("how the repository merges", merging, (value) => mergingFindings(rules, value)),
  ];
}

const pulls = (rules: Rules) => rules.of("pull-request").flatMap(({ pull }) => (pull ? [pull] : []));

function pullFindings(rules: Rules): readonly Finding[] {
  const menu = `${RULES_MENU} → the rule for ${rules.branch} → Require a pull request before merging`;
  const all = pulls(rules);
  if (all.length === 0) return rules.missing(["pull-request"], "LPS911", menu);
  const found: Finding[] = [];
  if (!all.some(({ dismissStale }) => dismissStale)) {
    const message = `a push to a pull request for ${rules.branch} leaves its approvals standing`;
    const fix = `${menu}: Dismiss stale pull request approvals when new commits are pushed`;
    found.push(warning("LPS912", message, fix));
  }
  if (!all.some(({ lastPush }) => lastPush)) {
    const message = `whoever pushed last to a pull request for ${rules.branch} can be its only approver`;
    found.push(warning("LPS913", message, `${menu}: Require approval of the most recent reviewable push`));
  }
  return found;
}

/** The App may need to merge what policy pre-authorises; nobody else needs a way around. */
function bypassFindings(rules: Rules, app: number | undefined): readonly Finding[] {
  const kinds = (["pull-request", "no-force-push", "no-deletion"] as const).filter(
    (kind) => rules.of(kind).length > 0,
  );
  const passers = kinds.map((kind) => rules.passers(kind));
  const all = passers.flatMap((list) => list ?? []).filter((one) => !isApp(one, app));
  const named = [...new Map(all.map((one) => [`${bypassWords(one)} ${one.byPull}`, one])).values()];
  const shown = kinds.length === 0 || passers.every((list) => list !== undefined);
  return [...named.map((one) => bypassed(rules, one)), ...(shown ? [] : [hiddenBypass(rules)])];
}

const isApp = ({ kind, id }: Bypass, app: number | undefined) =>
  kind === "Integration" && app !== undefined && id === app;

const hiddenBypass = ({ branch }: Rules) => hidden(`who may go around the rules of ${branch}`);

function bypassed(rules: Rules, one: Bypass): Finding {
  const { branch } = rules;
  const from = [...new Set(rules.of("pull-request").map((rule: Rule) => rule.from))].join(", ") || "rules";
  const fix = `${RULES_MENU} → ${from} → Bypass list: take it off; in branch protection: Do not allow bypassing`;
  const who = bypassWords(one);
  return one.byPull
    ? warning("LPS915", `${who} can merge to ${branch} against its rules, by a pull request`, fix)
    : error("LPS915", `${who} can go around the rules of ${branch}`, fix);
}

function checkFindings(rules: Rules): readonly Finding[] {
  const checks = rules.of("checks").flatMap((rule) => rule.checks ?? []);
  const menu = `${RULES_MENU} → the rule for ${rules.branch} → Require status checks to pass`;
  if (checks.length === 0) {
    const message = `no status check is required on ${rules.branch}: a request that policy denies can be merged, and is then refused`;
    return [warning("LPS917", message, `${menu}: add the check of the workflow check.yml`)];
  }
  const loose = checks.filter(
    (check) => check.app === null && !checks.some((other) => other.name === check.name && other.app !== null),
  );
  return loose.map(({ name }) => {
    const message = `anybody who can write may report the required check "${name}" as passed`;
    return error("LPS916", message, `${menu}: choose GitHub Actions as the check's source`);
  });
}

function queueFindings(rules: Rules): readonly Finding[] {
  if (!rules.of("merge-queue").some(({ queue }) => queue === "squash")) return [];
  const message = `${rules.branch} has a merge queue that squashes: a wrong base can undo what others merged`;
  return [
    warning("LPS918", message, `${RULES_MENU} → the rule for ${rules.branch}: Require merge queue off`),
  ];
}

const METHODS = ["merge", "rebase", "squash"] as const;

function mergingFindings(rules: Rules, merging: Merging): readonly Finding[] {
  const listed = pulls(rules).flatMap(({ methods }) => (methods ? [methods] : []));
  const allowed = METHODS.filter(
    (method) => merging[method] !== false && listed.every((each) => each.includes(method)),
  );
  const told = listed.length > 0 || METHODS.every((method) => merging[method] !== null);
  return [
    ...(told ? squashFindings(allowed) : [hidden("how pull requests may be merged")]),
    ...autoFindings(rules, merging),
  ];
}

function squashFindings(allowed: readonly string[]): readonly Finding[] {
  const others = allowed.filter((method) => method !== "squash");
  if (others.length === 0) return [];
  const message = `pull requests can be merged by ${others.join(" and ")}: one access can come to be several commits`;
  const fix = "Settings → General → Pull Requests: Allow squash merging alone";
  return [warning("LPS919", message, fix)];
}

function autoFindings(rules: Rules, { autoMerge }: Merging): readonly Finding[] {
  if (autoMerge === false || pulls(rules).some(({ dismissStale }) => dismissStale)) return [];
  if (autoMerge === null) return [hidden("whether auto-merge is allowed")];
  const message = "auto-merge stays on when somebody with write access pushes after the approval";
  const fix = "Settings → General → Pull Requests: Allow auto-merge off, or let pushes dismiss approvals";
  return [warning("LPS920", message, fix)];
}
