// What does the pretended Identity Center do? (orders that are carried out later; duplicates that succeed; conflicts in flight)
import type { FakeIdentity } from "./fake-identity.ts";
import { laggingList, pageOf, Refusal, type Input, type LaggingList, type Service } from "./fake-wire.ts";

export interface FakeHolder {
  readonly PrincipalType: string;
  readonly PrincipalId: string;
}

interface FakeOrder {
  readonly kind: "creation" | "deletion";
  readonly RequestId: string;
  readonly place: string;
  readonly holder: FakeHolder;
  Status: "IN_PROGRESS" | "SUCCEEDED" | "FAILED";
  FailureReason?: string;
  /** How often it has been looked at. */
  looks: number;
}

export interface FakePermissionSet {
  readonly Name: string;
  SessionDuration: string;
  readonly managed: string[];
  readonly customer: string[];
  inline: string;
}

export interface FakeAccounts {
  readonly permissionSets: Map<string, FakePermissionSet>;
  readonly holders: Map<string, LaggingList<FakeHolder>>;
  readonly orders: FakeOrder[];
  /** Orders are carried out by themselves when they are looked at this often; else when `settle` is called. */
  patience: number;
  /** How often lists of holders show the past. */
  lag: number;
  /** The next order fails with this reason, after it was accepted. */
  fail: string | undefined;
  readonly settle: () => void;
  readonly service: Service;
  readonly listOf: (place: string) => LaggingList<FakeHolder>;
}

/** AWS carries out ten at once. https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html */
const OUTSTANDING = 10;
/** https://github.com/hashicorp/terraform-provider-aws/issues/19341 */
const GONE = {
  creation: () => "Received a 404 status error: Not supported",
  deletion: (id: string) =>
    `Received a 404 status error: the USER assignee ${id} was not found in directory d-1234567890`,
};
const missing = () => new Refusal("ResourceNotFoundException");
const equal = (a: FakeHolder, b: FakeHolder) =>
  a.PrincipalType === b.PrincipalType && a.PrincipalId === b.PrincipalId;
export const placeOf = (account: unknown, permissionSet: unknown): string =>
  `${String(account)} ${String(permissionSet)}`;

