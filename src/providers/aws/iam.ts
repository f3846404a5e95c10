// What can be asked for in IAM of one AWS account, for a time that IAM itself ends, and where is the code that does it?
import type { Provider } from "../provider.ts";
import { closed, NO_SCOPE, text, word } from "../schema.ts";
import { ACCOUNT, endpoint, KEYS, OPTIONAL_KEYS, region } from "./connection.ts";
import { IAM, lintIam, POLICY, VERSION } from "./iam-claim.ts";

/**
 * What is lent is a customer managed policy at one version, copied into an inline policy with an end added to every
 * statement. Statements in the entitlement would be free text that one typing mistake turns into everything; a policy
 * of the account is written where its owners look after it, is checked by AWS and can be tried out. A version of it
 * never changes, so what reviewers saw is what is granted, and a new version needs a new entitlement.
 */
export const provider: Provider = {
  kind: IAM,
  grants: true,
  capabilities: {
    ownership: "object",
    expiry: "native-leaves-garbage",
    async: false,
    concurrency: 1,
    sweepable: true,
    residue: [
      "changes of IAM take some seconds to be everywhere",
      "what was made or opened with the access stays: sessions of other roles, presigned uploads, running tasks",
    ],
  },
  schemas: {
    connection: closed(
      "IAM of one account; the applier signs in by workload identity, or by keys.",
      {
        account: text("Number of the account", "123456789012", { max: 12, pattern: ACCOUNT }),
        region: region("the calls; IAM itself has none"),
        ...KEYS,
        endpoint: endpoint("IAM's API"),
      },
      [...OPTIONAL_KEYS, "endpoint"],
    ),
    role: closed("What one version of a customer managed policy of the account allows.", {
      policy: text("ARN of the policy", "arn:aws:iam::123456789012:policy/orders-read", {
        max: 640,
        pattern: POLICY,
      }),
      version: text("Version of the policy that was reviewed; versions never change", "v1", {
        max: 7,
        pattern: VERSION,
      }),
    }),
    scope: NO_SCOPE,
  },
  // An ARN does not say what it allows: `resolve` reads the version and refuses what would outlive a time limit.
  selfPerpetuating: () => undefined,
  lint: lintIam,
  howToConnect: ({ identity, role }) =>
    `use AWS as ${identity}, as always: what ${word(role["policy"]).split("/").at(-1) ?? ""} allows applies within seconds`,
  connect: async (connection, options) => (await import("./iam-session.ts")).openIam(connection, options),
};
