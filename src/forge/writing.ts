// How is each change that the port offers made on GitHub? (safe to repeat: what is there already is found again)
import { commentFrom, issueFrom, openPullFrom, pullFrom } from "./answers.ts";
import type { Comment } from "./answers.ts";
import type { Client } from "./client.ts";
import type { NewIssue, NewPull, Pull, User, Writes } from "./forge.ts";
import type { Instant } from "../core/model.ts";
import { statusOf } from "./problems.ts";
import type { Reads, Scope } from "./reading.ts";

/** Longest body of a pull request, a comment or a summary that GitHub takes, in characters. */
const MAX_BODY = 65_535;
const CUT = "\n\n… cut: GitHub takes no more than this.";

const fitting = (body: string): string =>
  body.length <= MAX_BODY ? body : `${body.slice(0, MAX_BODY - CUT.length)}${CUT}`;

/** A pull request of this branch that is open already is the one: the answer to an earlier try may have got lost. */
async function createPull(api: Client, scope: Scope, pull: NewPull): Promise<Pull> {
  try {
    const sent = { ...scope, ...pull, body: fitting(pull.body) };
    return pullFrom(await api.call("POST /repos/{owner}/{repo}/pulls", sent));
  } catch (error) {
    if (statusOf(error) !== 422) throw error;
    const wanted = { ...scope, state: "open", head: `${scope.owner}:${pull.head}`, base: pull.base };
    const open = (await api.all("GET /repos/{owner}/{repo}/pulls", wanted)).map(openPullFrom);
    const twin = open.find(({ head, base }) => head.ref === pull.head && base.ref === pull.base);
    if (!twin) throw error;
    return twin;
  }
}

/** Ours: an App does not know its own account, so for it any App's; for a person, that person's. */
const isOurs = (comment: Pick<Comment, "body" | "user">, me: User | null, marker: string): boolean =>
  comment.body.split(/\r?\n/, 1)[0] === marker &&
  (me === null ? comment.user?.type === "Bot" : comment.user?.id === me.id);

async function upsertComment(
  api: Client,
  scope: Scope,
  reads: Reads,
  [number, marker, text]: readonly [number, string, string],
): Promise<void> {
  const body = fitting(`${marker}\n${text}`);
  const at = { ...scope, number };
  const [me, comments] = await Promise.all([
    reads.whoami(),
    api.all("GET /repos/{owner}/{repo}/issues/{number}/comments", at),
  ]);
  const mine = comments.map(commentFrom).find((comment) => isOurs(comment, me, marker));
  if (mine === undefined)
    await api.call("POST /repos/{owner}/{repo}/issues/{number}/comments", { ...at, body });
  else if (mine.body.replaceAll("\r\n", "\n") !== body)
    await api.call("PATCH /repos/{owner}/{repo}/issues/comments/{comment}", {
      ...scope,
      comment: mine.id,
      body,
    });
}

/** GitHub's `since` is about the last update, which is never before the opening. */
async function openIssue(
  api: Client,
  scope: Scope,
  reads: Reads,
  [issue, since]: readonly [NewIssue, Instant],
): Promise<number> {
  const wanted = { ...scope, state: "all", since: new Date(since).toISOString() };
  const [me, found] = await Promise.all([
    reads.whoami(),
    api.all("GET /repos/{owner}/{repo}/issues", wanted),
  ]);
  const mine = found.map(issueFrom).find((one) => !one.isPull && isOurs(one, me, issue.marker));
  if (mine) return mine.number;
  const { marker, title, labels } = issue;
  const sent = { ...scope, title, labels, body: fitting(`${marker}\n${issue.body}`) };
  return issueFrom(await api.call("POST /repos/{owner}/{repo}/issues", sent)).number;
}

export function writing(api: Client, scope: Scope, reads: Reads): Writes {
  return {
    createPull: (pull) => createPull(api, scope, pull),
    updatePull: async (number, { title, body }) => {
      const change = {
        ...(title !== undefined && { title }),
        ...(body !== undefined && { body: fitting(body) }),
      };
      await api.call("PATCH /repos/{owner}/{repo}/pulls/{number}", { ...scope, number, ...change });
    },
    upsertComment: (number, marker, body) => upsertComment(api, scope, reads, [number, marker, body]),
    openIssue: (issue, since) => openIssue(api, scope, reads, [issue, since]),
    checkRun: async (sha, { name, ok, title, summary }) => {
      await api.call("POST /repos/{owner}/{repo}/check-runs", {
        ...scope,
        name,
        head_sha: sha,
        external_id: `lapse:${sha}`,
        status: "completed",
        conclusion: ok ? "success" : "failure",
        output: { title, summary: fitting(summary) },
      });
    },
  };
}
