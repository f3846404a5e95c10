// Which rules hold on a branch, and who may go around them?
import { error, type Code } from "./finding.ts";
import type { Finding } from "./model.ts";
import type { Bypass, Rule, RuleKind } from "./repository-facts.ts";
import { unread, type Told } from "./told.ts";

/** What the forge says about a branch. Rulesets and classic protection add up. */
export interface BranchFacts {
  readonly branch: string;
  readonly rulesets: Told<readonly Rule[]>;
  readonly classic: Told<readonly Rule[]>;
}

/** Where an administrator changes rules. */
export const RULES_MENU = "Settings → Rules → Rulesets";

export interface Rules {
  readonly branch: string;
  of(kind: RuleKind): readonly Rule[];
  /** Error where a rule of this kind is surely missing; a warning where it may be where we could not look. */
  missing(kinds: readonly RuleKind[], code: Code, fix: string): readonly Finding[];
  /** Who passes every rule of a kind; undefined where nothing of it is shown. */
  passers(kind: RuleKind): readonly Bypass[] | undefined;
  /** What could not be read. */
  readonly unread: readonly Finding[];
}

const WORDS: Readonly<Record<RuleKind, string>> = {
  "pull-request": "asks for a pull request",
  "no-force-push": "blocks force pushes",
  "no-deletion": "forbids its deletion",
  "restrict-updates": "restricts who may update it",
  "restrict-creations": "restricts who may create it",
  checks: "requires a status check",
  "merge-queue": "uses a merge queue",
};

export function rulesOf({ branch, rulesets, classic }: BranchFacts): Rules {
  const known = [rulesets, classic].flatMap((part) => (part.is === "told" ? part.value : []));
  const unreadParts = [
    ...(rulesets.is === "untold" ? [unread(`the rulesets of ${branch}`, rulesets)] : []),
    ...(classic.is === "untold" ? [unread(`the branch protection of ${branch}`, classic)] : []),
  ];
  const of = (kind: RuleKind) => known.filter((rule) => rule.kind === kind);
  return {
    branch,
    of,
    unread: unreadParts,
    missing: (kinds, code, fix) => {
      const absent = kinds.filter((kind) => of(kind).length === 0);
      if (absent.length === 0) return [];
      const what = `no rule of ${branch} ${absent.map((kind) => WORDS[kind]).join(", or ")}`;
      if (unreadParts.length === 0) return [error(code, what, fix)];
      const seen = `${what}, as far as this token is shown`;
      return [{ ...error(code, seen, fix), severity: "warning" }];
    },
    passers: (kind) => passersOf(of(kind)),
  };
}

/** One rule that somebody cannot pass stops him, whatever the others allow. */
function passersOf(rules: readonly Rule[]): readonly Bypass[] | undefined {
  const [first, ...others] = rules.flatMap(({ bypass }) => (bypass ? [bypass] : []));
  return first?.filter((one) => others.every((list) => list.some((other) => isSame(one, other))));
}

const isSame = (a: Bypass, b: Bypass): boolean => a.kind === b.kind && a.id === b.id;

/** GitHub's numbers for repository roles. */
const ROLES: Readonly<Record<number, string>> = { 2: "maintain", 4: "write", 5: "admin" };

/** As people call them. */
export function bypassWords({ kind, id }: Bypass): string {
  const number = id === null ? "" : ` ${id}`;
  const words: Readonly<Record<Bypass["kind"], string>> = {
    Integration: `the App${number}`,
    OrganizationAdmin: "administrators of the organisation",
    RepositoryRole: `everybody with the role ${id === null ? "" : (ROLES[id] ?? id)}`,
    Team: `the team${number}`,
    DeployKey: "every deploy key",
    User: `the user${number}`,
  };
  return words[kind];
}
