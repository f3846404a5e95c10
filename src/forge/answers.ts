// What do GitHub's answers mean in the words of the port?
import type { Activity, IssueComment, Permission, Pull, Review, TimelineEvent, User } from "../core/facts.ts";
import { id, ifAny, inner, odd, oid, orNull, part, text, time, word, yes } from "./fields.ts";
import type { Part } from "./fields.ts";

/** GitHub shows this account where a deleted one was: https://github.com/ghost */
const GHOST = 10137;

const asUser = (of: Part): User => ({ id: id(of, "id"), login: text(of, "login"), type: text(of, "type") });

/** A user, or null for a deleted one. */
function user(of: Part, key: string): User | null {
  const found = orNull(of, key, (each, name) => asUser(inner(each, name)));
  return found?.id === GHOST ? null : found;
}

export const userFrom = (json: unknown): User => asUser(part(json, "user"));

const repositoryId = (of: Part) => orNull(of, "repo", (each, key) => id(inner(each, key), "id"));

function pullParts(of: Part): Omit<Pull, "merged" | "mergedBy"> {
  const base = inner(of, "base");
  const head = inner(of, "head");
  return {
    number: id(of, "number"),
    title: text(of, "title"),
    url: text(of, "html_url"),
    state: word(of, "state", ["open", "closed"]),
    mergedAt: orNull(of, "merged_at", time),
    createdAt: time(of, "created_at"),
    author: user(of, "user"),
    base: { ref: text(base, "ref"), repository: repositoryId(base) },
    head: {
      ref: text(head, "ref"),
      sha: oid(head, "sha"),
      repository: repositoryId(head),
      owner: user(head, "user"),
    },
    mergeCommit: orNull(of, "merge_commit_sha", oid),
  };
}

/** A pull request in full. Merged, but not when or as what, is no answer. */
export function pullFrom(json: unknown): Pull {
  const of = part(json, "pull request");
  const pull = { ...pullParts(of), merged: yes(of, "merged"), mergedBy: user(of, "merged_by") };
  if (pull.merged !== (pull.mergedAt !== null) || (pull.merged && pull.state === "open"))
    odd("pull request.merged");
  return pull;
}

/** An item of a list of open pull requests, which says less. */
export function openPullFrom(json: unknown): Pull {
  const pull = pullParts(part(json, "pull request"));
  return pull.state === "open" ? { ...pull, merged: false, mergedBy: null } : odd("pull request.state");
}

export const bodyFrom = (json: unknown): string => orNull(part(json, "pull request"), "body", text) ?? "";

export function reviewFrom(json: unknown): Review {
  const of = part(json, "review");
  return {
    id: id(of, "id"),
    user: user(of, "user"),
    state: word(of, "state", ["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"]),
    // A draft has no time yet.
    submittedAt: ifAny(of, "submitted_at", time),
    commit: orNull(of, "commit_id", oid),
    body: orNull(of, "body", text) ?? "",
  };
}

/** Whom GitHub names as author and committer; an address it knows nobody for is null or `{}`. */
export function committersFrom(json: unknown): readonly (User | null)[] {
  const of = part(json, "commit");
  return ["author", "committer"].map((key) => {
    const value = of.fields[key];
    const nobody = typeof value === "object" && value !== null && Object.keys(value).length === 0;
    return nobody ? null : user(of, key);
  });
}

/** Commits and line comments carry neither a server time nor an actor of their own. */
export function timelineFrom(json: unknown): TimelineEvent {
  const of = part(json, "timeline event");
  const review = "dismissed_review" in of.fields ? inner(of, "dismissed_review") : undefined;
  return {
    ...(review && { dismissed: { review: id(review, "review_id"), was: text(review, "state") } }),
    event: text(of, "event"),
    at: ifAny(of, "created_at", time) ?? ifAny(of, "submitted_at", time),
    actor:
      ("actor" in of.fields ? user(of, "actor") : null) ?? ("user" in of.fields ? user(of, "user") : null),
  };
}

export function activityFrom(json: unknown): Activity {
  const of = part(json, "activity");
  return {
    id: id(of, "id"),
    kind: text(of, "activity_type"),
    ref: text(of, "ref"),
    before: oid(of, "before"),
    after: oid(of, "after"),
    at: time(of, "timestamp"),
    actor: user(of, "actor"),
  };
}

export const numberFrom = (json: unknown): number => id(part(json, "pull request"), "number");

/** The permission, if the answer is about the account that was meant: a login can change hands. */
export function permissionFrom(json: unknown, meant: User): Permission {
  const of = part(json, "permission");
  const permission = word(of, "permission", ["admin", "write", "read", "none"]);
  return user(of, "user")?.id === meant.id ? permission : "none";
}

export function repositoryFrom(json: unknown) {
  const of = part(json, "repository");
  return { id: id(of, "id"), defaultBranch: text(of, "default_branch"), url: text(of, "html_url") };
}

/**
 * Blob id of what the contents API shows, if it is a file. Folders and submodules are not; where the path is a
 * symbolic link GitHub may show the file that it leads to, which is another path.
 */
export function blobFrom(json: unknown, path: string): string | undefined {
  if (Array.isArray(json)) return undefined;
  const of = part(json, "contents");
  return text(of, "type") === "file" && text(of, "path") === path ? oid(of, "sha") : undefined;
}

/** A comment with its times. */
export function issueCommentFrom(json: unknown): IssueComment {
  const of = part(json, "comment");
  return { ...commentFrom(json), createdAt: time(of, "created_at"), updatedAt: time(of, "updated_at") };
}

/** What we need of an issue to know it again; a pull request is listed as one too. */
export function issueFrom(json: unknown) {
  const of = part(json, "issue");
  return {
    number: id(of, "number"),
    user: user(of, "user"),
    body: ifAny(of, "body", text) ?? "",
    isPull: "pull_request" in of.fields,
  };
}

export interface Comment {
  readonly id: number;
  readonly user: User | null;
  readonly body: string;
}

export function commentFrom(json: unknown): Comment {
  const of = part(json, "comment");
  return { id: id(of, "id"), user: user(of, "user"), body: ifAny(of, "body", text) ?? "" };
}
