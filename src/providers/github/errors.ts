// What does a failed call to GitHub mean to Lapse?
import { ProviderError, type ErrorClass } from "../provider.ts";

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

interface Failure {
  readonly status: number;
  readonly text: string;
  /** Absent when no answer came at all. */
  readonly headers?: Fields;
}

function headersOf(response: unknown): Fields | undefined {
  if (!isFields(response)) return undefined;
  return isFields(response["headers"]) ? response["headers"] : {};
}

function failureOf(thrown: unknown): Failure | undefined {
  if (!(thrown instanceof Error) || !("status" in thrown) || typeof thrown.status !== "number")
    return undefined;
  const headers = "response" in thrown ? headersOf(thrown.response) : undefined;
  return { status: thrown.status, text: thrown.message, ...(headers && { headers }) };
}

/** HTTP status of an answer that was a refusal. */
export function statusOf(thrown: unknown): number | undefined {
  const failure = failureOf(thrown);
  return failure?.headers && failure.status;
}

/** Seconds that GitHub asks to wait, if it does. */
export function retryAfter(thrown: unknown): number | undefined {
  const seconds = Number(failureOf(thrown)?.headers?.["retry-after"]);
  return seconds > 0 && Number.isFinite(seconds) ? seconds : undefined;
}

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function isThrottled({ status, headers, text }: Failure): boolean {
  if (status !== 403 && status !== 429) return false;
  const told = headers?.["retry-after"] !== undefined || headers?.["x-ratelimit-remaining"] === "0";
  return status === 429 || told || /\brate limit\b/i.test(text);
}

const MEANING: Readonly<Record<number, ErrorClass>> = {
  401: "forbidden",
  403: "forbidden",
  // Renamed, moved, or under our feet: nothing is known.
  409: "conflict",
  422: "malformed",
  451: "denied-by-policy",
};

function classOf(failure: Failure, missing: ErrorClass): ErrorClass {
  if (!failure.headers) return "transient";
  if (isThrottled(failure)) return "throttled";
  if (failure.status === 404 || failure.status === 410) return missing;
  return MEANING[failure.status] ?? (failure.status >= 500 ? "transient" : "malformed");
}

/** Only a list of permissions is repeated from what the server says: `members=write`. */
function hint({ status, headers }: Failure): string {
  if (status === 401) return ": give a valid, unexpired credential";
  if (headers?.["x-github-sso"] !== undefined) return ": authorise the token for the organisation's SSO";
  const needed = headers?.["x-accepted-github-permissions"];
  const known = typeof needed === "string" && /^[a-z_]+=[a-z]+([,; ]+[a-z_]+=[a-z]+)*$/.test(needed);
  return known && status === 403 ? `: it wants the permission ${needed}` : "";
}

/**
 * `missing`: what a 404 means here. GitHub answers 404 for what is not there and for what the token may not see, so
 * the message names both. The vendor's text stays in `cause`.
 */
export function asProviderError(thrown: unknown, doing: string, missing: ErrorClass): ProviderError {
  if (thrown instanceof ProviderError) return thrown;
  const failure = failureOf(thrown);
  // Not an answer and not a failed call: a bug, or a key that cannot be read.
  if (!failure) {
    const message = `Lapse could not ask GitHub to ${doing}`;
    return new ProviderError("malformed", message, { vendorCode: "client", cause: thrown });
  }
  const cls = classOf(failure, missing);
  const why = cls === missing && failure.status === 404 ? "it is not there, or hidden from the token" : cls;
  const vendorCode = failure.headers ? String(failure.status) : "none";
  const message = `GitHub did not ${doing}: ${why}${hint(failure)}`;
  return new ProviderError(cls, message, { vendorCode, cause: thrown });
}
