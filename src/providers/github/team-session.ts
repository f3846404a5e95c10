// How is membership of a team given, shown and taken away?
import type { Assignment, Instant, JsonObject } from "../../core/model.ts";
import {
  ProviderError,
  type ConnectOptions,
  type Listed,
  type Observed,
  type Revocation,
  type Session,
  type Verdict,
} from "../provider.ts";
import { word } from "../schema.ts";
import { nameOf, organisation, refuse, sameOrganisation, standingOf, userId } from "./accounts.ts";
import { open } from "./client.ts";
import type { Pace } from "./pace.ts";
import { doctor } from "./team-doctor.ts";
import { canBeOurs, edge, observeIn, placeOf, receiptOf, rosterOf, type Edge } from "./team-edge.ts";
import { keyOf, notInside, resolve } from "./team-resolve.ts";
import { markedTeams, put, remove, roster, syncedWith, type Home, type Roster, type Team } from "./teams.ts";

export async function openTeams(
  connection: JsonObject,
  options: ConnectOptions,
  pace?: Pace,
): Promise<Session> {
  const api = open(connection, options, pace);
  const org = await organisation(api, word(connection["organisation"]));
  const home: Home = { api, org, owner: options.owner };
  return {
    resolve: (claim) => resolve(home, claim),
    observe: (assignments) => observe(home, assignments),
    list: () => list(home, connection),
    grant: (assignment, window) => grant(home, assignment, window),
    revoke: (assignment) => revoke(home, assignment),
    verify: async (assignment) => verdict(home, assignment, await edge(home, assignment)),
    cleanup: () => Promise.resolve([]),
    doctor: () => doctor(home),
    close: () => Promise.resolve(),
  };
}

async function observe(home: Home, assignments: readonly Assignment[]): Promise<readonly Observed[]> {
  const rosters = new Map<number, Roster>();
  for (const one of assignments) {
    const place = placeOf(one);
    sameOrganisation(home.org, one);
    if (!rosters.has(place.team)) rosters.set(place.team, await rosterOf(home, place));
  }
  const seen: Observed[] = [];
  for (const one of assignments) {
    const known = rosters.get(placeOf(one).team);
    if (known) seen.push(await observeIn(home, known, one));
  }
  return seen;
}

/** Everybody in every team that is declared to be Lapse's, whoever put him there. */
async function list(home: Home, connection: JsonObject) {
  const items: Listed[] = [];
  let complete = true;
  for (const team of await markedTeams(home)) {
    try {
      items.push(...(await membersOf(home, team, connection)));
    } catch (thrown) {
      if (!(thrown instanceof ProviderError)) throw thrown;
      complete = false;
    }
  }
  return { items, complete };
}

async function membersOf(home: Home, team: Team, connection: JsonObject): Promise<readonly Listed[]> {
  const { members, children } = await roster(home.api, team);
  const onlyByChild = (id: number, inherited?: boolean) =>
    inherited ?? children.some(({ ids }) => ids.has(id));
  return [...members.values()]
    .filter(({ id, inherited }) => !onlyByChild(id, inherited))
    .map(({ id, login }) => ({
      key: keyOf(home, team, id),
      owner: home.owner,
      // A session does not know what the target is called in the policies.
      target: home.org.login,
      provider: "github",
      connection,
      principal: { id, login },
      role: { organisation: team.org, id: team.team, team: team.slug },
      scope: {},
    }));
}

async function grant(
  home: Home,
  assignment: Assignment,
  { end, now }: { readonly end: Instant; readonly now: Instant },
): Promise<JsonObject> {
  if (!(end > now)) refuse("malformed", "the window is over", "past");
  const before = await edge(home, assignment);
  const receipt = receiptOf(assignment);
  if (before.is === "member" && before.direct === "yes") return receipt;
  // A PUT on a member would overwrite the role: https://docs.github.com/en/rest/teams/members#add-or-update-team-membership-for-a-user
  if (before.is !== "absent")
    refuse("conflict", `${nameOf(assignment)} is in the team already by another way`, before.is);
  await addMember(home, assignment, await eligible(home, assignment, before));
  const after = await home.api.until(
    () => edge(home, assignment),
    (seen) => seen.is !== "absent",
  );
  if (after.is === "member" && after.direct !== "no") return receipt;
  return refuse("transient", "GitHub does not show the new membership yet", "not-read-back");
}

