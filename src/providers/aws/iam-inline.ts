// Which inline policies does a user or a role have? (the calls that read and write them)
import {
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import type { Call } from "./client.ts";
import { notFound } from "./errors.ts";
import type { Entity } from "./iam-entities.ts";
import { readPages, whole } from "./pages.ts";

export interface InlineCalls {
  /** The inline policy; undefined where IAM finds none, or not even its user. */
  policy(entity: Entity, name: string): Promise<string | undefined>;
  /** Names of all inline policies; throws subject-missing. */
  policyNames(entity: Entity): Promise<readonly string[]>;
  put(entity: Entity, name: string, document: string): Promise<void>;
  remove(entity: Entity, name: string): Promise<void>;
}

interface PolicyNames {
  readonly PolicyNames: string[] | undefined;
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

/** IAM encodes documents for a URL. */
export function decoded(document: string | undefined): string | undefined {
  return document === undefined ? undefined : decodeURIComponent(document);
}

const place = ({ kind, name }: Entity) =>
  kind === "user" ? { user: { UserName: name } } : { role: { RoleName: name } };

export function inlineCalls(client: IAMClient, call: Call): InlineCalls {
  return { ...reading(client, call), ...writing(client, call) };
}

function reading(client: IAMClient, call: Call): Pick<InlineCalls, "policy" | "policyNames"> {
  return {
    policy: async (entity, PolicyName) => {
      const { user, role } = place(entity);
      try {
        const answer = await call<{ PolicyDocument: string | undefined }>("show the inline policy", (how) =>
          user
            ? client.send(new GetUserPolicyCommand({ ...user, PolicyName }), how)
            : client.send(new GetRolePolicyCommand({ ...role, PolicyName }), how),
        );
        return decoded(answer.PolicyDocument);
      } catch (thrown) {
        if (notFound(thrown)) return undefined;
        throw thrown;
      }
    },
    policyNames: async (entity) => {
      const { user, role } = place(entity);
      const pages = await readPages(async (Marker) => {
        const answer = await call<PolicyNames>(
          "list the inline policies",
          (how) =>
            user
              ? client.send(new ListUserPoliciesCommand({ ...user, Marker }), how)
              : client.send(new ListRolePoliciesCommand({ ...role, Marker }), how),
          "subject-missing",
        );
        return { items: answer.PolicyNames, next: answer.IsTruncated === true ? answer.Marker : undefined };
      });
      return whole(pages);
    },
  };
}

function writing(client: IAMClient, call: Call): Pick<InlineCalls, "put" | "remove"> {
  return {
    put: async (entity, PolicyName, PolicyDocument) => {
      const { user, role } = place(entity);
      const policy = { PolicyName, PolicyDocument };
      await call<unknown>(
        "write the inline policy",
        (how) =>
          user
            ? client.send(new PutUserPolicyCommand({ ...user, ...policy }), how)
            : client.send(new PutRolePolicyCommand({ ...role, ...policy }), how),
        "subject-missing",
      );
    },
    remove: async (entity, PolicyName) => {
      const { user, role } = place(entity);
      await call<unknown>("remove the inline policy", (how) =>
        user
          ? client.send(new DeleteUserPolicyCommand({ ...user, PolicyName }), how)
          : client.send(new DeleteRolePolicyCommand({ ...role, PolicyName }), how),
      );
    },
  };
}
