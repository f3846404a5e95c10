// How are orders given to Identity Center, and found again? (assignments are made and removed by orders)
import {
  CreateAccountAssignmentCommand,
  DeleteAccountAssignmentCommand,
  DescribeAccountAssignmentCreationStatusCommand,
  DescribeAccountAssignmentDeletionStatusCommand,
  ListAccountAssignmentCreationStatusCommand,
  ListAccountAssignmentDeletionStatusCommand,
  type SSOAdminClient,
} from "@aws-sdk/client-sso-admin";
import { orderOf, type Edge, type Order, type OrderKind } from "./account-order.ts";
import type { Call } from "./client.ts";
import { readPages, whole } from "./pages.ts";

export interface OrderCalls {
  order(kind: OrderKind, edge: Edge): Promise<Order>;
  status(kind: OrderKind, id: string): Promise<Order>;
  /** Ids of all orders of the organisation that are not carried out yet. */
  outstanding(kind: OrderKind): Promise<readonly string[]>;
}

interface OneKind {
  order(edge: Edge): Promise<Order>;
  status(id: string): Promise<Order>;
  outstanding(): Promise<readonly string[]>;
}

export function orderCalls(client: SSOAdminClient, call: Call, InstanceArn: string): OrderCalls {
  const kinds: Readonly<Record<OrderKind, OneKind>> = {
    creation: creations(client, call, InstanceArn),
    deletion: deletions(client, call, InstanceArn),
  };
  return {
    order: (kind, edge) => kinds[kind].order(edge),
    status: (kind, id) => kinds[kind].status(id),
    outstanding: (kind) => kinds[kind].outstanding(),
  };
}

const IN_PROGRESS = { Filter: { Status: "IN_PROGRESS" } } as const;

function what({ account, permissionSet, user }: Edge) {
  return {
    ...{ TargetId: account, TargetType: "AWS_ACCOUNT" as const },
    ...{ PermissionSetArn: permissionSet, PrincipalType: "USER" as const, PrincipalId: user },
  };
}

function creations(client: SSOAdminClient, call: Call, InstanceArn: string): OneKind {
  return {
    order: async (edge) => {
      const command = new CreateAccountAssignmentCommand({ InstanceArn, ...what(edge) });
      const answer = await call("order the assignment", (how) => client.send(command, how));
      return orderOf(answer.AccountAssignmentCreationStatus);
    },
    status: async (id) => {
      const request = { InstanceArn, AccountAssignmentCreationRequestId: id };
      const command = new DescribeAccountAssignmentCreationStatusCommand(request);
      const answer = await call("show the order", (how) => client.send(command, how));
      return orderOf(answer.AccountAssignmentCreationStatus);
    },
    outstanding: async () => {
      const pages = await readPages(async (NextToken) => {
        const request = { InstanceArn, NextToken, ...IN_PROGRESS };
        const command = new ListAccountAssignmentCreationStatusCommand(request);
        const answer = await call("list the orders", (how) => client.send(command, how));
        return { items: answer.AccountAssignmentsCreationStatus, next: answer.NextToken };
      });
      return whole(pages).flatMap(({ RequestId }) => RequestId ?? []);
    },
  };
}

function deletions(client: SSOAdminClient, call: Call, InstanceArn: string): OneKind {
  return {
    order: async (edge) => {
      const command = new DeleteAccountAssignmentCommand({ InstanceArn, ...what(edge) });
      const answer = await call("order the removal", (how) => client.send(command, how));
      return orderOf(answer.AccountAssignmentDeletionStatus);
    },
    status: async (id) => {
      const request = { InstanceArn, AccountAssignmentDeletionRequestId: id };
      const command = new DescribeAccountAssignmentDeletionStatusCommand(request);
      const answer = await call("show the order", (how) => client.send(command, how));
      return orderOf(answer.AccountAssignmentDeletionStatus);
    },
    outstanding: async () => {
      const pages = await readPages(async (NextToken) => {
        const request = { InstanceArn, NextToken, ...IN_PROGRESS };
        const command = new ListAccountAssignmentDeletionStatusCommand(request);
        const answer = await call("list the orders", (how) => client.send(command, how));
        return { items: answer.AccountAssignmentsDeletionStatus, next: answer.NextToken };
      });
      return whole(pages).flatMap(({ RequestId }) => RequestId ?? []);
    },
  };
}
