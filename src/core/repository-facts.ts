// How is the repository on the forge set up? (types only; what the doctor judges)
import type { User } from "./facts.ts";
import type { Instant } from "./model.ts";
import type { Told } from "./told.ts";

/** Who may go around a rule. `id` is the App's, team's, role's or user's number where the forge has one. */
export interface Bypass {
  readonly kind: "Integration" | "OrganizationAdmin" | "RepositoryRole" | "Team" | "DeployKey" | "User";
  readonly id: number | null;
  /** Only by a pull request. */
  readonly byPull: boolean;
}

export type RuleKind =
  | "pull-request"
  | "no-force-push"
  | "no-deletion"
  | "restrict-updates"
  | "restrict-creations"
  | "checks"
  | "merge-queue";

/** One rule of a branch, from a ruleset or from classic branch protection. */
export interface Rule {
  readonly kind: RuleKind;
  /** Where an administrator finds it, e.g. `ruleset "main"`. */
  readonly from: string;
  /** Absent where the token may not see it. */
  readonly bypass?: readonly Bypass[];
  readonly pull?: {
    readonly dismissStale: boolean;
    readonly lastPush: boolean;
    /** Ways to merge that the rule allows; absent where it allows all. */
    readonly methods?: readonly string[];
  };
  /** `app` null: anybody who can write may set this status. */
  readonly checks?: readonly { readonly name: string; readonly app: number | null }[];
  readonly queue?: string;
}

/** A ruleset as the list of them shows it. */
export interface Ruleset {
  readonly id: number;
  readonly name: string;
  readonly enforcement: string;
  readonly updatedAt: Instant | null;
}

/** `null` where the token may not see it. */
export interface Merging {
  readonly isPrivate: boolean;
  readonly autoMerge: boolean | null;
  readonly squash: boolean | null;
  readonly merge: boolean | null;
  readonly rebase: boolean | null;
}

export interface Environment {
  readonly name: string;
  /** `all`: any branch may use it. `protected`: any branch with a rule. `listed`: only these patterns. */
  readonly branches: "all" | "protected" | "listed";
  readonly patterns: readonly { readonly name: string; readonly type: string }[];
  /** `null` where the forge does not say. */
  readonly adminsBypass: boolean | null;
  readonly waitMinutes: number;
  readonly reviewers: boolean;
  /** Kinds of protection that are neither of these, e.g. a custom rule of an App. */
  readonly others: readonly string[];
}

export interface ActionsPolicy {
  readonly enabled: boolean;
  /** `null` where the forge does not say. */
  readonly shaPinning: boolean | null;
}

export interface WorkflowToken {
  readonly writes: boolean;
  /** Workflows may approve pull requests. */
  readonly approves: boolean;
}

/** What pull requests from forks of a private repository set off. */
export interface ForkWorkflows {
  readonly run: boolean;
  readonly writeTokens: boolean;
  readonly secrets: boolean;
  readonly approval: boolean;
}

export interface Workflow {
  readonly path: string;
  readonly state: string;
}

export interface ForgeApp {
  readonly id: number;
  readonly slug: string;
  /** What it asks every installation for, e.g. `contents: write`. */
  readonly permissions: Readonly<Record<string, string>>;
}

export interface CodeownersError {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** An account of a person in policy, and what the forge shows under its number: null where nobody is there. */
export interface AccountFact {
  readonly person: string;
  readonly login: string;
  readonly id: number;
  readonly shown: Told<User | null>;
  /** Who has the login now, asked only where the number has another. */
  readonly holder?: Told<User | null>;
}
