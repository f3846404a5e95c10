// Who is that on GitHub, and what is he in the organisation? (numbers stay; a login can be renamed and taken by somebody else)
import type { RestEndpointMethodTypes as Methods } from "@octokit/rest";
import type { Assignment, Claim, JsonObject } from "../../core/model.ts";
import { ProviderError, type ErrorClass } from "../provider.ts";
import { word } from "../schema.ts";
import type { Api } from "./client.ts";
import { accountOf, lintIdentity } from "./words.ts";

export interface Organisation {
  readonly id: number;
  readonly login: string;
  /** What every member may do on every repository; unknown where the credentials must not see it. */
  readonly base?: string;
}

/** An account with the login that it has now. */
export interface User {
  readonly id: number;
  readonly login: string;
}

export type Standing = "owner" | "member" | "invited" | "stranger";

export function refuse(cls: ErrorClass, message: string, vendorCode = "none"): never {
  throw new ProviderError(cls, message, { vendorCode });
}

/** Throws target-missing. */
export async function organisation(api: Api, login: string): Promise<Organisation> {
  const found = await api.get<Methods["orgs"]["get"]["response"]["data"]>({
    doing: `show the organisation ${login}`,
    route: "GET /orgs/{org}",
    values: { org: login },
    missing: "target-missing",
  });
  const base = found.default_repository_permission;
  return { id: whole(found.id), login: found.login, ...(typeof base === "string" && { base }) };
}

/** The person of a claim. Throws malformed or subject-missing. */
export async function resolveUser(api: Api, { identity }: Pick<Claim, "identity">): Promise<User> {
  const account = accountOf(identity);
  if (!account) refuse("malformed", lintIdentity(identity) ?? "no login");
  const found = await api.find<Methods["users"]["getByUsername"]["response"]["data"]>({
    doing: `show the account ${account.login}`,
    route: "GET /users/{username}",
    values: { username: account.login },
  });
  if (!found) refuse("subject-missing", `there is no account ${account.login} on GitHub`, "404");
  if (found.type !== "User") refuse("subject-missing", `${account.login} is not a person's account`);
  const id = whole(found.id);
  if (account.id !== undefined && account.id !== id)
    refuse(
      "subject-missing",
      `${account.login} is account ${id} now, not ${account.id}: the login was taken`,
    );
  return { id, login: found.login };
}

/** The login that an account has now; undefined if the account is gone. https://docs.github.com/en/rest/users/users#get-a-user-using-their-id */
export async function currentUser(api: Api, id: number): Promise<User | undefined> {
  const found = await api.find<Methods["users"]["getById"]["response"]["data"]>({
    doing: `show the account ${id}`,
    route: "GET /user/{account_id}",
    values: { account_id: id },
  });
  if (!found) return undefined;
  if (found.id !== id) refuse("transient", `GitHub shows another account as ${id}`, "odd");
  return { id, login: found.login };
}

/** Throws forbidden where the credentials may not see that. */
export async function standingOf(api: Api, org: Organisation, user: User): Promise<Standing> {
  const found = await api.find<Methods["orgs"]["getMembershipForUser"]["response"]["data"]>({
    doing: `say whether ${user.login} is in ${org.login}`,
    route: "GET /orgs/{org}/memberships/{username}",
    values: { org: org.login, username: user.login },
  });
  if (!found) return "stranger";
  // Whoever holds the login must be whom we mean: it may have been taken since it was read.
  if (found.user && found.user.id !== user.id)
    refuse("conflict", `the login ${user.login} was taken by another account`, "renamed");
  if (found.state !== "active") return "invited";
  return found.role === "admin" ? "owner" : "member";
}

/** Is this a name of the organisation that the assignment was made for? */
export function sameOrganisation(org: Organisation, { role }: Assignment): void {
  if (role["organisation"] !== org.id)
    refuse("target-missing", `${org.login} is another organisation than the one that this access is on`);
}

export const userId = ({ principal }: Assignment): number => whole(principal["id"]);

/** A login as the assignment froze it: for messages only. */
export const nameOf = ({ principal }: { readonly principal: JsonObject }): string => word(principal["login"]);

/** A number that GitHub gave to something. */
export function whole(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  return refuse("malformed", "a number of GitHub's is missing", "no-id");
}
