// What do we ask of the forge about how the repository is set up? (the port: types only; every read is complete or throws)
import type { User } from "../core/facts.ts";
import type { JsonObject } from "../core/model.ts";
import type { TokenRequest } from "./own-token.ts";
import type {
  ActionsPolicy,
  CodeownersError,
  Environment,
  ForgeApp,
  ForkWorkflows,
  Merging,
  Rule,
  Ruleset,
  Workflow,
  WorkflowToken,
} from "../core/repository-facts.ts";

/** Whose secrets: the repository's own, those its organisation shares with it, or an environment's. */
export type SecretScope = "repository" | "organisation" | { readonly environment: string };

/**
 * Settings of one repository. A token sees only what its permissions allow; what it may not see is a thrown Problem
 * that names the permission, never an empty answer.
 */
export interface ForgeSettings {
  /** All rulesets that apply, in one call for any sane number. */
  rulesets(): Promise<readonly Ruleset[]>;
  /** Rules that rulesets put on a branch, whether it exists or not. */
  branchRules(branch: string): Promise<readonly Rule[]>;
  /** The same from classic branch protection; none where the branch has no protection. */
  branchProtection(branch: string): Promise<readonly Rule[]>;
  merging(): Promise<Merging>;
  /** Undefined where there is no such environment. */
  environment(name: string): Promise<Environment | undefined>;
  /** Names only; the forge gives no values. */
  secrets(scope: SecretScope): Promise<readonly string[]>;
  actions(): Promise<ActionsPolicy>;
  workflowToken(): Promise<WorkflowToken>;
  /** Only for private repositories. */
  forkWorkflows(): Promise<ForkWorkflows>;
  workflows(): Promise<readonly Workflow[]>;
  /** What the forge finds wrong with CODEOWNERS on the default branch. */
  codeownersErrors(): Promise<readonly CodeownersError[]>;
  /** Who has this number; null where nobody has it any more. */
  account(id: number): Promise<User | null>;
  /** Who has this login now; null where nobody does. */
  holder(login: string): Promise<User | null>;
  app(slug: string): Promise<ForgeApp>;
  /** Claims of the OIDC token of the job that we run in, unverified. */
  ownClaims(request: TokenRequest): Promise<JsonObject>;
}
