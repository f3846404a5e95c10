// What does an answer of the server mean to Lapse?
import { ProviderError, type ErrorClass } from "../provider.ts";

/** By SQLSTATE, else by its class (first two characters). https://www.postgresql.org/docs/current/errcodes-appendix.html */
const MEANING: Readonly<Record<string, ErrorClass>> = {
  "08": "transient",
  "0L": "denied-by-policy",
  "22": "malformed",
  "23505": "conflict",
  "25006": "transient",
  "28": "forbidden",
  "2BP01": "conflict",
  "3D": "target-missing",
  "40": "conflict",
  "42": "malformed",
  "42501": "forbidden",
  "42704": "role-missing",
  "42710": "conflict",
  "53": "throttled",
  "55": "transient",
  "57": "transient",
  // A role was changed under our feet ("tuple concurrently updated").
  XX000: "conflict",
};

const NO_CERTIFICATE = /CERT|SSL|TLS/;

/** The code that the server or the socket gave; "none" when the connection just went away. */
function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "none";
  if ("code" in thrown && typeof thrown.code === "string") return thrown.code;
  return thrown.cause === undefined ? "none" : codeOf(thrown.cause);
}

/** What this SQLSTATE or socket error means. Whatever nobody foresaw may pass, so it is tried again. */
function classOf(code: string): ErrorClass {
  if (NO_CERTIFICATE.test(code)) return "forbidden";
  return MEANING[code] ?? (/^[0-9A-Z]{5}$/.test(code) ? MEANING[code.slice(0, 2)] : undefined) ?? "transient";
}

/** The vendor's text stays in `cause`: it may hold names and parts of statements. */
export function asProviderError(thrown: unknown, doing: string): ProviderError {
  if (thrown instanceof ProviderError) return thrown;
  const vendorCode = codeOf(thrown);
  const cls = classOf(vendorCode);
  return new ProviderError(cls, `PostgreSQL did not ${doing}: ${cls}`, { vendorCode, cause: thrown });
}
