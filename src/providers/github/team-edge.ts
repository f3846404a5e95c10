// Is this person in this team, and how? (believed only when two readings agree: lists lag behind, and skip whoever moves)
import type { Assignment, JsonObject } from "../../core/model.ts";
import { ProviderError, type Observed } from "../provider.ts";
import { currentUser, sameOrganisation, standingOf, userId, whole, type User } from "./accounts.ts";
import { isDeleted, membership, roster, type Home, type Place, type Roster } from "./teams.ts";

export interface Edge {
  /** `maintainer` is also what GitHub says of every owner of the organisation. */
  readonly is: "absent" | "pending" | "member" | "maintainer";
  /**
   * Is there a membership of this very team, beside those of child teams? Where the person is in a child team and
   * GitHub does not say, it may be.
   */
  readonly direct: "yes" | "no" | "maybe";
  /** Child teams that let the person in. */
  readonly children: readonly string[];
  /** The account as it is called now; undefined once it is gone. */
  readonly user?: User;
}

export const placeOf = ({ role }: Assignment): Place => ({
  org: whole(role["organisation"]),
  team: whole(role["id"]),
});

/** What a list says of one account. */
function listed({ members, children }: Roster, id: number): Edge {
  const through = children.filter(({ ids }) => ids.has(id)).map(({ slug }) => slug);
  const member = members.get(id);
  if (!member) return { is: "absent", direct: "no", children: through };
  const { role, login, inherited } = member;
  const certain = inherited === undefined ? undefined : inherited ? "no" : "yes";
  const direct = certain ?? (through.length > 0 ? "maybe" : "yes");
  return { is: role, direct, children: through, user: { id, login } };
}

/** Who is in the team; nobody, once it is deleted. Throws role-missing where that cannot be told. */
export async function rosterOf(home: Home, place: Place): Promise<Roster> {
  try {
    return await roster(home.api, place);
  } catch (thrown) {
    const hidden = thrown instanceof ProviderError && thrown.class === "role-missing";
    if (!hidden || !(await isDeleted(home, place))) throw thrown;
    return { members: new Map(), children: [] };
  }
}

/** The list, and the team's own word on the login that the account has now. Throws transient while they differ. */
export async function edge(home: Home, assignment: Assignment): Promise<Edge> {
  const { api, org } = home;
  sameOrganisation(org, assignment);
  const [place, id] = [placeOf(assignment), userId(assignment)];
  const word = async () => {
    const user = await currentUser(api, id);
    return { user, said: user && (await membership(api, place, user.login)) };
  };
  const read = async (): Promise<Edge | undefined> => {
    const [{ user, said }, known] = await Promise.all([word(), rosterOf(home, place)]);
    const seen = listed(known, id);
    if ((said === "active") !== (seen.is !== "absent")) return undefined;
    return { ...seen, ...(said === "pending" && { is: said }), ...(user && { user }) };
  };
  return (await api.until(read, (seen) => seen !== undefined)) ?? undecided();
}

function undecided(): never {
  const message = "GitHub contradicts itself on who is in the team: ask again later";
  throw new ProviderError("transient", message, { vendorCode: "lag" });
}

/** A list alone is enough to show who is there, but not who is not. */
export async function observeIn(home: Home, known: Roster, assignment: Assignment): Promise<Observed> {
  const seen = listed(known, userId(assignment));
  return judge(home, seen.is === "absent" ? await edge(home, assignment) : seen, assignment);
}

/** Nothing on a membership says who gave it: the ledger has to know. */
async function judge(home: Home, seen: Edge, assignment: Assignment): Promise<Observed> {
  if (seen.is === "pending") return { state: "pending" };
  if (seen.direct === "no") return { state: "absent" };
  if (!(await canBeOurs(home, seen))) return { state: "foreign" };
  return { state: "held", receipt: receiptOf(assignment) };
}

/**
 * May Lapse have made this membership? It makes no maintainers, so one was made by somebody else and stays. But every
 * owner of the organisation is shown as one, also who became an owner after Lapse had put him into the team.
 */
export async function canBeOurs({ api, org }: Home, { is, direct, user }: Edge): Promise<boolean> {
  if (is === "pending") return true;
  if (is === "absent" || direct === "no") return false;
  return is === "member" || (user !== undefined && (await standingOf(api, org, user)) === "owner");
}

export function receiptOf(assignment: Assignment): JsonObject {
  const { org, team } = placeOf(assignment);
  return { organisation: org, team, member: userId(assignment) };
}
