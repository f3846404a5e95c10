// What does an answer of the server mean to Lapse?
import { ProviderError, type ErrorClass } from "../provider.ts";

/** Codes that decisions hang on. https://mariadb.com/kb/en/mariadb-error-code-reference/ */
export const CODE = {
  /** CREATE or DROP of a user or role failed: it is there already, or it is not. */
  operationFailed: "1396",
  /** "Cannot revoke role": it was not granted. */
  notGranted: "1962",
  noSuchRole: "1959",
  noSuchUser: "1133",
  noSuchTable: "1146",
  noSuchDatabase: "1049",
  lockTimeout: "1205",
  /** max_statement_time is over: DROP ROLE knows no other bound on its waiting for locks. */
  statementTimeout: "1969",
} as const;

/** A lock was not to be had in time. */
export const BLOCKED: readonly string[] = [CODE.lockTimeout, CODE.statementTimeout];

const CODES: Readonly<Partial<Record<ErrorClass, readonly number[]>>> = {
  throttled: [1037, 1038, 1040, 1041, 1203, 1226],
  conflict: [1205, 1213, 1396, 1962, 1969],
  "subject-missing": [1133],
  "role-missing": [1959],
  "target-missing": [1049, 1146],
  // 1698 is the answer to a GRANT of a role without the admin option; 4151: the account is locked.
  forbidden: [1044, 1045, 1095, 1129, 1130, 1142, 1143, 1227, 1370, 1410, 1698, 1820, 1862, 3118, 4151],
  "denied-by-policy": [1961],
  malformed: [1064, 1300, 1366, 1406, 1470],
};

const MEANING = new Map(
  Object.entries(CODES).flatMap(([cls, codes]) => codes.map((code) => [String(code), cls as ErrorClass])),
);
const NO_CERTIFICATE = /CERT|SSL|TLS/;

/** The server's number, else the word of the socket or of the driver; "none" when there is neither. */
function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "none";
  const { errno, code } = thrown as { errno?: unknown; code?: unknown };
  if (typeof errno === "number" && errno > 0) return String(errno);
  return typeof code === "string" ? code : "none";
}

/** Did the server itself say so? Then the connection is as good as before. */
export function isAnswer(thrown: unknown): boolean {
  return /^\d+$/.test(codeOf(thrown));
}

/** What the code means. Whatever nobody foresaw may pass, so it is tried again. */
function classOf(code: string): ErrorClass {
  return NO_CERTIFICATE.test(code) ? "forbidden" : (MEANING.get(code) ?? "transient");
}

/** The vendor's text stays in `cause`: it may hold names and parts of statements. */
export function asProviderError(thrown: unknown, doing: string): ProviderError {
  if (thrown instanceof ProviderError) return thrown;
  const vendorCode = codeOf(thrown);
  const cls = classOf(vendorCode);
  const fix = cls === "target-missing" ? ": setup.sql was not run on this server" : `: ${cls}`;
  return new ProviderError(cls, `MariaDB did not ${doing}${fix}`, { vendorCode, cause: thrown });
}
