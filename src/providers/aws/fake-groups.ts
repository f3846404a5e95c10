// How is membership of groups put to the test? (a world over the pretended identity store)
import type { World } from "../../conformance/world.ts";
import { fromEpoch } from "../../core/time.ts";
import { fakeIdentity, type FakeIdentity } from "./fake-identity.ts";
import { Refusal, serveAws, type Wire } from "./fake-wire.ts";
import { provider } from "./index.ts";

export const STORE = "d-1234567890";
const id = (end: number) => `906749a2b1-00000000-0000-4000-8000-${String(end).padStart(12, "0")}`;
export const ANN = id(1006);
export const BOB = id(1007);
export const GROUP = id(2001);
export const OTHER_GROUP = id(2002);
const START = fromEpoch(Date.UTC(2026, 10, 23, 9));

export const SECRETS: Readonly<Record<string, string>> = {
  LAPSE_AWS_KEY: "AKIAEXAMPLE",
  LAPSE_AWS_SECRET: "x",
};
export const KEY_NAMES = { accessKeyEnv: "LAPSE_AWS_KEY", secretKeyEnv: "LAPSE_AWS_SECRET" };

export interface GroupWorld extends World {
  readonly identity: FakeIdentity;
  readonly wire: Wire;
}

export function people(identity: FakeIdentity): void {
  identity.users.set(ANN, { UserId: ANN, UserName: "ann" });
  identity.users.set(BOB, { UserId: BOB, UserName: "bob" });
}

/** From now on these operations are refused; the returned function ends that. */
export function hinder({ faults }: Wire, on: RegExp, code: string, status = 400): () => Promise<void> {
  const fault = { on, refusal: new Refusal(code, {}, status) };
  faults.push(fault);
  return () => Promise.resolve().then(() => void faults.splice(faults.indexOf(fault), 1));
}

export async function groupWorld(): Promise<GroupWorld> {
  const identity = fakeIdentity(STORE);
  people(identity);
  identity.addGroup(OTHER_GROUP, "Administrators", "Not for Lapse");
  const group = identity.addGroup(GROUP, "billing-admin", "Lent by Lapse. lapse:lapse/target");
  const wire = await serveAws(identity.service);
  const connection = {
    identityStore: STORE,
    region: "eu-central-1",
    ...KEY_NAMES,
    endpoint: wire.server.url,
  };
  const secret = (name: string) => SECRETS[name];
  const memberOf = (user: string) => group.members.items.some(({ UserId }) => UserId === user);
  const standing = (user: string) => Promise.resolve().then(() => void identity.join(GROUP, user));
  return {
    ...{ identity, wire, provider, owner: "lapse", connection, secret },
    subjects: [ANN, BOB],
    stranger: id(9999),
    role: { group: GROUP },
    missingRole: { group: id(2999) },
    now: START,
    advance: { skip: "nothing in an identity store depends on its clock" },
    nowhere: () =>
      provider.connect(
        { ...connection, identityStore: "d-0000000000" },
        { owner: "lapse", secret, timeout: 5_000 },
      ),
    can: (user) => Promise.resolve(identity.users.has(user) && memberOf(user)),
    standing,
    endStanding: (user) =>
      Promise.resolve().then(() => {
        identity.leave(GROUP, user);
      }),
    otherWay: { skip: "the group itself is the access: there is no second way to be in it" },
    addSubject: { skip: "people are named by ids of AWS's own making" },
    rename: (user) => {
      const found = identity.users.get(user);
      if (found) found.UserName = `${found.UserName}_married`;
      return Promise.resolve(user);
    },
    hinder: () => Promise.resolve(hinder(wire, /GroupMembership$/, "InternalServerException", 500)),
    disarm: () => Promise.resolve().then(() => void hinder(wire, /^Delete/, "AccessDeniedException")),
    strip: { skip: "a membership carries no mark" },
    addMember: { skip: "a membership has exactly one member" },
    replace: { skip: "a membership says nothing but who is in which group" },
    snapshot: () =>
      Promise.resolve(structuredClone([...identity.groups.values()].map(({ members }) => members.items))),
    breakListing: () => {
      wire.faults.push({
        on: /^ListGroupMemberships$/,
        refusal: new Refusal("InternalServerException", {}, 500),
        afterItems: 1,
      });
    },
    settle: { skip: "memberships take effect at once" },
    tooSoon: { skip: "a membership can be removed at any time" },
    close: () => wire.server.stop(),
  };
}
