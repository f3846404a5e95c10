// What does an open connection to one identity store do?
import type { Assignment, Claim, JsonObject } from "../../core/model.ts";
import type { ConnectOptions, Listed, Observed, Session } from "../provider.ts";
import { word } from "../schema.ts";
import { clientSettings } from "./client.ts";
import { refuse } from "./errors.ts";
import { GROUPS, lintGroup } from "./group-claim.ts";
import { groupDoctor } from "./group-doctor.ts";
import { give, take } from "./group-change.ts";
import { checkContainer, groupIn, lookUp, membersOf, userOf } from "./group-look.ts";
import { declaredTarget } from "./group-mark.ts";
import { openStore, type Store } from "./group-store.ts";
import { patienceOf } from "./waiting.ts";

/** Throws a Problem (misconfigured) when a key is missing, else ProviderErrors. */
export async function openGroups(connection: JsonObject, options: ConnectOptions): Promise<Session> {
  const where = { region: word(connection["region"]), endpoint: "endpoint" };
  const settings = clientSettings(connection, options, where);
  const store = openStore(word(connection["identityStore"]), settings, options.timeout);
  const { owner, timeout } = options;
  try {
    await store.check();
  } catch (thrown) {
    store.close();
    throw thrown;
  }
  return {
    resolve: (claim) => resolve(store, claim),
    observe: (assignments) => observe(store, assignments),
    list: () => list(store, owner, connection),
    grant: (assignment, window) => give(store, assignment, window, patienceOf(timeout)),
    revoke: (assignment) => take(store, assignment, patienceOf(timeout)),
    verify: async (assignment) => {
      const group = groupIn(assignment);
      const allowed = (await lookUp(store, group, userOf(assignment))) !== undefined;
      // The group itself is the access, and every member of it is Lapse's: no way in stands beside it.
      return { allowed, via: allowed ? [`group ${group}`] : [], standing: false };
    },
    cleanup: () => Promise.resolve([]),
    doctor: () => groupDoctor(store, owner),
    close: () => {
      store.close();
      return Promise.resolve();
    },
  };
}

async function resolve(store: Store, claim: Claim): Promise<Assignment> {
  const wrong = lintGroup(claim);
  if (wrong !== undefined) refuse("malformed", wrong, "lint");
  const { owner, target, connection, identity } = claim;
  await store.user(identity);
  const group = await store.group(word(claim.role["group"]));
  checkContainer(group, claim);
  return edge({ owner, target, connection, group: group.id, user: identity });
}

function edge(of: {
  readonly owner: string;
  readonly target: string;
  readonly connection: JsonObject;
  readonly group: string;
  readonly user: string;
}): Assignment {
  const { owner, target, connection, group, user } = of;
  // Whatever the target is called, one edge has one key.
  const key = `${GROUPS}:${word(connection["identityStore"])}/${group}/${user}`;
  const [principal, role] = [{ id: user }, { group }];
  return { key, owner, target, provider: GROUPS, connection, principal, role, scope: {} };
}

/** One list a group, and one look at each member that the list does not show. */
async function observe(store: Store, assignments: readonly Assignment[]): Promise<readonly Observed[]> {
  const lists = new Map<string, ReadonlyMap<string, string>>();
  const answers: Observed[] = [];
  for (const assignment of assignments) {
    const [group, user] = [groupIn(assignment), userOf(assignment)];
    const listed = lists.get(group) ?? (await listOf(store, group));
    lists.set(group, listed);
    const membership = listed.get(user) ?? (await store.membership(group, user));
    answers.push(
      membership === undefined
        ? { state: "absent" }
        : { state: "held", receipt: { membership, group, user } },
    );
  }
  return answers;
}

async function listOf(store: Store, group: string): Promise<ReadonlyMap<string, string>> {
  return new Map((await membersOf(store, group)).map(({ user, membership }) => [user, membership]));
}

async function list(
  store: Store,
  owner: string,
  connection: JsonObject,
): Promise<{ items: readonly Listed[]; complete: boolean }> {
  const groups = await store.groups();
  if (groups.failed && groups.items.length === 0) throw groups.failed;
  let complete = groups.failed === undefined;
  const items: Listed[] = [];
  for (const group of groups.items) {
    const target = declaredTarget(group, owner);
    if (target === undefined) continue;
    const members = await store.members(group.id);
    complete &&= members.failed === undefined;
    items.push(
      ...members.items.map(({ user }) => edge({ owner, target, connection, group: group.id, user })),
    );
  }
  return { items, complete };
}
