// Which words do people write for GitHub, whatever they ask for there? (schemas and lint, offline)
import type { JsonObject } from "../../core/model.ts";
import { closed, text, variable } from "../schema.ts";
import { WHERE } from "./where.ts";

/** https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication */
const LOGIN = "[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}(?:_[A-Za-z0-9]{3,8})?";
const IDENTITY = new RegExp(`^(${LOGIN})(?:#([1-9][0-9]{0,14}))?$`);
/** Names that are safe in a path; teams and organisations have only such. */
export const SLUG = "^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?$";

/** A login, and the account's number if it was written: a login can be renamed and taken by somebody else. */
export interface Account {
  readonly login: string;
  readonly id?: number;
}

export function accountOf(identity: string): Account | undefined {
  const [, login, id] = IDENTITY.exec(identity) ?? [];
  if (login === undefined) return undefined;
  return id === undefined ? { login } : { login, id: Number(id) };
}

export function lintIdentity(identity: string): string | undefined {
  if (accountOf(identity)) return undefined;
  return "the identity is not a GitHub login (ann), with or without the account's number (ann#1001)";
}

const INSTALLATION: JsonObject = {
  type: "integer",
  description: "Number of the App's installation in the organisation: the end of its settings page's address",
  examples: [4711],
  minimum: 1,
};

/** One way to sign in is enough: a token, or an App by its id, key and installation. */
export const connectionSchema = (permission: string): object =>
  closed(
    "An organisation, and where the credentials are: `tokenEnv`, or an App by the three properties of one.",
    {
      organisation: text("Login of the organisation", "acme", { max: 39, pattern: SLUG }),
      tokenEnv: variable(`a token with ${permission}`, "LAPSE_GITHUB_TOKEN"),
      appIdEnv: variable("the id of a GitHub App, which signs in instead of a token", "LAPSE_APP_ID"),
      privateKeyEnv: variable("the private key of that App (PEM)", "LAPSE_APP_KEY"),
      installation: INSTALLATION,
      ...WHERE,
    },
    ["tokenEnv", "appIdEnv", "privateKeyEnv", "installation", "api", "apiEnv"],
  );

/** https://docs.github.com/en/rest/collaborators/collaborators#remove-a-repository-collaborator */
export const DISCOURAGED =
  "removing one deletes his private forks, unassigns him from issues and pull requests, unstars the repository and cancels invitations that he sent";