async function addMember(home: Home, assignment: Assignment, login: string): Promise<void> {
  const place = placeOf(assignment);
  const { status, state } = await put(home.api, place, login).catch((thrown: unknown) =>
    synced(home, assignment, thrown),
  );
  if (status === 404) hidden("add a member to the team");
  if (state !== "pending") return;
  // He left the organisation a moment ago: what was made is an invitation.
  await remove(home.api, place, login);
  notInside(home.org, { id: userId(assignment), login });
}

/** The login that may be added now. */
async function eligible({ api, org }: Home, assignment: Assignment, { user }: Edge): Promise<string> {
  if (!user) refuse("subject-missing", `the account ${nameOf(assignment)} is gone`, "404");
  const inside = await standingOf(api, org, user);
  if (inside === "owner")
    refuse("denied-by-policy", `${user.login} owns the organisation and needs no team`, "owner");
  if (inside !== "member") notInside(org, user);
  return user.login;
}

async function revoke(home: Home, assignment: Assignment): Promise<Revocation> {
  const before = await edge(home, assignment);
  const ours = await canBeOurs(home, before);
  const after = ours ? await takeOut(home, assignment, before) : before;
  const { standing } = await verdict(home, assignment, after);
  return {
    state: standing ? "escaped" : "absent",
    receipt: receiptOf(assignment),
    residue: leftOver(before, ours),
  };
}

function leftOver({ is }: Edge, ours: boolean): readonly string[] {
  if (is === "pending") return ["an invitation to the organisation may be left: an owner can cancel it"];
  if (is !== "maintainer" || ours) return [];
  return ["somebody made the subject a maintainer of the team, which was left as it is"];
}

/** Believes no answer but what the team shows afterwards: GitHub says 404 also to who must not remove anybody. */
async function takeOut(home: Home, assignment: Assignment, { user }: Edge): Promise<Edge> {
  const login = user?.login ?? refuse("transient", "the account has no login just now", "no-login");
  const status = await remove(home.api, placeOf(assignment), login).catch((thrown: unknown) =>
    synced(home, assignment, thrown),
  );
  // Who is also in a child team may look the same as before.
  const gone = ({ is, direct }: Edge) => is !== "pending" && direct !== "yes";
  const after = await home.api.until(() => edge(home, assignment), gone);
  const out = after.is !== "pending" && after.direct === "no";
  if (status === 404 && !out) hidden("remove a member from the team");
  if (gone(after)) return after;
  return refuse("transient", "GitHub still shows the membership after removing it", "not-read-back");
}

function hidden(doing: string): never {
  const fix = "the credentials need the permission Members: write, or to be an owner's or maintainer's";
  return refuse("forbidden", `GitHub hides from the applier that it could ${doing}: ${fix}`, "404");
}

/** A refusal may mean that an identity provider fills the team, which no permission changes. */
async function synced({ api, org }: Home, assignment: Assignment, thrown: unknown): Promise<never> {
  if (!(thrown instanceof ProviderError) || thrown.class !== "forbidden") throw thrown;
  const slug = word(assignment.role["team"]);
  const [group] = await syncedWith(api, org, slug);
  if (group === undefined) throw thrown;
  const message = `the team ${slug} is filled by an identity provider's group: Lapse cannot lend it, use another`;
  throw new ProviderError("denied-by-policy", message, { vendorCode: thrown.vendorCode, cause: thrown });
}

/**
 * Who is in the team by Lapse and who by an administrator cannot be told inside of it; but a maintainer, a member of
 * a child team and an owner of the organisation have other ways in.
 */
async function verdict({ api, org }: Home, assignment: Assignment, seen: Edge): Promise<Verdict> {
  const slug = word(assignment.role["team"]);
  const owns = seen.user !== undefined && (await standingOf(api, org, seen.user)) === "owner";
  const others = [
    ...(seen.is === "maintainer" && !owns ? [`maintainer of the team ${slug}`] : []),
    ...inherited(seen),
    ...(owns ? [`owner of ${org.login}`] : []),
  ];
  const own = seen.is === "member" && seen.direct !== "no" ? [`the team ${slug}`] : [];
  const via = [...own, ...others];
  return { allowed: via.length > 0, via, standing: others.length > 0 };
}

function inherited({ is, direct, children }: Edge): readonly string[] {
  if (children.length > 0) return children.map((child) => `the child team ${child}`);
  return is !== "absent" && is !== "pending" && direct === "no" ? ["a child team that is hidden"] : [];
}
