// How is a commit made without a work tree? (one `git fast-import`: cost is what changes, not what is there)
import { randomBytes } from "node:crypto";
import { Problem } from "../core/problem.ts";
import { oid, writablePath } from "./names.ts";
import { run, type Git } from "./process.ts";
import type { NewCommit } from "./repo.ts";

/** Builds commits on top of `base` (empty: an orphan) and returns the last one's id. No ref and no work tree changes. */
export async function build(git: Git, base: string, commits: readonly NewCommit[]): Promise<string> {
  // fast-import wants a ref to build on; resetting it to nothing at the end leaves the objects alone.
  const ref = `refs/lapse/build/${randomBytes(8).toString("hex")}`;
  const script = commits.flatMap((commit, i) => [
    ...header(ref, commit, i + 1),
    ...parent(i === 0 ? base : `:${i}`),
    ...Object.entries(commit.files).flatMap(([path, content]) => file(path, content)),
  ]);
  const end = [`get-mark :${commits.length}`, `reset ${ref}`, `from ${"0".repeat(40)}`, "", "done", ""];
  const input = Buffer.concat([...script.map(line), Buffer.from(end.join("\n"))]);
  const { out } = await run(git, ["fast-import", "--quiet", "--done", "--date-format=raw"], { input });
  return oid(out.trim());
}

function header(ref: string, commit: NewCommit, mark: number): (string | Buffer)[] {
  const seconds = Math.floor(Date.parse(commit.date) / 1000);
  if (!Number.isSafeInteger(seconds))
    throw new Problem("misconfigured", "a commit needs a date", "pass RFC 3339");
  const who = `${plain(commit.author.name)} <${plain(commit.author.email)}> ${seconds} +0000`;
  return [`commit ${ref}`, `mark :${mark}`, `author ${who}`, `committer ${who}`, ...data(commit.message)];
}

function parent(base: string): string[] {
  return base === "" ? [] : [`from ${base.startsWith(":") ? base : oid(base)}`];
}

function file(path: string, content: string | null): (string | Buffer)[] {
  if (content === null) return [`D ${writablePath(path)}`];
  return [`M 100644 inline ${writablePath(path)}`, ...data(content)];
}

function data(text: string): (string | Buffer)[] {
  const bytes = Buffer.from(text);
  return [`data ${bytes.length}`, bytes];
}

function line(part: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from(part), Buffer.from("\n")]);
}

function plain(text: string): string {
  return text.replace(/[<>\p{Cc}]/gu, "").trim();
}
