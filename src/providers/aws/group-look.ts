// Is somebody a member of a group? (two reads that must agree before "no" is believed)
import type { Assignment } from "../../core/model.ts";
import { word } from "../schema.ts";
import { refuse } from "./errors.ts";
import { declaration, declaredTarget } from "./group-mark.ts";
import type { Group, Member, Store } from "./group-store.ts";
import { whole } from "./pages.ts";

export const userOf = ({ principal }: Assignment): string => word(principal["id"]);
export const groupIn = ({ role }: Assignment): string => word(role["group"]);

/** The membership's id. Lists lag behind and "not found" means many things: only both together mean "no". */
export async function lookUp(store: Store, group: string, user: string): Promise<string | undefined> {
  const found = await store.membership(group, user);
  if (found !== undefined) return found;
  return (await membersOf(store, group)).find((member) => member.user === user)?.membership;
}

/** Nobody is in a group that is gone: but that it is gone is shown only by the list of all groups. */
export async function membersOf(store: Store, group: string): Promise<readonly Member[]> {
  const members = await store.members(group);
  if (members.failed?.class !== "role-missing") return whole(members);
  if (whole(await store.groups()).some(({ id }) => id === group)) throw members.failed;
  return [];
}

/** Refuses groups that are not Lapse's to fill. */
export function checkContainer(group: Group, { owner, target }: Pick<Assignment, "owner" | "target">): void {
  if (group.external) {
    const message = `the group ${group.id} is filled from outside (SCIM or a directory), so Lapse cannot own who is in it`;
    refuse("denied-by-policy", message, "external-group");
  }
  if (declaredTarget(group, owner) === target) return;
  const words = `put the word ${declaration(owner, target)} into its description, once nobody is in it any more`;
  refuse(
    "denied-by-policy",
    `the group ${group.id} is not declared to be Lapse's alone: ${words}`,
    "undeclared",
  );
}
