// How is a person put on a repository and taken off it? (a bare edge: only the ledger knows whose it is)
import type { Assignment, Claim, Instant, JsonObject } from "../../core/model.ts";
import { warning } from "../../core/finding.ts";
import {
  ProviderError,
  type ConnectOptions,
  type Observed,
  type Revocation,
  type Session,
} from "../provider.ts";
import { word } from "../schema.ts";
import {
  currentUser,
  nameOf,
  organisation,
  refuse,
  resolveUser,
  sameOrganisation,
  userId,
} from "./accounts.ts";
import { open } from "./client.ts";
import type { Pace } from "./pace.ts";
import {
  add,
  direct,
  invitations,
  rank,
  remove,
  repositoryBy,
  repositoryNamed,
  uninvite,
  type Collaborator,
  type Invitation,
  type Level,
} from "./repos.ts";
import { otherWays, repositoryOf, unexplained, verify, wantedOf } from "./repo-ways.ts";
import { judgeRights } from "./rights.ts";
import type { Home } from "./teams.ts";
import { DISCOURAGED } from "./words.ts";

const NEED = { permissions: ["administration"], reads: ["members"], scopes: ["repo"] };

export async function openRepositories(
  connection: JsonObject,
  options: ConnectOptions,
  pace?: Pace,
): Promise<Session> {
  const api = open(connection, options, pace);
  const org = await organisation(api, word(connection["organisation"]));
  const home: Home = { api, org, owner: options.owner };
  return {
    resolve: (claim) => resolve(home, claim),
    observe: async (assignments) => {
      const seen: Observed[] = [];
      for (const one of assignments) seen.push(await judge(home, one, await look(home, one)));
      return seen;
    },
    // Nothing on a repository says who put a collaborator there.
    list: () => Promise.resolve({ items: [], complete: true }),
    grant: (assignment, window) => grant(home, assignment, window),
    revoke: (assignment) => revoke(home, assignment),
    verify: (assignment) => verify(home, assignment),
    cleanup: () => Promise.resolve([]),
    doctor: async () => [
      warning(
        "LPS434",
        `a collaborator is a poor way to lend access: ${DISCOURAGED}`,
        "lend a team: kind github",
      ),
      ...judgeRights(await api.rights(), NEED),
    ],
    close: () => Promise.resolve(),
  };
}

/** The level is part of the key: a person has one level on a repository, so two requests share it or exclude each other. */
async function resolve({ api, org }: Home, claim: Claim): Promise<Assignment> {
  const user = await resolveUser(api, claim);
  const repository = await repositoryNamed(api, org, word(claim.role["repository"]));
  const permission = word(claim.role["permission"]);
  if (permission === "admin")
    refuse("denied-by-policy", "who administers a repository can make access that stays");
  const { owner, target, provider, connection, scope } = claim;
  return {
    key: `github-collaborator:${api.host}/${repository.id}/${user.id}/${permission}`,
    ...{ owner, target, provider, connection, scope },
    principal: { id: user.id, login: user.login },
    role: { organisation: org.id, id: repository.id, repository: repository.name, permission },
  };
}

interface Edge {
  readonly own: Collaborator | undefined;
  readonly invited: readonly Invitation[];
  /** False while he is not listed, but has what a missing entry would give. */
  readonly sure: boolean;
}

/**
 * Lists lag behind, and skip whoever moves: nobody is missing who is missing once, nor while he still has what the
 * missing entry would give.
 */
async function look(home: Home, assignment: Assignment): Promise<Edge> {
  const { api, org } = home;
  sameOrganisation(org, assignment);
  const { id } = await repositoryBy(api, org, repositoryOf(assignment));
  let reads = 0;
  const read = async (): Promise<Edge> => {
    reads += 1;
    const [collaborators, all] = await Promise.all([direct(api, id), invitations(api, id)]);
    const own = collaborators.get(userId(assignment));
    const invited = all.filter(({ invitee }) => invitee === userId(assignment));
    const there = own !== undefined || invited.length > 0;
    return { own, invited, sure: there || (reads > 1 && !(await unexplained(home, assignment))) };
  };
  return api.until(read, ({ sure }) => sure);
}

async function judge(home: Home, assignment: Assignment, { own, invited }: Edge): Promise<Observed> {
  if (own) {
    const ours = await canBeOurs(home, assignment, own);
    return ours ? { state: "held", receipt: receiptOf(assignment) } : { state: "foreign" };
  }
  const [first] = invited;
  if (!first) return { state: "absent" };
  if (invited.some(({ permission }) => permission !== wantedOf(assignment))) return { state: "foreign" };
  if (invited.some(({ expired }) => !expired)) return { state: "pending" };
  return { state: "tombstone", reason: "an invitation that expired is left and gives nothing" };
}

