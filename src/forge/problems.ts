// What does a failed call mean, and what can a person do about it?
import { Problem } from "../core/problem.ts";
import type { ProblemKind } from "../core/problem.ts";

/** The part of Octokit's errors that we read. */
interface Failure {
  readonly status: number;
  readonly message: string;
  /** Absent when no answer came at all. */
  readonly headers: Readonly<Record<string, unknown>> | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields => typeof value === "object" && value !== null;

function headersOf(error: Error): Fields | undefined {
  if (!("response" in error) || !isRecord(error.response)) return undefined;
  const { headers } = error.response;
  return isRecord(headers) ? headers : {};
}

function failureOf(thrown: unknown): Failure | undefined {
  const error = thrown instanceof Problem ? thrown.cause : thrown;
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") return undefined;
  return { status: error.status, message: error.message, headers: headersOf(error) };
}

/** HTTP status behind a Problem of this adapter. */
export const statusOf = (error: unknown): number | undefined => failureOf(error)?.status;

/** Seconds that GitHub asks to wait, if it does. */
export function retryAfter(error: unknown): number | undefined {
  const wait = Number(failureOf(error)?.headers?.["retry-after"]);
  return wait > 0 && Number.isFinite(wait) ? wait : undefined;
}

/** Is the call refused for being one of too many? https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export function isThrottled(error: unknown): boolean {
  const failure = failureOf(error);
  if (failure?.headers === undefined || (failure.status !== 403 && failure.status !== 429)) return false;
  const { headers, message, status } = failure;
  if (status === 429 || headers["x-ratelimit-remaining"] === "0") return true;
  return retryAfter(error) !== undefined || /\brate limit\b/i.test(message);
}

/** Permission of a fine-grained token or an App that each kind of call needs, should GitHub not name it itself. */
const NEEDS: readonly (readonly [RegExp, string])[] = [
  [/\/(organization-)?secrets/, "Secrets: read; of an environment, Environments: read"],
  [/\/actions\/permissions|\/protection$/, "Administration: read"],
  [/\/environments|\/actions\//, "Actions: read"],
  [/\/codeowners/, "Contents: read"],
  [/\/check-runs/, "Checks: write (and the token of an App or of a workflow)"],
  [/^POST.*\/issues$/, "Issues: write"],
  [/^(POST|PATCH).*\/issues\//, "Pull requests: write"],
  [/^(POST|PATCH|PUT).*\/pulls/, "Pull requests: write"],
  [/^GET.*\/issues(\/\d+\/comments)?$/, "Issues: read"],
  [/\/(pulls|timeline|comments)/, "Pull requests: read"],
  [/\/(contents|activity|commits)/, "Contents: read"],
];

function neededFor(call: string, { headers }: Failure): string {
  const told = headers?.["x-accepted-github-permissions"];
  if (typeof told === "string" && told !== "") return told;
  return NEEDS.find(([pattern]) => pattern.test(call))?.[1] ?? "Metadata: read";
}

type Description = readonly [kind: ProblemKind, message: string, fix: string];

function throttled(error: unknown): Description {
  const wait = retryAfter(error);
  const time = wait === undefined ? "a while" : `${wait} s`;
  const fix = "run it again later; an App has a higher limit than the token of a workflow";
  return ["unavailable", `GitHub asks to wait ${time} before the next call`, fix];
}

function refused(failure: Failure, call: string): Description {
  const { status, message } = failure;
  const needed = neededFor(call, failure);
  switch (status) {
    case 401:
      return [
        "forbidden",
        "GitHub does not accept the token",
        "give a valid, unexpired token in GITHUB_TOKEN",
      ];
    case 403:
      return ["forbidden", `GitHub forbids ${call}: ${message}`, `give the token this permission: ${needed}`];
    case 404: {
      const fix = `check GITHUB_REPOSITORY, and that the token may see it (${needed})`;
      return ["misconfigured", `GitHub shows nothing for ${call}`, fix];
    }
    default:
      return status >= 500
        ? ["unavailable", `GitHub answered ${status} to ${call}`, "run it again later"]
        : ["misconfigured", `GitHub refuses ${call}: ${message}`, "see the message, then run it again"];
  }
}

function described(error: unknown, failure: Failure, call: string): Description {
  if (failure.headers === undefined) {
    const fix = "check the network and GITHUB_API_URL, and run it again";
    return ["unavailable", `GitHub did not answer ${call}: ${failure.message}`, fix];
  }
  return isThrottled(error) ? throttled(error) : refused(failure, call);
}

/** The Problem that a failed call is; a bug is thrown as it is. `call` is the method and route, for the message. */
export function problemOf(error: unknown, call: string): Problem {
  if (error instanceof Problem) return error;
  const failure = failureOf(error);
  if (!failure) throw error;
  return new Problem(...described(error, failure, call), error);
}

/** A name that is no `owner/name`. */
export const misnamed = (repository: string): Problem =>
  new Problem(
    "misconfigured",
    `"${repository}" is no name of a repository`,
    "set GITHUB_REPOSITORY to owner/name, for example acme/access",
  );

/** An address that the token must not go to. */
export const misplaced = (apiUrl: string): Problem =>
  new Problem(
    "misconfigured",
    `"${apiUrl}" is no https address of an API`,
    "set GITHUB_API_URL to the https address of your GitHub's API, for example https://api.github.com",
  );
