// By which claims is a token of the applier's own jobs known, and does this token carry exactly those?
import type { JsonObject } from "./model.ts";

/** `repo:acme@7/access@42:…` since July 2026, `repo:acme/access:…` before: a name alone can be taken by somebody else. */
export type SubjectForm = "immutable" | "classic";

/** The jobs that a target may trust, and no other job of any repository. */
export interface Applier {
  /** Who signs, without a slash at the end. */
  readonly issuer: string;
  readonly audience: string;
  /** `owner/name` of the access repository. */
  readonly repository: string;
  readonly repositoryId: number;
  readonly ownerId: number;
  readonly environment: string;
  readonly branch: string;
  /** `owner/name@<commit>` where the access repository calls the tool's workflows; else they are its own. */
  readonly tool?: string;
  /** Which of the two forms may come; the repository's settings say which does. */
  readonly subjects: readonly SubjectForm[];
}

/** For each claim the values of which a token must carry exactly one. */
export type Claims = Readonly<Record<string, readonly string[]>>;

/** A claim that is not as expected. */
export interface Mismatch {
  readonly claim: string;
  readonly expected: readonly string[];
  /** What the token says, as JSON; absent where it says nothing. */
  readonly actual?: string;
}

export const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

const WORKFLOWS = ["apply.yml", "expire.yml"];

/** https://docs.github.com/en/actions/reference/security/oidc */
export function expectedClaims(applier: Applier): Claims {
  const { issuer, audience, repositoryId, ownerId, environment, branch } = applier;
  return {
    iss: [issuer],
    aud: [audience],
    sub: applier.subjects.map((form) => subject(applier, form)),
    repository_id: [String(repositoryId)],
    repository_owner_id: [String(ownerId)],
    environment: [environment],
    // The subject of a job with an environment does not hold the branch.
    ref: [`refs/heads/${branch}`],
    job_workflow_ref: WORKFLOWS.map((file) => workflowRef(applier, file)),
    runner_environment: ["github-hosted"],
  };
}

function subject({ repository, repositoryId, ownerId, environment }: Applier, form: SubjectForm): string {
  const [owner = "", name = ""] = repository.split("/");
  const whose = form === "classic" ? repository : `${owner}@${ownerId}/${name}@${repositoryId}`;
  return `repo:${whose}:environment:${environment.replaceAll(":", "%3A")}`;
}

function workflowRef({ repository, branch, tool }: Applier, file: string): string {
  const [home = repository, at = `refs/heads/${branch}`] = tool?.split("@") ?? [];
  return `${home}/.github/workflows/${file}@${at}`;
}

/** What differs, claim by claim. The signature is not looked at: that is for whoever trusts the token. */
export function judgeClaims(token: JsonObject, expected: Claims): readonly Mismatch[] {
  return Object.entries(expected).flatMap(([claim, values]) => {
    const actual = Object.hasOwn(token, claim) ? token[claim] : undefined;
    if (typeof actual === "string" && values.includes(actual)) return [];
    return [{ claim, expected: values, ...(actual !== undefined && { actual: JSON.stringify(actual) }) }];
  });
}

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\/(?!\.\.?$)[A-Za-z0-9._-]+$/;
const PINNED = /^(?<home>[^@]+)@[0-9a-f]{40}$/;
/** No pattern, and nothing that would end a value in any of the languages that trust is written in. */
const EXACT = /^[A-Za-z0-9._/:-]+$/;
const BRANCH = /^(?!\/)[A-Za-z0-9._/-]+$/;
const ADDRESS = /^https:\/\/[a-z0-9.-]+(?:\/[A-Za-z0-9._/-]*[A-Za-z0-9])?$/;

/** What keeps this from naming one applier exactly, in words; nothing is trusted by a pattern. */
export function inexact(applier: Applier): readonly string[] {
  const rules: readonly (readonly [boolean, string])[] = [
    [NAME.test(applier.repository), "the repository is one owner/name"],
    [isId(applier.repositoryId), "the repository's number is a whole number above 0"],
    [isId(applier.ownerId), "the owner's number is a whole number above 0"],
    [EXACT.test(applier.environment), "the environment is one name, without patterns"],
    [BRANCH.test(applier.branch), "the branch is one name, without patterns"],
    [
      applier.tool === undefined || isPinned(applier.tool),
      "the tool is owner/name@<commit>, all 40 digits of it",
    ],
    [EXACT.test(applier.audience), "the audience is one value, without patterns"],
    [ADDRESS.test(applier.issuer), "the issuer is an https address without a slash at its end"],
    [applier.subjects.length > 0, "the subject has a form"],
  ];
  return rules.flatMap(([holds, rule]) => (holds ? [] : [rule]));
}

function isPinned(tool: string): boolean {
  return NAME.test(PINNED.exec(tool)?.groups?.["home"] ?? "");
}

function isId(id: number): boolean {
  return Number.isSafeInteger(id) && id > 0;
}
