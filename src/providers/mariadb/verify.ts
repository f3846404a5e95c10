// Who lets this subject in, and through what?
import type { Assignment } from "../../core/model.ts";
import type { Verdict } from "../provider.ts";
import { look, memberOf, parentsOf, type Edge, type Picture } from "./catalog.ts";
import { printed, type Account } from "./names.ts";
import type { Db } from "./sql.ts";

/** Everybody has it. https://mariadb.com/kb/en/grant/#to-public */
const PUBLIC: Account = { user: "PUBLIC", host: "" };

export async function verify(db: Db, assignment: Assignment): Promise<Verdict> {
  return ways(db, await look(db, "as it is"), assignment);
}

/**
 * `allowed`: every role of the assignment can be reached by SET ROLE. `standing`: every one of them could still be
 * reached without any role of ours. `via`: the roles, or the subject's own account, that have them.
 */
export function ways(db: Db, picture: Picture, assignment: Assignment): Verdict {
  const parents = parentsOf(assignment);
  const subject = memberOf(assignment);
  const isOurs = ({ host, user }: Account) => {
    const owner = user === assignment.mark ? assignment.owner : picture.notes?.get(user)?.owner;
    return host === "" && owner === db.owner;
  };
  const all = reach(picture.edges, subject);
  const others = reach(
    picture.edges.filter((edge) => !isOurs(edge)),
    subject,
  );
  const leading = picture.edges.filter((edge) => parents.includes(edge.role) && all.has(key(edge)));
  const gives = (reached: ReadonlySet<string>) =>
    parents.length > 0 && parents.every((role) => reached.has(key({ user: role, host: "" })));
  return { allowed: gives(all), via: [...new Set(leading.map(printed))], standing: gives(others) };
}

const key = ({ user, host }: Account): string => JSON.stringify([host, user]);

/** Whoever and whatever the subject can become by SET ROLE, himself included: a role has all that its roles have. */
function reach(edges: readonly Edge[], subject: Account): ReadonlySet<string> {
  const reached = new Set([key(subject), key(PUBLIC)]);
  const from = new Map<string, string[]>();
  for (const edge of edges) {
    const member = key(edge);
    from.set(member, [...(from.get(member) ?? []), key({ user: edge.role, host: "" })]);
  }
  // A set is walked in the order of insertion, what is added on the way included; so loops end.
  for (const member of reached) for (const role of from.get(member) ?? []) reached.add(role);
  return reached;
}

/** Does the role of our name lead the subject to any of the roles? */
export function leads({ edges }: Picture, assignment: Assignment): boolean {
  const name = assignment.mark ?? "";
  if (!reach(edges, memberOf(assignment)).has(key({ user: name, host: "" }))) return false;
  const beyond = reach(edges, { user: name, host: "" });
  return parentsOf(assignment).some((role) => beyond.has(key({ user: role, host: "" })));
}

/** The accounts that could become this role, by whatever way. */
export function holders({ edges }: Picture, role: string): readonly Account[] {
  const found = new Map([[key({ user: role, host: "" }), { user: role, host: "" }]]);
  // Like a set, a map is walked in the order of insertion.
  for (const one of found.values()) {
    if (one.host !== "") continue;
    for (const { user, host, role: has } of edges)
      if (has === one.user) found.set(key({ user, host }), { user, host });
  }
  return [...found.values()].filter(({ host }) => host !== "");
}
