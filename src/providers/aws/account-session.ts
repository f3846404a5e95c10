// What does an open connection to one instance of Identity Center do?
import type { Assignment, Claim, JsonObject } from "../../core/model.ts";
import type { ConnectOptions, Observed, Session } from "../provider.ts";
import { word } from "../schema.ts";
import { assign, unassign } from "./account-change.ts";
import { openCenter, type Center } from "./account-center.ts";
import { ACCOUNTS, lintAccount } from "./account-claim.ts";
import { accountDoctor } from "./account-doctor.ts";
import { edgeOf, outstanding, ways } from "./account-look.ts";
import { checkPermissionSet } from "./account-strength.ts";
import { clientSettings } from "./client.ts";
import { refuse } from "./errors.ts";
import { openStore, type Store } from "./group-store.ts";
import { openIamClient, type Iam } from "./iam-api.ts";
import { patienceOf, type Patience } from "./waiting.ts";

/** Throws a Problem (misconfigured) when a key is missing, else ProviderErrors. */
export async function openAccounts(
  connection: JsonObject,
  options: ConnectOptions,
  patience: Patience = patienceOf(options.timeout),
): Promise<Session> {
  const region = word(connection["region"]);
  const settings = (endpoint: string) => clientSettings(connection, options, { region, endpoint });
  const center = openCenter(word(connection["instance"]), settings("endpoint"), options.timeout);
  let store: Store;
  try {
    store = openStore(await center.identityStore(), settings("identityStoreEndpoint"), options.timeout);
  } catch (thrown) {
    center.close();
    throw thrown;
  }
  const iam = openIamClient(settings("iamEndpoint"), options.timeout);
  return {
    resolve: (claim) => resolve(center, store, iam, claim),
    observe: (assignments) => observe(center, assignments),
    // Nothing on an assignment says who made it: only the ledger knows ours.
    list: () => Promise.resolve({ items: [], complete: true }),
    grant: (assignment, window) => assign(center, assignment, window, patience),
    revoke: (assignment) => unassign(center, store, assignment, patience),
    verify: (assignment) => ways(center, store, edgeOf(assignment)),
    cleanup: () => Promise.resolve([]),
    doctor: () => accountDoctor(center),
    close: () => {
      center.close();
      store.close();
      iam.close();
      return Promise.resolve();
    },
  };
}

async function resolve(center: Center, store: Store, iam: Iam, claim: Claim): Promise<Assignment> {
  const wrong = lintAccount(claim);
  if (wrong !== undefined) refuse("malformed", wrong, "lint");
  const { owner, target, connection, identity } = claim;
  await store.user(identity);
  const [account, permissionSet] = [word(claim.role["account"]), word(claim.role["permissionSet"])];
  await checkPermissionSet(center, iam, permissionSet);
  const role = { account, permissionSet };
  // Shows that the account is one that this instance knows.
  await center.holders(role);
  // The permission set's ARN names its instance: whatever targets are called, one edge has one key.
  const key = `${ACCOUNTS}:${permissionSet}/${account}/${identity}`;
  return {
    ...{ key, owner, target, provider: ACCOUNTS, connection },
    principal: { id: identity },
    role,
    scope: {},
  };
}

/** One list for each permission set in each account; the orders are looked at only for what is not there. */
async function observe(center: Center, assignments: readonly Assignment[]): Promise<readonly Observed[]> {
  const lists = new Map<string, ReadonlySet<string>>();
  const answers: Observed[] = [];
  for (const assignment of assignments) {
    const edge = edgeOf(assignment);
    const place = `${edge.account} ${edge.permissionSet}`;
    const users = lists.get(place) ?? (await usersIn(center, edge));
    lists.set(place, users);
    if (users.has(edge.user)) answers.push({ state: "held", receipt: { ...edge } });
    else {
      const { order } = await outstanding(center, "creation", edge);
      answers.push({ state: order ? "pending" : "absent" });
    }
  }
  return answers;
}

async function usersIn(center: Center, edge: Parameters<Center["holders"]>[0]): Promise<ReadonlySet<string>> {
  const holders = await center.holders(edge);
  return new Set(holders.flatMap(({ type, id }) => (type === "USER" ? [id] : [])));
}
