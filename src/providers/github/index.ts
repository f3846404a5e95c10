// What can be asked for in a GitHub organisation? (membership of a team: also the right to approve deployments)
import type { Provider } from "../provider.ts";
import { closed, NO_SCOPE, text, word } from "../schema.ts";
import { connectionSchema, lintIdentity, SLUG } from "./words.ts";

export const provider: Provider = {
  kind: "github",
  grants: true,
  capabilities: {
    ownership: "container",
    expiry: "none",
    async: false,
    concurrency: 1,
    sweepable: false,
    residue: [
      "workflow runs that were started and deployments that were approved go on",
      "clones and forks that were made stay",
      "GitHub may take some time to apply the change everywhere",
    ],
  },
  schemas: {
    connection: connectionSchema("Members: write in the organisation"),
    role: closed("Membership of a team that exists for temporary access alone.", {
      team: text("Slug of the team", "deploy-production", { max: 100, pattern: SLUG }),
    }),
    scope: NO_SCOPE,
  },
  selfPerpetuating: () => undefined,
  lint: ({ identity }) => lintIdentity(identity),
  howToConnect: ({ role }) => `use GitHub as before: the rights of the team ${word(role["team"])} apply`,
  connect: async (connection, options) => (await import("./team-session.ts")).openTeams(connection, options),
};
