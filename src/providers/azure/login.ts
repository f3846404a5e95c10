// How does the applier sign in to Azure? (by GitHub's word for this very job; nothing is stored)
import { ClientAssertionCredential, type TokenCredential } from "@azure/identity";
import type { JsonObject } from "../../core/model.ts";
import { Problem } from "../../core/problem.ts";
import { ProviderError, type ConnectOptions, type ErrorClass } from "../provider.ts";
import { word } from "../schema.ts";
import type { Cloud } from "./clouds.ts";
import { asProviderError } from "./errors.ts";
import { getJson, type Transport } from "./http.ts";

/** What Entra's refusals mean. https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const REFUSALS: Readonly<Record<string, readonly [ErrorClass, string]>> = {
  AADSTS700016: ["forbidden", "the tenant knows no application with this clientId"],
  AADSTS90002: ["target-missing", "there is no such tenant"],
  AADSTS70021: ["forbidden", "the application trusts no federated credential that matches this job"],
  AADSTS700213: ["forbidden", "the application trusts no federated credential that matches this job"],
  AADSTS700024: ["forbidden", "the assertion has expired: the clocks differ"],
  AADSTS90033: ["transient", "Entra is unavailable for the moment"],
};

/**
 * A fresh assertion for each sign-in: GitHub's lasts five minutes, and azure/login cannot renew it later in the job.
 * https://github.com/Azure/login/issues/180
 */
export function credential(
  connection: JsonObject,
  options: ConnectOptions,
  transport: Transport,
  cloud: Cloud,
): TokenCredential {
  const url = needed(options, "ACTIONS_ID_TOKEN_REQUEST_URL");
  const token = needed(options, "ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  let failed: unknown;
  const assertion = async (): Promise<string> => {
    try {
      return hidden(await githubAssertion(transport, url, token, cloud.audience), options);
    } catch (thrown) {
      failed = thrown;
      throw thrown;
    }
  };
  const inner = new ClientAssertionCredential(
    word(connection["tenant"]),
    word(connection["clientId"]),
    assertion,
    {
      ...transport,
      authorityHost: cloud.authority,
      // The set-up names its authority; there is no need to ask the public cloud whether it knows it.
      disableInstanceDiscovery: !cloud.isPublic,
    },
  );
  return {
    getToken: async (scopes, how) => {
      failed = undefined;
      try {
        const access = await inner.getToken(scopes, how);
        return { ...access, token: hidden(access.token, options) };
      } catch (thrown) {
        throw asLoginError(failed ?? thrown);
      }
    },
  };
}

function hidden(token: string, { hide }: ConnectOptions): string {
  hide?.(token);
  return token;
}

function needed({ secret }: ConnectOptions, name: string): string {
  const value = secret(name) ?? "";
  if (value !== "") return value;
  throw new Problem(
    "misconfigured",
    `the variable ${name} is not set, so the applier cannot sign in to Azure`,
    "run it in a GitHub Actions job that has `permissions: id-token: write`",
  );
}

/** https://docs.github.com/actions/reference/security/oidc */
async function githubAssertion(
  transport: Transport,
  url: string,
  token: string,
  audience: string,
): Promise<string> {
  const at = new URL(url);
  at.searchParams.set("audience", audience);
  const { status, body } = await getJson(transport, at.href, token, "sign in");
  const { value } = body;
  if (status === 200 && typeof value === "string") return value;
  const cls = status >= 500 || status === 429 ? "transient" : "forbidden";
  throw new ProviderError(cls, "GitHub did not vouch for this job", { vendorCode: `oidc-${status}` });
}

/** Told by no code when the tenant or the authority is wrong, nor when they cannot be reached. */
const NO_ADDRESSES = "CredentialUnavailableError";

function asLoginError(thrown: unknown): ProviderError {
  const text = thrown instanceof Error ? thrown.message : "";
  const [code] = /\bAADSTS\d{4,7}\b/.exec(text) ?? [];
  if (thrown instanceof Error && thrown.name === NO_ADDRESSES)
    return new ProviderError("transient", "Entra did not say where to sign in: check tenant and authority", {
      vendorCode: NO_ADDRESSES,
      cause: new Error(text),
    });
  if (code === undefined) return asProviderError(thrown, "sign the applier in");
  const [cls, words] = REFUSALS[code] ?? ["forbidden", "Entra refused"];
  return new ProviderError(cls, `Azure did not sign the applier in: ${words}`, {
    vendorCode: code,
    cause: new Error(text),
  });
}

/** Whose token it is: the object id of the applier, for its own check. Undefined when the token does not say. */
export function objectIdOf(token: string): string | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as JsonObject;
    return typeof claims["oid"] === "string" ? claims["oid"].toLowerCase() : undefined;
  } catch {
    return undefined;
  }
}
