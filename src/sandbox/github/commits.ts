// How are commits made without a work tree? (one `git fast-import` a commit, so that any name and mode is possible)
import type { Git } from "./git.ts";

/** Content by path: text (mode 100644), `null` to delete, or a mode of its own (for 160000 and 040000 an object id). */
export type Files = Readonly<
  Record<string, string | null | { readonly mode: string; readonly content: string }>
>;

export interface Who {
  readonly name: string;
  readonly email: string;
}

export interface CommitPlan {
  /** One commit for each, on top of each other. */
  readonly files: readonly Files[];
  readonly message: string;
  readonly author: Who;
  readonly committer?: Who;
  /** Epoch milliseconds; author and committer date. */
  readonly at: number;
  /** The commit to build on; absent for a root commit. */
  readonly parent: string | undefined;
}

const SCRATCH = "refs/sandbox/scratch";

const quoted = (path: string) =>
  `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;

const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;

function fileCommand(path: string, file: Files[string] | undefined): string {
  if (file === null || file === undefined) return `D ${quoted(path)}\n`;
  if (typeof file === "string") return `M 100644 inline ${quoted(path)}\n${data(file)}`;
  const byId = file.mode === "160000" || file.mode === "040000";
  return byId
    ? `M ${file.mode} ${file.content} ${quoted(path)}\n`
    : `M ${file.mode} inline ${quoted(path)}\n${data(file.content)}`;
}

/** Who and when, as git's raw format writes it. */
const stamp = ({ name, email }: Who, at: number) => `${name} <${email}> ${Math.floor(at / 1000)} +0000`;

/** Makes the commits and returns the last one's id; no branch moves. */
export async function commitFiles(git: Git, plan: CommitPlan): Promise<string> {
  const lines = plan.files.map((files, index) => commitCommand(plan, files, index));
  const input = `${lines.join("")}get-mark :${plan.files.length}\n`;
  return await git.run(["fast-import", "--quiet", "--force", "--date-format=raw"], input);
}

function commitCommand(plan: CommitPlan, files: Files, index: number): string {
  const parent = index === 0 ? plan.parent : `:${index}`;
  return [
    `commit ${SCRATCH}\n`,
    `mark :${index + 1}\n`,
    `author ${stamp(plan.author, plan.at)}\n`,
    `committer ${stamp(plan.committer ?? plan.author, plan.at)}\n`,
    data(plan.message),
    parent === undefined ? "" : `from ${parent}\n`,
    ...Object.entries(files).map(([path, file]) => fileCommand(path, file)),
    "\n",
  ].join("");
}

/** Makes a commit of an existing tree with any parents. */
export async function commitTree(
  git: Git,
  plan: Pick<CommitPlan, "message" | "author" | "committer" | "at"> & {
    readonly tree: string;
    readonly parents: readonly string[];
  },
): Promise<string> {
  const committer = plan.committer ?? plan.author;
  const date = `@${Math.floor(plan.at / 1000)} +0000`;
  const parents = plan.parents.flatMap((parent) => ["-p", parent]);
  return await git.run(["commit-tree", plan.tree, ...parents], plan.message, {
    GIT_AUTHOR_NAME: plan.author.name,
    GIT_AUTHOR_EMAIL: plan.author.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    GIT_COMMITTER_DATE: date,
  });
}

/** The tree of a commit with some files changed. */
export async function treeWith(git: Git, commit: string, files: Files): Promise<string> {
  const who = { name: "GitHub", email: "noreply@github.com" };
  const changed = await commitFiles(git, {
    files: [files],
    message: "scratch",
    author: who,
    at: 0,
    parent: commit,
  });
  return await git.run(["rev-parse", `${changed}^{tree}`]);
}
