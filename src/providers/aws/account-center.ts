// Which calls does Lapse make on Identity Center? (instance, permission sets, who has them)
import {
  DescribeInstanceCommand,
  DescribePermissionSetCommand,
  GetInlinePolicyForPermissionSetCommand,
  ListAccountAssignmentsCommand,
  ListCustomerManagedPolicyReferencesInPermissionSetCommand,
  ListManagedPoliciesInPermissionSetCommand,
  ListPermissionSetsCommand,
  SSOAdminClient,
} from "@aws-sdk/client-sso-admin";
import { caller, type Call, type ClientSettings } from "./client.ts";
import { refuse } from "./errors.ts";
import { orderCalls, type OrderCalls } from "./account-order-calls.ts";
import type { Edge } from "./account-order.ts";
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

export interface Center extends OrderCalls {
  /** Throws target-missing when there is no such instance; else its identity store's id. */
  identityStore(): Promise<string>;
  permissionSet(arn: string): Promise<PermissionSet>;
  permissionSets(): Promise<readonly string[]>;
  /** ARNs of policies that are AWS's own. */
  managedPolicies(permissionSet: string): Promise<readonly string[]>;
  /** Names of policies that each account has one of its own of. */
  customerPolicies(permissionSet: string): Promise<readonly string[]>;
  /** The document, or an empty text. */
  inlinePolicy(permissionSet: string): Promise<string>;
  /** Everybody who has this permission set in this account. It lags behind. */
  holders(edge: Pick<Edge, "account" | "permissionSet">): Promise<readonly Holder[]>;
  close(): void;
}

export function openCenter(InstanceArn: string, settings: ClientSettings, timeout: number): Center {
  const client = new SSOAdminClient(settings);
  const call = caller(timeout);
  const here = { InstanceArn };
  return {
    ...permissionSetCalls(client, call, InstanceArn),
    ...policyCalls(client, call, InstanceArn),
    ...orderCalls(client, call, InstanceArn),
    identityStore: async () => {
      const command = new DescribeInstanceCommand(here);
      const answer = await call("show the instance", (how) => client.send(command, how), "target-missing");
      if (answer.IdentityStoreId === undefined) refuse("transient", "AWS did not name the identity store");
      return answer.IdentityStoreId;
    },
    holders: async ({ account, permissionSet }) => {
      const pages = await readPages(async (NextToken) => {
        const command = new ListAccountAssignmentsCommand({
          ...here,
          PermissionSetArn: permissionSet,
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

function permissionSetCalls(
  client: SSOAdminClient,
  call: Call,
  InstanceArn: string,
): Pick<Center, "permissionSet" | "permissionSets"> {
  const here = { InstanceArn };
  const set = (PermissionSetArn: string) => ({ ...here, PermissionSetArn });
  return {
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
  };
}

function policyCalls(
  client: SSOAdminClient,
  call: Call,
  InstanceArn: string,
): Pick<Center, "managedPolicies" | "customerPolicies" | "inlinePolicy"> {
  const set = (PermissionSetArn: string) => ({ InstanceArn, PermissionSetArn });
  return {
    managedPolicies: async (arn) => {
      const pages = await readPages(async (NextToken) => {
        const command = new ListManagedPoliciesInPermissionSetCommand({ ...set(arn), NextToken });
        const answer = await call("list the permission set's policies", (how) => client.send(command, how));
        return { items: answer.AttachedManagedPolicies, next: answer.NextToken };
      });
      return whole(pages).flatMap(({ Arn }) => Arn ?? []);
    },
    customerPolicies: async (arn) => {
      const pages = await readPages(async (NextToken) => {
        const request = { ...set(arn), NextToken };
        const command = new ListCustomerManagedPolicyReferencesInPermissionSetCommand(request);
        const doing = "list the permission set's customer managed policies";
        const answer = await call(doing, (how) => client.send(command, how));
        return { items: answer.CustomerManagedPolicyReferences, next: answer.NextToken };
      });
      return whole(pages).map(({ Name }) => Name ?? "");
    },
    inlinePolicy: async (arn) => {
      const command = new GetInlinePolicyForPermissionSetCommand(set(arn));
      return (
        (await call("show the permission set's policy", (how) => client.send(command, how))).InlinePolicy ??
        ""
      );
    },
  };
}
