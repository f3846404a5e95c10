// Do the applier's credentials allow what it must do, and no more? (as far as GitHub says so: it does for Apps and classic tokens)
import { error, warning } from "../../core/finding.ts";
import type { Finding } from "../../core/model.ts";
import type { Rights } from "./client.ts";

export interface Need {
  /** Of an App. https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps */
  readonly permissions: readonly string[];
  /** Reading these is enough. */
  readonly reads: readonly string[];
  /** Of a classic token. https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps */
  readonly scopes: readonly string[];
}

/** What anything else needs, and what a scope has in it. */
const HARMLESS = ["metadata", "read:org"];

export function judgeRights(rights: Rights, need: Need): readonly Finding[] {
  const { scopes, permissions } = rights;
  if (permissions) {
    const writes = Object.keys(permissions).filter((name) => permissions[name] !== "read");
    const missing = [
      ...need.permissions.filter((name) => !writes.includes(name)).map((name) => `${name}: write`),
      ...need.reads.filter((name) => permissions[name] === undefined).map((name) => `${name}: read`),
    ];
    return [...lacking(missing), ...excess(writes.filter((name) => !need.permissions.includes(name)))];
  }
  if (!scopes) return [];
  return [
    ...lacking(need.scopes.filter((scope) => !scopes.includes(scope))),
    ...excess(scopes.filter((scope) => !need.scopes.includes(scope))),
  ];
}

function lacking(names: readonly string[]): readonly Finding[] {
  if (names.length === 0) return [];
  const what = names.join(", ");
  return [error("LPS430", `the applier's credentials lack ${what}`, `give them ${what}, as setup.sh says`)];
}

function excess(all: readonly string[]): readonly Finding[] {
  const names = all.filter((name) => !HARMLESS.includes(name));
  if (names.length === 0) return [];
  const what = names.join(", ");
  return [
    warning("LPS431", `the applier's credentials can do more than they must: ${what}`, `take ${what} away`),
  ];
}
