// How is an assignment ordered, and how is it ordered away? (look first, order once, poll within the bound)
import type { Assignment, Instant, JsonObject } from "../../core/model.ts";
import { ProviderError, type Revocation } from "../provider.ts";
import type { Center } from "./account-center.ts";
import { edgeOf, holds, outstanding, ways } from "./account-look.ts";
import { failedOrder, type Edge, type Order, type OrderKind } from "./account-order.ts";
import { notFound, refuse, refuseOver } from "./errors.ts";
import type { Store } from "./group-store.ts";
import { until, type Patience } from "./waiting.ts";

/** AWS carries out ten at once in an organisation, and refuses more. https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html */
const OUTSTANDING = 5;
const DOING = { creation: "assign", deletion: "remove the assignment" } as const;

/**
 * AWS does not remove the assignment of somebody whom SCIM has deleted. Ids of users are never given again, so it lets
 * nobody in. https://github.com/hashicorp/terraform-provider-aws/issues/19341
 */
const LEFT = "the assignment of a deleted user is left: it lets nobody in";

const receiptOf = ({ account, permissionSet, user }: Edge): JsonObject => ({ account, permissionSet, user });

/**
 * AWS accepts an order for what is there already and says nothing of it: only a look before tells whose it is. What is
 * not carried out within the bound is seen as `pending` by the next run, which polls that order and gives no second one.
 */
export async function assign(
  center: Center,
  assignment: Assignment,
  window: { readonly end: Instant; readonly now: Instant },
  patience: Patience,
): Promise<JsonObject> {
  refuseOver(window);
  const edge = edgeOf(assignment);
  await carryOut(center, "creation", edge, patience, () => holds(center, edge));
  return receiptOf(edge);
}

export async function unassign(
  center: Center,
  store: Store,
  assignment: Assignment,
  patience: Patience,
): Promise<Revocation> {
  const edge = edgeOf(assignment);
  const receipt = receiptOf(edge);
  const coming = await finished(center, edge, patience);
  if (!coming)
    refuse("conflict", "the assignment is still being made: it can be removed after that", "IN_PROGRESS");
  const residue: string[] = [];
  const isRemoved = async (asked: Asked): Promise<boolean> => {
    // A list that lags may lack what was made a moment ago: "no" takes AWS's answer and the list to agree.
    if (isAnswered(asked) && !(await holds(center, edge))) return true;
    if (!isMissing(asked) || !(await store.isGone(edge.user))) return false;
    if (await holds(center, edge)) residue.push(LEFT);
    return true;
  };
  if (!(await carryOut(center, "deletion", edge, patience, isRemoved)))
    return { state: "sent", receipt, residue: [] };
  const { standing } = await ways(center, store, edge);
  return { state: standing ? "escaped" : "absent", receipt, residue };
}

/** An order that is being carried out would make the assignment after it was seen to be absent. */
async function finished(center: Center, edge: Edge, patience: Patience): Promise<boolean> {
  const { order } = await outstanding(center, "creation", edge);
  if (!order) return true;
  const done = await until(patience, async () =>
    (await center.status("creation", order.id)).status === "IN_PROGRESS" ? undefined : true,
  );
  return done === true;
}

/** Looks, orders, and looks again until it is done. False when the order is accepted and not yet carried out. */
async function carryOut(
  center: Center,
  kind: OrderKind,
  edge: Edge,
  patience: Patience,
  isDone: (asked: Asked) => Promise<boolean>,
): Promise<boolean> {
  let asked: Asked = {};
  const done = await until(patience, async () => {
    if (await isDone(asked)) return true;
    asked = asked.order ? await followed(center, kind, asked.order) : await ask(center, kind, edge);
    return undefined;
  });
  if (done === true) return true;
  const { refused } = asked;
  // A conflict may be with the same order, given by another applier at this moment.
  if (!refused || (await outstanding(center, kind, edge)).order) return false;
  throw refused;
}

interface Asked {
  readonly order?: Order;
  readonly refused?: ProviderError;
}

/** AWS has done what it was asked, or says that there is nothing of the kind. An order that failed has changed nothing. */
function isAnswered({ order, refused }: Asked): boolean {
  return order ? order.status === "SUCCEEDED" : refused !== undefined && notFound(refused);
}

/** Something was not found, which may be the subject: his identity store says whether it is. */
function isMissing({ refused }: Asked): boolean {
  return refused !== undefined && (refused.class === "subject-missing" || notFound(refused));
}

async function followed(center: Center, kind: OrderKind, order: Order): Promise<Asked> {
  const seen = order.status === "IN_PROGRESS" ? await center.status(kind, order.id) : order;
  if (seen.status !== "FAILED") return { order: seen };
  const asked = { order: seen, refused: failedOrder(seen, DOING[kind]) };
  if (kind === "deletion" && isMissing(asked)) return asked;
  throw asked.refused;
}

/**
 * The order that is outstanding for this edge, else a new one. A conflict means that the last change of the same edge is
 * not everywhere yet: it is looked at and tried again, which the SDK does not do by itself.
 * https://github.com/aws-samples/iam-identity-center-team/issues/513
 */
async function ask(center: Center, kind: OrderKind, edge: Edge): Promise<Asked> {
  const { count, order } = await outstanding(center, kind, edge);
  if (order) return { order };
  if (count >= OUTSTANDING) refuse("throttled", `${count} orders are outstanding already`, "outstanding");
  try {
    return { order: await center.order(kind, edge) };
  } catch (thrown) {
    // Nothing to remove, says AWS; so does it of an instance that it does not see. The list of holders decides.
    const gone = kind === "deletion" && notFound(thrown);
    if (gone || (thrown instanceof ProviderError && thrown.class === "conflict")) return { refused: thrown };
    throw thrown;
  }
}
