// Which calls does Lapse make on Identity Center? (the only file that knows its SDK)
import {
  CreateAccountAssignmentCommand,
  DeleteAccountAssignmentCommand,
  DescribeAccountAssignmentCreationStatusCommand,
  DescribeAccountAssignmentDeletionStatusCommand,
  DescribeInstanceCommand,
  DescribePermissionSetCommand,
  GetInlinePolicyForPermissionSetCommand,
  ListAccountAssignmentCreationStatusCommand,
  ListAccountAssignmentDeletionStatusCommand,
  ListAccountAssignmentsCommand,
  ListManagedPoliciesInPermissionSetCommand,
  ListPermissionSetsCommand,
  SSOAdminClient,
} from "@aws-sdk/client-sso-admin";
import { caller, type ClientSettings } from "./client.ts";
import { refuse } from "./errors.ts";
import { orderOf, type Edge, type Order, type OrderKind } from "./account-order.ts";
import { readPages, whole } from "./pages.ts";

export interface Holder {
  readonly type: "USER" | "GROUP";
  readonly id: string;
}

export interface PermissionSet {
  readonly arn: string;
  readonly name: string;
  /** ISO 8601, e.g. PT8H. */
  readonly session: string;
}

export interface Center {
  /** Throws target-missing when there is no such instance; else its identity store's id. */
  identityStore(): Promise<string>;
  permissionSet(arn: string): Promise<PermissionSet>;
  permissionSets(): Promise<readonly string[]>;
  managedPolicies(permissionSet: string): Promise<readonly string[]>;
  /** The document, or an empty text. */
  inlinePolicy(permissionSet: string): Promise<string>;
  /** Everybody who has this permission set in this account. It lags behind. */
  holders(edge: Pick<Edge, "account" | "permissionSet">): Promise<readonly Holder[]>;
  order(kind: OrderKind, edge: Edge): Promise<Order>;
  status(kind: OrderKind, id: string): Promise<Order>;
  /** Ids of all orders that are not carried out yet. */
  outstanding(kind: OrderKind): Promise<readonly string[]>;
  close(): void;
}

export function openCenter(InstanceArn: string, settings: ClientSettings, timeout: number): Center {
  const client = new SSOAdminClient(settings);
  const call = caller(timeout);
  const here = { InstanceArn };
  const set = (PermissionSetArn: string) => ({ ...here, PermissionSetArn });
  return {
    ...orders(client, timeout, InstanceArn),
    identityStore: async () => {
      const command = new DescribeInstanceCommand(here);
      const answer = await call("show the instance", (how) => client.send(command, how), "target-missing");
      if (answer.IdentityStoreId === undefined) refuse("transient", "AWS did not name the identity store");
      return answer.IdentityStoreId;
    },
    permissionSet: async (arn) => {
      const command = new DescribePermissionSetCommand(set(arn));
      const { PermissionSet } = await call("show the permission set", (how) => client.send(command, how));
      return { arn, name: PermissionSet?.Name ?? arn, session: PermissionSet?.SessionDuration ?? "" };
    },
    permissionSets: async () =>
      whole(
        await readPages(async (NextToken) => {
          const command = new ListPermissionSetsCommand({ ...here, NextToken });
          const answer = await call("list the permission sets", (how) => client.send(command, how));
          return { items: answer.PermissionSets, next: answer.NextToken };
        }),
      ),
    managedPolicies: async (arn) => {
      const pages = await readPages(async (NextToken) => {
        const command = new ListManagedPoliciesInPermissionSetCommand({ ...set(arn), NextToken });
        const answer = await call("list the permission set's policies", (how) => client.send(command, how));
        return { items: answer.AttachedManagedPolicies, next: answer.NextToken };
      });
      return whole(pages).flatMap(({ Arn }) => Arn ?? []);
    },
    inlinePolicy: async (arn) => {
      const command = new GetInlinePolicyForPermissionSetCommand(set(arn));
      return (
        (await call("show the permission set's policy", (how) => client.send(command, how))).InlinePolicy ??
        ""
      );
    },
    holders: async ({ account, permissionSet }) => {
      const pages = await readPages(async (NextToken) => {
        const command = new ListAccountAssignmentsCommand({
          ...set(permissionSet),
          AccountId: account,
          NextToken,
        });
        const answer = await call("list the account's assignments", (how) => client.send(command, how));
        return { items: answer.AccountAssignments, next: answer.NextToken };
      });
      return whole(pages).map(({ PrincipalType: type, PrincipalId: id }) => {
        if (type === undefined || id === undefined) refuse("transient", "AWS showed an assignment of nobody");
        return { type, id };
      });
    },
    close: () => {
      client.destroy();
    },
  };
}

function orders(
  client: SSOAdminClient,
  timeout: number,
  InstanceArn: string,
): Pick<Center, "order" | "status" | "outstanding"> {
  const call = caller(timeout);
  return {
    order: async (kind, { account, permissionSet, user }) => {
      const what = {
        ...{ InstanceArn, TargetId: account, TargetType: "AWS_ACCOUNT" as const },
        ...{ PermissionSetArn: permissionSet, PrincipalType: "USER" as const, PrincipalId: user },
      };
      if (kind === "creation") {
        const command = new CreateAccountAssignmentCommand(what);
        const answer = await call("order the assignment", (how) => client.send(command, how));
        return orderOf(answer.AccountAssignmentCreationStatus);
      }
      const command = new DeleteAccountAssignmentCommand(what);
      const answer = await call("order the removal", (how) => client.send(command, how));
      return orderOf(answer.AccountAssignmentDeletionStatus);
    },
    status: async (kind, id) => {
      if (kind === "creation") {
        const request = { InstanceArn, AccountAssignmentCreationRequestId: id };
        const command = new DescribeAccountAssignmentCreationStatusCommand(request);
        const answer = await call("show the order", (how) => client.send(command, how));
        return orderOf(answer.AccountAssignmentCreationStatus);
      }
      const request = { InstanceArn, AccountAssignmentDeletionRequestId: id };
      const command = new DescribeAccountAssignmentDeletionStatusCommand(request);
      const answer = await call("show the order", (how) => client.send(command, how));
      return orderOf(answer.AccountAssignmentDeletionStatus);
    },
    outstanding: async (kind) => {
      const pages = await readPages(async (NextToken) => {
        const request = { InstanceArn, NextToken, Filter: { Status: "IN_PROGRESS" as const } };
        if (kind === "creation") {
          const command = new ListAccountAssignmentCreationStatusCommand(request);
          const answer = await call("list the orders", (how) => client.send(command, how));
          return { items: answer.AccountAssignmentsCreationStatus, next: answer.NextToken };
        }
        const command = new ListAccountAssignmentDeletionStatusCommand(request);
        const answer = await call("list the orders", (how) => client.send(command, how));
        return { items: answer.AccountAssignmentsDeletionStatus, next: answer.NextToken };
      });
      return whole(pages).flatMap(({ RequestId }) => RequestId ?? []);
    },
  };
}
