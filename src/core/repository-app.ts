// Is the applier an App, and does it ask for no more than it needs?
import { error, warning } from "./finding.ts";
import type { User } from "./facts.ts";
import type { Finding } from "./model.ts";
import type { ForgeApp } from "./repository-facts.ts";

/** What the applier does with each permission. */
const NEEDED: Readonly<Record<string, string>> = {
  contents: "write",
  pull_requests: "write",
  checks: "write",
  issues: "write",
  metadata: "read",
};
/** Reading shows settings to `lapse doctor` and gives nothing away but names. */
const HARMLESS = ["actions", "administration", "environments", "members", "secrets", "organization_secrets"];

export function appFindings({ slug, permissions }: ForgeApp): readonly Finding[] {
  const wide = Object.entries(permissions).filter(
    ([name, level]) =>
      NEEDED[name] !== level && NEEDED[name] !== "write" && !(level === "read" && HARMLESS.includes(name)),
  );
  if (wide.length === 0) return [];
  const list = wide.map(([name, level]) => `${name}: ${level}`).join(", ");
  const fix = `Settings of the App ${slug} → Permissions & events: take them away`;
  return [warning("LPS946", `the App ${slug} asks for more than the applier needs: ${list}`, fix)];
}

/** A token that says who it is belongs to a person; an App's installation does not. */
export function applierFindings(user: User | null): readonly Finding[] {
  if (user === null || user.type === "Bot") return [];
  const message = `this workflow runs with the token of ${user.login}, a person`;
  return [error("LPS943", message, "make a token of the Lapse App: see .github/workflows/apply.yml")];
}
