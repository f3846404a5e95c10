// What can be asked for on a single repository? (a collaborator: discouraged, since a team leaves less behind)
import type { Provider } from "../provider.ts";
import { closed, NO_SCOPE, text, word } from "../schema.ts";
import { connectionSchema, DISCOURAGED, lintIdentity } from "./words.ts";

export const provider: Provider = {
  kind: "github-collaborator",
  grants: true,
  capabilities: {
    ownership: "bare",
    expiry: "none",
    async: false,
    concurrency: 1,
    sweepable: false,
    residue: [
      `${DISCOURAGED}: lend a team (kind github) instead`,
      "access by teams and by the organisation stays",
      "workflow runs that were started go on; clones and public forks stay",
    ],
  },
  schemas: {
    connection: connectionSchema("Administration: write on the repositories"),
    role: closed("A level on one repository, for one person.", {
      repository: text("Name of the repository", "orders", { max: 100, pattern: "^[A-Za-z0-9._-]+$" }),
      permission: {
        type: "string",
        description: "Level, as GitHub's API calls it; admin is known, and is refused",
        enum: ["pull", "triage", "push", "maintain", "admin"],
        examples: ["push"],
      },
    }),
    scope: NO_SCOPE,
  },
  selfPerpetuating: ({ permission }) =>
    permission === "admin"
      ? "who administers a repository can add deploy keys, webhooks and collaborators that stay"
      : undefined,
  lint: ({ identity, role }) =>
    lintIdentity(identity) ??
    (/^\.{1,2}$/.test(word(role["repository"])) ? "that is not the name of a repository" : undefined),
  howToConnect: ({ role }) =>
    `use the repository ${word(role["repository"])} as before; outside of the organisation, accept the invitation first`,
  connect: async (connection, options) =>
    (await import("./repo-session.ts")).openRepositories(connection, options),
};
