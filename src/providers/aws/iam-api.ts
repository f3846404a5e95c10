// Which calls does Lapse make on IAM? (and what time is it there?)
import {
  GetAccountAuthorizationDetailsCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import type { Instant } from "../../core/model.ts";
import { caller, type ClientSettings } from "./client.ts";
import { refuse } from "./errors.ts";
import { accountOf, type Account, type DetailPage } from "./iam-account.ts";
import { decoded, inlineCalls, type InlineCalls } from "./iam-inline.ts";
import { entityCalls, type EntityCalls } from "./iam-entities.ts";
import { readPages, type Pages } from "./pages.ts";

export interface Iam extends EntityCalls, InlineCalls {
  /** The last time that AWS told in an answer. */
  now(): Instant | undefined;
  /** Throws role-missing. */
  policyVersion(arn: string, version: string): Promise<string>;
  /** Which version of the policy is in force. Throws role-missing. */
  currentVersion(arn: string): Promise<string>;
  /** Everybody's policies, in few calls. */
  account(): Promise<Pages<Account>>;
  close(): void;
}

export function openIamClient(settings: ClientSettings, timeout: number): Iam {
  const client = new IAMClient(settings);
  const call = caller(timeout);
  return {
    now: serverClock(client),
    ...entityCalls(client, call),
    ...inlineCalls(client, call),
    policyVersion: async (PolicyArn, VersionId) => {
      const command = new GetPolicyVersionCommand({ PolicyArn, VersionId });
      const { PolicyVersion } = await call("show the policy", (how) => client.send(command, how));
      return (
        decoded(PolicyVersion?.Document) ?? refuse("transient", "AWS showed a policy without its document")
      );
    },
    currentVersion: async (PolicyArn) => {
      const command = new GetPolicyCommand({ PolicyArn });
      const { Policy } = await call("show which version of the policy is in force", (how) =>
        client.send(command, how),
      );
      return Policy?.DefaultVersionId ?? refuse("transient", "AWS showed a policy without its version");
    },
    account: async () => {
      const { items, ...rest } = await readPages<DetailPage>(async (Marker) => {
        const command = new GetAccountAuthorizationDetailsCommand({ Marker });
        const answer = await call("show the account's policies", (how) => client.send(command, how));
        return { items: [answer], next: answer.IsTruncated === true ? answer.Marker : undefined };
      });
      return { items: [accountOf(items)], ...rest };
    },
    close: () => {
      client.destroy();
    },
  };
}

/** Whether an end has come is judged by the clock that IAM itself judges by: every answer of AWS carries it. */
function serverClock(client: IAMClient): () => Instant | undefined {
  let last: Instant | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
      const date = headers?.["date"] ?? "";
      // IMF-fixdate, the one form that servers may send. https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
      const told = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(date)
        ? Date.parse(date)
        : NaN;
      if (Number.isFinite(told)) last = told as Instant;
      return result;
    },
    { step: "deserialize", priority: "low", name: "lapseServerClock" },
  );
  return () => last;
}