export function fakeAccounts(
  of: { readonly instance: string; readonly identityStore: string; readonly accounts: readonly string[] },
  identity: FakeIdentity,
): FakeAccounts {
  const permissionSets = new Map<string, FakePermissionSet>();
  const holders = new Map<string, LaggingList<FakeHolder>>();
  const orders: FakeOrder[] = [];
  const set = (input: Input): FakePermissionSet => {
    const found = permissionSets.get(String(input["PermissionSetArn"]));
    if (!found) throw missing();
    return found;
  };
  const listOf = (place: string) => {
    const list = holders.get(place) ?? laggingList<FakeHolder>(() => state.lag);
    holders.set(place, list);
    return list;
  };
  const carryOut = (order: FakeOrder) => {
    const list = listOf(order.place);
    const others = list.items.filter((one) => !equal(one, order.holder));
    const gone = order.holder.PrincipalType === "USER" && !identity.users.has(order.holder.PrincipalId);
    if (gone) order.FailureReason ??= GONE[order.kind](order.holder.PrincipalId);
    order.Status = order.FailureReason === undefined ? "SUCCEEDED" : "FAILED";
    if (order.Status === "SUCCEEDED")
      list.set(order.kind === "creation" ? [...others, order.holder] : others);
  };
  const shown = (order: FakeOrder) => {
    const [TargetId, PermissionSetArn] = order.place.split(" ");
    const { RequestId, Status, FailureReason, holder } = order;
    return {
      RequestId,
      Status,
      FailureReason,
      TargetId,
      TargetType: "AWS_ACCOUNT",
      PermissionSetArn,
      ...holder,
    };
  };
  const order = (kind: FakeOrder["kind"], input: Input) => {
    set(input);
    if (!of.accounts.includes(String(input["TargetId"]))) throw missing();
    const place = placeOf(input["TargetId"], input["PermissionSetArn"]);
    const holder = {
      PrincipalType: String(input["PrincipalType"]),
      PrincipalId: String(input["PrincipalId"]),
    };
    const running = orders.filter(({ Status }) => Status === "IN_PROGRESS");
    if (running.some((one) => one.place === place && equal(one.holder, holder)))
      throw new Refusal("ConflictException");
    if (running.length >= OUTSTANDING) throw new Refusal("ServiceQuotaExceededException");
    // Only removals are checked: what is there already is ordered again without a word.
    if (kind === "deletion" && !listOf(place).items.some((one) => equal(one, holder))) throw missing();
    const RequestId = `00000000-0000-4000-8000-${String(orders.length + 1).padStart(12, "0")}`;
    const made: FakeOrder = { kind, RequestId, place, holder, Status: "IN_PROGRESS", looks: 0 };
    if (state.fail !== undefined) made.FailureReason = state.fail;
    state.fail = undefined;
    orders.push(made);
    return shown(made);
  };
  const look = (kind: FakeOrder["kind"], id: unknown) => {
    const found = orders.find((one) => one.kind === kind && one.RequestId === id);
    if (!found) throw missing();
    found.looks += 1;
    if (found.Status === "IN_PROGRESS" && found.looks >= state.patience) carryOut(found);
    return shown(found);
  };
  const listed = (kind: FakeOrder["kind"], input: Input) => {
    const { Status } = (input["Filter"] ?? {}) as { readonly Status?: string };
    const all = orders.filter((one) => one.kind === kind && (Status === undefined || one.Status === Status));
    const { items, next } = pageOf(all, input["NextToken"]);
    return { items: items.map(({ RequestId, Status }) => ({ RequestId, Status })), next };
  };
  const operations: Service = {
    DescribeInstance: () => ({
      InstanceArn: of.instance,
      IdentityStoreId: of.identityStore,
      Status: "ACTIVE",
    }),
    DescribePermissionSet: (input) => {
      const { Name, SessionDuration } = set(input);
      return { PermissionSet: { Name, SessionDuration, PermissionSetArn: input["PermissionSetArn"] } };
    },
    ListPermissionSets: (input) => {
      const { items, next } = pageOf([...permissionSets.keys()], input["NextToken"]);
      return { PermissionSets: items, NextToken: next };
    },
    ListManagedPoliciesInPermissionSet: (input) => {
      const { items, next } = pageOf(set(input).managed, input["NextToken"]);
      return { AttachedManagedPolicies: items.map((Arn) => ({ Arn })), NextToken: next };
    },
    ListCustomerManagedPolicyReferencesInPermissionSet: (input) => {
      const { items, next } = pageOf(set(input).customer, input["NextToken"]);
      return { CustomerManagedPolicyReferences: items.map((Name) => ({ Name, Path: "/" })), NextToken: next };
    },
    GetInlinePolicyForPermissionSet: (input) => ({ InlinePolicy: set(input).inline }),
    ListAccountAssignments: (input) => {
      set(input);
      if (!of.accounts.includes(String(input["AccountId"]))) throw missing();
      const place = placeOf(input["AccountId"], input["PermissionSetArn"]);
      const { items, next } = listOf(place).page(input["NextToken"]);
      return { AccountAssignments: items, NextToken: next };
    },
    CreateAccountAssignment: (input) => ({ AccountAssignmentCreationStatus: order("creation", input) }),
    DeleteAccountAssignment: (input) => ({ AccountAssignmentDeletionStatus: order("deletion", input) }),
    DescribeAccountAssignmentCreationStatus: (input) => ({
      AccountAssignmentCreationStatus: look("creation", input["AccountAssignmentCreationRequestId"]),
    }),
    DescribeAccountAssignmentDeletionStatus: (input) => ({
      AccountAssignmentDeletionStatus: look("deletion", input["AccountAssignmentDeletionRequestId"]),
    }),
    ListAccountAssignmentCreationStatus: (input) => {
      const { items, next } = listed("creation", input);
      return { AccountAssignmentsCreationStatus: items, NextToken: next };
    },
    ListAccountAssignmentDeletionStatus: (input) => {
      const { items, next } = listed("deletion", input);
      return { AccountAssignmentsDeletionStatus: items, NextToken: next };
    },
  };
  const state: FakeAccounts = {
    ...{ permissionSets, holders, orders, listOf },
    patience: Infinity,
    lag: 0,
    fail: undefined,
    settle: () => {
      for (const one of orders) if (one.Status === "IN_PROGRESS") carryOut(one);
    },
    service: Object.fromEntries(
      Object.entries(operations).map(([name, act]) => [
        name,
        (input: Input) => {
          if (input["InstanceArn"] !== of.instance) throw missing();
          return act(input);
        },
      ]),
    ),
  };
  return state;
}
