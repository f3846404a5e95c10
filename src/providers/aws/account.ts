// What can be asked for in AWS Identity Center by assignment to one account, and where is the code that does it?
import type { Provider } from "../provider.ts";
import { closed, NO_SCOPE, text, word } from "../schema.ts";
import { ACCOUNTS, INSTANCE, lintAccount, PERMISSION_SET } from "./account-claim.ts";
import { ACCOUNT, endpoint, KEYS, OPTIONAL_KEYS, region } from "./connection.ts";

export const provider: Provider = {
  kind: ACCOUNTS,
  grants: true,
  capabilities: {
    ownership: "bare",
    expiry: "none",
    async: true,
    // Ten orders may be outstanding in an organisation; half of them are left to others.
    concurrency: 5,
    sweepable: false,
    residue: [
      "a role session that is open lives on for the permission set's session duration, 1 to 12 hours",
      "with the last assignment of a permission set its role leaves the account, and comes back under another name: keep a placeholder group assigned",
    ],
  },
  schemas: {
    connection: closed(
      "An instance of Identity Center; the applier signs in by workload identity, or by keys.",
      {
        instance: text("ARN of the instance", "arn:aws:sso:::instance/ssoins-0123456789abcdef", {
          max: 100,
          pattern: INSTANCE,
        }),
        region: region("Identity Center"),
        ...KEYS,
        endpoint: endpoint("Identity Center's API"),
        identityStoreEndpoint: endpoint("the identity store's API"),
        iamEndpoint: endpoint("IAM's API, which shows what AWS's own policies allow"),
      },
      [...OPTIONAL_KEYS, "endpoint", "identityStoreEndpoint", "iamEndpoint"],
    ),
    role: closed("A permission set in one account.", {
      account: text("Number of the account", "123456789012", { max: 12, pattern: ACCOUNT }),
      permissionSet: text(
        "ARN of the permission set",
        "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef",
        { max: 200, pattern: PERMISSION_SET },
      ),
    }),
    scope: NO_SCOPE,
  },
  // An ARN does not say what it allows: `resolve` looks into the permission set.
  selfPerpetuating: () => undefined,
  lint: lintAccount,
  howToConnect: ({ role }) =>
    `sign in to the AWS access portal again: the account ${word(role["account"])} is listed there`,
  connect: async (connection, options) =>
    (await import("./account-session.ts")).openAccounts(connection, options),
};
