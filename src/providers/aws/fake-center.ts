// How are account assignments put to the test? (a world over the pretended Identity Center and its identity store)
import type { World } from "../../conformance/world.ts";
import type { JsonObject } from "../../core/model.ts";
import { fromEpoch } from "../../core/time.ts";
import type { ConnectOptions, Provider } from "../provider.ts";
import { openAccounts } from "./account-session.ts";
import { provider } from "./account.ts";
import { fakeAccounts, placeOf, type FakeAccounts } from "./fake-accounts.ts";
import { ANN, BOB, hinder, KEY_NAMES, OTHER_GROUP, people, SECRETS, STORE } from "./fake-groups.ts";
import { fakeIam, type FakeIam } from "./fake-iam.ts";
import { fakeIdentity, type FakeIdentity } from "./fake-identity.ts";
import { serveAws, type Wire } from "./fake-wire.ts";

const INSTANCE = "arn:aws:sso:::instance/ssoins-0123456789abcdef";
const setArn = (end: string) => `arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-${end}`;
export const ACCOUNT = "123456789012";
export const READER = setArn("0123456789abcdef");
export const ADMIN = setArn("fedcba9876543210");
export const READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const START = fromEpoch(Date.UTC(2026, 10, 23, 9));
/** Orders are never carried out while anybody waits, so that nobody waits long. */
const IMPATIENT = { total: 60, first: 10 };

export interface CenterWorld extends World {
  readonly identity: FakeIdentity;
  readonly accounts: FakeAccounts;
  readonly iam: FakeIam;
  readonly wire: Wire;
}

const later = (act: () => void): Promise<void> => Promise.resolve().then(act);

export async function centerWorld(): Promise<CenterWorld> {
  const identity = fakeIdentity(STORE);
  people(identity);
  identity.addGroup(OTHER_GROUP, "Readers");
  const of = { instance: INSTANCE, identityStore: STORE, accounts: [ACCOUNT] };
  const accounts = fakeAccounts(of, identity);
  const iam = fakeIam(ACCOUNT);
  const addSet = (arn: string, Name: string, hours: number, policy: string, Statement: object) => {
    const document = JSON.stringify({ Version: "2012-10-17", Statement });
    iam.managed.set(policy, { versions: new Map([["v7", document]]), current: "v7" });
    const SessionDuration = `PT${hours}H`;
    accounts.permissionSets.set(arn, { Name, SessionDuration, managed: [policy], customer: [], inline: "" });
  };
  const some = { Effect: "Allow", Resource: "*", Action: ["s3:Get*", "iam:Get*", "iam:Generate*"] };
  addSet(READER, "Reader", 1, READ_ONLY, some);
  addSet(ADMIN, "Admin", 8, "arn:aws:iam::aws:policy/AdministratorAccess", { ...some, Action: "*" });
  const wire = await serveAws({ ...identity.service, ...accounts.service, ...iam.service });
  const url = wire.server.url;
  const connection: JsonObject = {
    ...{ instance: INSTANCE, region: "eu-central-1", ...KEY_NAMES },
    ...{ endpoint: url, identityStoreEndpoint: url, iamEndpoint: url },
  };
  const secret = (name: string) => SECRETS[name];
  const impatient: Provider = {
    ...provider,
    connect: (where: JsonObject, options: ConnectOptions) => openAccounts(where, options, IMPATIENT),
  };
  const list = accounts.listOf(placeOf(ACCOUNT, READER));
  const holder = (PrincipalType: string, PrincipalId: string) => ({ PrincipalType, PrincipalId });
  const inGroup = (id: string, user: string) =>
    identity.groups.get(id)?.members.items.some(({ UserId }) => UserId === user) === true;
  return {
    ...{ identity, accounts, iam, wire, provider: impatient, owner: "lapse", connection, secret },
    subjects: [ANN, BOB],
    stranger: ANN.replace(/6$/, "9"),
    role: { account: ACCOUNT, permissionSet: READER },
    missingRole: { account: ACCOUNT, permissionSet: setArn("aaaaaaaaaaaaaaaa") },
    now: START,
    advance: { skip: "assignments do not depend on a clock" },
    nowhere: () =>
      provider.connect(
        { ...connection, instance: "arn:aws:sso:::instance/ssoins-aaaaaaaaaaaaaaaa" },
        { owner: "lapse", secret, timeout: 5_000 },
      ),
    can: (user) =>
      Promise.resolve(
        identity.users.has(user) &&
          list.items.some(({ PrincipalType, PrincipalId }) =>
            PrincipalType === "USER" ? PrincipalId === user : inGroup(PrincipalId, user),
          ),
      ),
    standing: (user) =>
      later(() => {
        list.set([...list.items, holder("USER", user)]);
      }),
    endStanding: (user) =>
      later(() => {
        list.set(list.items.filter(({ PrincipalId }) => PrincipalId !== user));
      }),
    otherWay: (user) =>
      later(() => {
        identity.join(OTHER_GROUP, user);
        list.set([...list.items, holder("GROUP", OTHER_GROUP)]);
      }),
    addSubject: { skip: "people are named by ids of AWS's own making" },
    rename: (user) => {
      const found = identity.users.get(user);
      if (found) found.UserName = `${found.UserName}_married`;
      return Promise.resolve(user);
    },
    hinder: () => Promise.resolve(hinder(wire, /^(Create|Delete)Account/, "ConflictException")),
    disarm: () => later(() => void hinder(wire, /^Delete/, "AccessDeniedException")),
    strip: { skip: "an assignment carries no mark" },
    addMember: { skip: "an assignment has exactly one principal" },
    replace: { skip: "an assignment says nothing but who has what where" },
    snapshot: () =>
      Promise.resolve(
        structuredClone([
          [...accounts.holders].map(([place, { items }]) => [place, items]),
          accounts.orders.length,
        ]),
      ),
    breakListing: { skip: "bare assignments are not listed: only the ledger knows ours" },
    settle: accounts.settle,
    tooSoon: { skip: "an assignment can be removed at any time" },
    close: () => wire.server.stop(),
  };
}
