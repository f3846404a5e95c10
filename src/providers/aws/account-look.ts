// Who has a permission set in an account, and what is being done about it?
import type { Assignment } from "../../core/model.ts";
import type { Verdict } from "../provider.ts";
import { word } from "../schema.ts";
import type { Center, Holder } from "./account-center.ts";
import { sameEdge, type Edge, type Order, type OrderKind } from "./account-order.ts";
import { notFound } from "./errors.ts";
import type { Store } from "./group-store.ts";

export function edgeOf({ principal, role }: Assignment): Edge {
  return {
    account: word(role["account"]),
    permissionSet: word(role["permissionSet"]),
    user: word(principal["id"]),
  };
}

const isUser = ({ user }: Edge, { type, id }: Holder): boolean => type === "USER" && id === user;

export async function holds(center: Center, edge: Edge): Promise<boolean> {
  return (await center.holders(edge)).some((holder) => isUser(edge, holder));
}

/** How many orders are outstanding in the whole organisation, and the one for this edge. */
export async function outstanding(
  center: Center,
  kind: OrderKind,
  edge: Edge,
): Promise<{ readonly count: number; readonly order: Order | undefined }> {
  const ids = await center.outstanding(kind);
  for (const id of ids) {
    const order = await center.status(kind, id);
    if (order.status === "IN_PROGRESS" && sameEdge(order, edge)) return { count: ids.length, order };
  }
  return { count: ids.length, order: undefined };
}

/**
 * The user's own assignment, and those of the groups that he is in. Both are read as they are stored: ListAccountAssignmentsForPrincipal
 * would need the management account, and says nowhere whether it shows what comes through groups.
 * https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListAccountAssignmentsForPrincipal.html
 */
export async function ways(center: Center, store: Store, edge: Edge): Promise<Verdict> {
  const holders = await center.holders(edge);
  const groups = holders.some(({ type }) => type === "GROUP") ? await groupsOf(store, edge.user) : [];
  const through = holders.filter(({ type, id }) => type === "GROUP" && groups.includes(id));
  const own = holders.filter((holder) => isUser(edge, holder));
  const via = [...own, ...through].map(({ type, id }) => `${type.toLowerCase()} ${id}`);
  return { allowed: via.length > 0, via, standing: through.length > 0 };
}

/** Somebody who is gone is in no group. */
async function groupsOf(store: Store, user: string): Promise<readonly string[]> {
  try {
    return await store.groupsOf(user);
  } catch (thrown) {
    if (notFound(thrown) && thrown.class === "subject-missing") return [];
    throw thrown;
  }
}
