// What can be asked for in a GitHub organisation? (declared: policies and checks know it)
import { declared } from "../declared.ts";
import { closed, NO_SCOPE, text, variable, word } from "../schema.ts";

/** https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication */
const LOGIN = /^[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}(?:_[A-Za-z0-9]{3,8})?$/;
const SLUG = "^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?$";

export const provider = declared({
  kind: "github",
  capabilities: {
    ownership: "container",
    expiry: "none",
    async: false,
    concurrency: 1,
    sweepable: false,
    residue: ["workflow runs that were started or approved go on", "clones that were made stay"],
  },
  schemas: {
    connection: closed("An organisation, and where its credentials are.", {
      organisation: text("Login of the organisation", "acme", { max: 39, pattern: SLUG }),
      tokenEnv: variable("a GitHub App token with members: write", "LAPSE_GITHUB_TOKEN"),
    }),
    role: closed("Membership of a team that exists for temporary access alone.", {
      team: text("Slug of the team", "deploy-production", { max: 100, pattern: SLUG }),
    }),
    scope: NO_SCOPE,
  },
  selfPerpetuating: () => undefined,
  lint: ({ identity }) => (LOGIN.test(identity) ? undefined : `${identity} is not a GitHub login`),
  howToConnect: ({ role }) => `use GitHub as before: the rights of the team ${word(role["team"])} apply`,
});
