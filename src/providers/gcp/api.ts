// How does one call get to Google Cloud and back, bounded in time?
import { cloudresourcemanager } from "@googleapis/cloudresourcemanager";
import type { Instant, JsonObject } from "../../core/model.ts";
import { fromEpoch } from "../../core/time.ts";
import { ProviderError, type ConnectOptions } from "../provider.ts";
import { word } from "../schema.ts";
import { asProviderError, headerIn } from "./errors.ts";
import { within } from "./patience.ts";
import { signIn } from "./sign-in.ts";
import { readPolicy, writable, type Binding, type Policy } from "./policy.ts";

/** What Google says a role is; `permissions` is all that it gives. */
export interface Role {
  readonly permissions: readonly string[];
  /** Deleted or disabled roles give nothing. */
  readonly alive: boolean;
}

export interface Api {
  readonly owner: string;
  readonly connection: JsonObject;
  /** E.g. `projects`. */
  readonly level: "projects" | "folders" | "organizations";
  readonly timeout: number;
  read(): Promise<Policy>;
  /** Replaces the policy that was read, if it is still the same. */
  write(policy: Policy, bindings: readonly Binding[]): Promise<Policy>;
  role(name: string): Promise<Role>;
  /** Those of the permissions that the applier has. */
  may(permissions: readonly string[]): Promise<readonly string[]>;
}

/** Version 3 is the one that shows conditions. */
const VERSION_3 = { options: { requestedPolicyVersion: 3 } };

/** Throws a Problem when there are no credentials to be found. */
export async function openApi(connection: JsonObject, options: ConnectOptions): Promise<Api> {
  const { owner, timeout } = options;
  const auth = await signIn(connection, options);
  const endpoint = typeof connection["endpoint"] === "string" ? connection["endpoint"] : undefined;
  const client = cloudresourcemanager({
    version: "v3",
    auth,
    ...(endpoint !== undefined && { rootUrl: endpoint }),
  });
  const resource = word(connection["resource"]);
  const level = levelOf(resource);
  const how = { timeout, retry: false, ...(endpoint !== undefined && { noProxy: ["127.0.0.1"] }) };
  const call = <T>(doing: string, act: () => Promise<T>) => bounded(timeout, doing, act);
  return {
    ...{ owner, connection, level, timeout },
    read: () =>
      call("show the policy", async () => {
        const { data, headers } = await client[level].getIamPolicy({ resource, requestBody: VERSION_3 }, how);
        return readPolicy(data, dateIn(headers));
      }),
    write: (policy, bindings) =>
      call("change the policy", async () => {
        const requestBody = { policy: writable(policy, bindings) };
        const { data, headers } = await client[level].setIamPolicy({ resource, requestBody }, how);
        return readPolicy(data, dateIn(headers));
      }),
    role: (name) =>
      call("show the role", async () => {
        const url = `${endpoint ?? "https://iam.googleapis.com"}/v1/${name}`;
        return readRole((await auth.request<unknown>({ url, ...how })).data, name);
      }),
    may: (permissions) =>
      call("say what the applier may do", async () => {
        const requestBody = { permissions: [...permissions] };
        const { data } = await client[level].testIamPermissions({ resource, requestBody }, how);
        return data.permissions ?? [];
      }),
  };
}

/** The bound of the SDK is for its request alone; fetching a token for it needs one, too. */
async function bounded<T>(timeout: number, doing: string, act: () => Promise<T>): Promise<T> {
  try {
    return await within(timeout, act());
  } catch (thrown) {
    throw asProviderError(thrown, doing);
  }
}

function levelOf(resource: string): Api["level"] {
  const level = (["folders", "organizations"] as const).find((one) => resource.startsWith(`${one}/`));
  return level ?? "projects";
}

/** E.g. `Mon, 23 Nov 2026 09:00:00 GMT`. https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7 */
function dateIn(headers: unknown): Instant | undefined {
  const said = headerIn(headers, "date") ?? "";
  const ms = said.endsWith(" GMT") ? Date.parse(said) : NaN;
  return ms >= 0 ? fromEpoch(ms) : undefined;
}

/** An answer about anything else must not pass for a role without permissions. */
function readRole(answer: unknown, asked: string): Role {
  const role = typeof answer === "object" && answer !== null ? (answer as JsonObject) : {};
  const { name, includedPermissions = [], deleted, stage } = role;
  if (name !== asked || !Array.isArray(includedPermissions))
    throw new ProviderError("transient", "Google Cloud did not answer with the role", { vendorCode: "role" });
  return { permissions: includedPermissions.map(word), alive: deleted !== true && stage !== "DISABLED" };
}