/** GitHub shows the highest level, whatever gives it: a team may hide what Lapse gave, or somebody may have raised it. */
async function canBeOurs(home: Home, assignment: Assignment, own: Collaborator): Promise<boolean> {
  const wanted = wantedOf(assignment);
  if (own.role === wanted) return true;
  if (rank(own.level) <= rank(wanted)) return false;
  const ways = await otherWays(home, assignment, own);
  return ways.some(({ level }) => rank(level) >= rank(own.level));
}

const receiptOf = (assignment: Assignment): JsonObject => ({
  repository: repositoryOf(assignment),
  member: userId(assignment),
  permission: word(assignment.role["permission"]),
});

async function grant(
  home: Home,
  assignment: Assignment,
  { end, now }: { readonly end: Instant; readonly now: Instant },
): Promise<JsonObject> {
  if (!(end > now)) refuse("malformed", "the window is over", "past");
  const { state } = await judge(home, assignment, await look(home, assignment));
  if (state === "held" || state === "pending") return receiptOf(assignment);
  // A PUT would change the level of who is there, up or down, and answer as if nothing had been there.
  if (state === "foreign") refuse("conflict", `${nameOf(assignment)} is there with another level`, "foreign");
  const user = await currentUser(home.api, userId(assignment));
  if (!user) refuse("subject-missing", `the account ${nameOf(assignment)} is gone`, "404");
  await put(home, assignment, user.login);
  const there = ({ own, invited }: Edge) => own !== undefined || invited.length > 0;
  if (there(await home.api.until(() => look(home, assignment), there))) return receiptOf(assignment);
  return refuse("transient", "GitHub does not show the new collaborator yet", "not-read-back");
}

async function put({ api }: Home, assignment: Assignment, login: string): Promise<void> {
  const repository = repositoryOf(assignment);
  const level: Level = wantedOf(assignment) ?? refuse("malformed", "no such permission");
  const invited = await add(api, repository, { login, level }).catch(refused);
  if (invited === false) hidden("add a collaborator");
  if (invited === undefined || invited.invitee === userId(assignment)) return;
  await uninvite(api, repository, invited.id);
  refuse("conflict", `the login ${login} was taken by another account`, "renamed");
}

/** https://docs.github.com/en/rest/collaborators/collaborators#add-a-repository-collaborator */
function refused(thrown: unknown): never {
  if (!(thrown instanceof ProviderError) || thrown.vendorCode !== "422") throw thrown;
  const message =
    "GitHub refuses this level: the organisation gives everybody more, forbids outside collaborators, or invited too often today";
  throw new ProviderError("denied-by-policy", message, { vendorCode: "422", cause: thrown });
}

async function revoke(home: Home, assignment: Assignment): Promise<Revocation> {
  const before = await look(home, assignment);
  const { state } = await judge(home, assignment, before);
  // Who is not listed may be there all the same: it costs nothing to remove who is not.
  const done = state === "foreign" || (state === "absent" && before.sure);
  const after = done ? before : await takeOff(home, assignment, before);
  const left = state === "foreign" ? ["somebody changed the level since, so it was left as it is"] : [];
  const told = { receipt: receiptOf(assignment), residue: left };
  if (!after.sure) return { state: "sent", ...told };
  const { standing } = await verify(home, assignment);
  return { state: standing ? "escaped" : "absent", ...told };
}

/** Believes no answer but what the repository shows afterwards. */
async function takeOff(home: Home, assignment: Assignment, before: Edge): Promise<Edge> {
  const answers = await removals(home, assignment, before);
  const gone = (seen: Edge) => seen.own === undefined && seen.invited.length === 0;
  const after = await home.api.until(() => look(home, assignment), gone);
  if (answers.includes(404) && !(gone(after) && after.sure)) hidden("remove a collaborator");
  if (gone(after)) return after;
  return refuse("transient", "GitHub still shows the collaborator after removing him", "not-read-back");
}

/** What GitHub answers. Invitations go too, the expired ones included. */
async function removals(
  { api }: Home,
  assignment: Assignment,
  { own, invited, sure }: Edge,
): Promise<readonly number[]> {
  const repository = repositoryOf(assignment);
  const answers: number[] = [];
  for (const { id } of invited) answers.push(await uninvite(api, repository, id));
  const user = sure ? own : await currentUser(api, userId(assignment));
  if (user) answers.push(await remove(api, repository, user.login));
  return answers;
}

function hidden(doing: string): never {
  const fix = "the credentials need the permission Administration: write on the repository";
  return refuse("forbidden", `GitHub hides from the applier that it could ${doing}: ${fix}`, "404");
}
