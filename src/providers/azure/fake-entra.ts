// How do the pretended Entra, Microsoft Graph and GitHub answer? (sign-in by an assertion that is good once)
import { randomUUID } from "node:crypto";
import { answer, APPLIER, CLIENT, refuse, TENANT, type Azure } from "./fake-azure.ts";

export const REQUEST_TOKEN = "made-for-this-job";

export interface Entra {
  readonly handle: (request: Request) => Promise<Response>;
  /** Is it a token for this audience? */
  readonly admits: (request: Request, audience: string) => boolean;
  /** How often GitHub vouched for the job. */
  readonly vouched: () => number;
}

export function entra(state: Azure, self: () => string): Entra {
  const assertions = new Set<string>();
  const tokens = new Map<string, string>();
  let vouched = 0;
  const admits = (request: Request, audience: string): boolean =>
    tokens.get((request.headers.get("authorization") ?? "").replace(/^Bearer /, "")) === audience;

  const vouch = (request: Request, url: URL): Response => {
    if (request.headers.get("authorization") !== `Bearer ${REQUEST_TOKEN}`)
      return refuse(401, "Unauthorized");
    if (url.searchParams.get("audience") !== "api://LapseRehearsal") return refuse(400, "BadAudience");
    vouched += 1;
    const value = `assertion.${randomUUID()}`;
    assertions.add(value);
    return answer(200, { count: 1, value });
  };

  const sign = async (request: Request): Promise<Response> => {
    const form = new URLSearchParams(await request.text());
    if (form.get("client_id") !== CLIENT)
      return oauth("unauthorized_client", "AADSTS700016: no such application");
    if (!assertions.delete(form.get("client_assertion") ?? ""))
      return oauth("invalid_client", "AADSTS700024: Client assertion is not within its valid time range");
    const scope = (form.get("scope") ?? "").split(" ").find((one) => one.endsWith("/.default")) ?? "";
    const aud = scope.replace(/\/\.default$/, "");
    const claims = Buffer.from(JSON.stringify({ aud, oid: APPLIER, jti: randomUUID() })).toString(
      "base64url",
    );
    const token = `e30.${claims}.c2ln`;
    tokens.set(token, aud);
    return answer(200, { token_type: "Bearer", expires_in: 3600, access_token: token });
  };

  const user = (request: Request, id: string): Response => {
    if (!admits(request, self())) return refuse(401, "InvalidAuthenticationToken");
    if (!state.mayReadUsers) return refuse(403, "Authorization_RequestDenied");
    const found = state.users.get(id.toLowerCase());
    if (!found) return refuse(404, "Request_ResourceNotFound");
    return answer(200, { id, userPrincipalName: found.upn, accountEnabled: found.enabled });
  };

  const handle = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const [, person] = /^\/v1\.0\/users\/([^/]+)$/.exec(url.pathname) ?? [];
    if (person !== undefined) return user(request, person);
    if (url.pathname === "/oidc") return vouch(request, url);
    if (!url.pathname.startsWith(`/${TENANT}/`))
      return oauth("invalid_tenant", "AADSTS90002: Tenant not found");
    if (url.pathname.endsWith("/openid-configuration")) return answer(200, configuration(self()));
    return sign(request);
  };
  return { handle, admits, vouched: () => vouched };
}

function configuration(self: string) {
  return {
    issuer: `${self}/${TENANT}/v2.0`,
    authorization_endpoint: `${self}/${TENANT}/oauth2/v2.0/authorize`,
    token_endpoint: `${self}/${TENANT}/oauth2/v2.0/token`,
    jwks_uri: `${self}/${TENANT}/discovery/v2.0/keys`,
  };
}

function oauth(error: string, description: string): Response {
  const error_codes = [Number(/\d+/.exec(description)?.[0])];
  return answer(400, { error, error_description: description, error_codes });
}
