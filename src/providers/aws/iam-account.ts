// Which policies does everybody in the account have? (the pages of GetAccountAuthorizationDetails, put together)
import type {
  AttachedPolicy,
  GetAccountAuthorizationDetailsResponse,
  ManagedPolicyDetail,
  PolicyDetail,
} from "@aws-sdk/client-iam";
import { refuse } from "./errors.ts";
import type { EntityKind } from "./iam-claim.ts";
import type { Entity } from "./iam-entities.ts";
import { decoded } from "./iam-inline.ts";

export type DetailPage = GetAccountAuthorizationDetailsResponse;

export interface Policy {
  readonly name: string;
  readonly document: string;
}

export interface Holder extends Entity {
  readonly inline: readonly Policy[];
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
  readonly groups: readonly string[];
}

export interface Account {
  readonly holders: readonly Holder[];
  readonly groups: ReadonlyMap<string, Pick<Holder, "inline" | "attached">>;
  /** What each managed policy says now. */
  readonly managed: ReadonlyMap<string, Policy>;
}

export function accountOf(pages: readonly DetailPage[]): Account {
  const groups = pages.flatMap(({ GroupDetailList = [] }) => GroupDetailList);
  const managed = pages.flatMap(({ Policies = [] }) => Policies);
  return {
    holders: pages.flatMap(({ UserDetailList = [], RoleDetailList = [] }) => [
      ...UserDetailList.map((one) => ({
        ...entityOf("user", one.UserName, one.UserId, one.Arn),
        ...policiesOf(one.UserPolicyList, one.AttachedManagedPolicies),
        groups: one.GroupList ?? [],
      })),
      ...RoleDetailList.map((one) => ({
        ...entityOf("role", one.RoleName, one.RoleId, one.Arn),
        ...policiesOf(one.RolePolicyList, one.AttachedManagedPolicies),
        groups: [],
      })),
    ]),
    groups: new Map(
      groups.map((one) => [
        one.GroupName ?? "",
        policiesOf(one.GroupPolicyList, one.AttachedManagedPolicies),
      ]),
    ),
    managed: new Map(managed.map((one) => [one.Arn ?? "", currentVersion(one)])),
  };
}

function entityOf(kind: EntityKind, name?: string, id?: string, arn?: string): Entity {
  if (name === undefined || id === undefined || arn === undefined)
    refuse("transient", `AWS showed a ${kind} without name, id or ARN`);
  return { kind, name, id, arn };
}

function policiesOf(
  inline: readonly PolicyDetail[] = [],
  attached: readonly AttachedPolicy[] = [],
): Pick<Holder, "inline" | "attached"> {
  return {
    inline: inline.map(({ PolicyName: name = "", PolicyDocument }) => ({
      name,
      document: decoded(PolicyDocument) ?? "",
    })),
    attached: attached.flatMap(({ PolicyArn }) => PolicyArn ?? []),
  };
}

function currentVersion({ PolicyName: name = "", PolicyVersionList = [] }: ManagedPolicyDetail): Policy {
  const version = PolicyVersionList.find(({ IsDefaultVersion }) => IsDefaultVersion === true);
  return { name, document: decoded(version?.Document) ?? "" };
}
