// How is the sandbox's repository set up? (as carelessly as GitHub allows, until a test or a demo says otherwise)

interface BypassRecord {
  readonly actor_id: number | null;
  readonly actor_type: "Integration" | "OrganizationAdmin" | "RepositoryRole" | "Team" | "DeployKey" | "User";
  readonly bypass_mode: "always" | "pull_request";
}

export interface RulesetRecord {
  readonly id: number;
  readonly name: string;
  readonly enforcement: "disabled" | "active" | "evaluate";
  /** Branches by name. */
  readonly branches: readonly string[];
  readonly rules: readonly { readonly type: string; readonly parameters?: object }[];
  readonly bypass: readonly BypassRecord[];
  /** Epoch milliseconds. */
  readonly updatedAt: number;
}

export interface EnvironmentRecord {
  readonly name: string;
  /** `all`, `protected`, or patterns. */
  readonly branches: "all" | "protected" | readonly string[];
  readonly adminsBypass: boolean;
  readonly waitMinutes: number;
  readonly reviewers: boolean;
  readonly secrets: readonly string[];
}

export interface Settings {
  readonly isPrivate: boolean;
  readonly autoMerge: boolean;
  readonly methods: readonly ("squash" | "merge" | "rebase")[];
  readonly rulesets: readonly RulesetRecord[];
  /** Classic protection by branch, as the API shows it. */
  readonly protection: Readonly<Record<string, object>>;
  readonly environments: readonly EnvironmentRecord[];
  readonly secrets: readonly string[];
  readonly organisationSecrets: readonly string[];
  readonly shaPinning: boolean;
  readonly workflowsWrite: boolean;
  readonly workflowsApprove: boolean;
  readonly forks: {
    readonly run: boolean;
    readonly writeTokens: boolean;
    readonly secrets: boolean;
    readonly approval: boolean;
  };
  /** State by path. */
  readonly workflows: Readonly<Record<string, string>>;
  readonly codeownersErrors: readonly { readonly line: number; readonly message: string }[];
}

export const CARELESS: Settings = {
  isPrivate: true,
  autoMerge: true,
  methods: ["squash", "merge", "rebase"],
  rulesets: [],
  protection: {},
  environments: [],
  secrets: [],
  organisationSecrets: [],
  shaPinning: false,
  workflowsWrite: true,
  workflowsApprove: true,
  forks: { run: true, writeTokens: true, secrets: true, approval: false },
  workflows: {},
  codeownersErrors: [],
};
