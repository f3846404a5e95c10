// What does the forge say of the very job that we run in? (claims of its OIDC token; the signature is for whoever trusts it)
import type { JsonObject } from "../core/model.ts";
import { Problem } from "../core/problem.ts";
import { part, text } from "./fields.ts";
import { isLoopback } from "./manners.ts";

/** Where a job asks for its token, and with what: both come from the runner. */
export interface TokenRequest {
  readonly url: string;
  readonly token: string;
  /** For whom the token is made out; nobody trusts one for us. */
  readonly audience: string;
  /** Bound on the call, in milliseconds. */
  readonly timeout: number;
}

/** Throws a Problem when the forge does not vouch for this job. https://docs.github.com/actions/reference/security/oidc */
export async function ownClaims({ url, token, audience, timeout }: TokenRequest): Promise<JsonObject> {
  const at = addressOf(url);
  at.searchParams.set("audience", audience);
  try {
    const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
    const answer = await fetch(at, { headers, redirect: "error", signal: AbortSignal.timeout(timeout) });
    if (!answer.ok) throw unvouched(`it answered ${answer.status}`);
    return claimsOf(await answer.json());
  } catch (problem) {
    throw problem instanceof Problem ? problem : unvouched("it gave no readable token");
  }
}

/** Over plain HTTP anybody on the way could answer in GitHub's place. */
function addressOf(url: string): URL {
  const at = URL.canParse(url) ? new URL(url) : undefined;
  if (at?.protocol === "https:" || (at && isLoopback(url))) return at;
  throw unvouched("the runner names no address to ask");
}

/** The middle of a JSON Web Token. Throws when it is none. */
function claimsOf(answer: unknown): JsonObject {
  const token = text(part(answer, "token"), "value");
  const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
  return part(claims, "token's claims").fields as JsonObject;
}

const unvouched = (why: string): Problem =>
  new Problem(
    "unavailable",
    `GitHub did not vouch for this job: ${why}`,
    "run it in a job with `permissions: id-token: write`",
  );
