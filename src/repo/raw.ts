// How is git's raw NUL-separated output read? (strictly: an unknown shape is an error, never a guess)
import { Problem } from "../core/problem.ts";
import type { Change, Step } from "./repo.ts";

const META = /^\n?:(\d{6}) (\d{6}) ([0-9a-f]{40}) ([0-9a-f]{40}) ([AMDT])$/;
const HEADER = /^([0-9a-f]{40}) ((?:[0-9a-f]{40} ?)*)$/;

/** Format for `git log` whose output `steps` reads: id, space, parents. */
export const STEP_FORMAT = "--format=tformat:%H %P";

/** Changes of a `diff-tree -z` answer, split at NUL. */
export function changesOf(tokens: readonly string[]): readonly Change[] {
  const changes: Change[] = [];
  for (let i = 0; i + 1 < tokens.length; i += 2) changes.push(changeOf(tokens[i], tokens[i + 1]));
  if (tokens.length % 2 === 0 || tokens.at(-1) !== "") throw unreadable();
  return changes;
}

/** Steps of a `git log --raw -z` answer, newest first as git prints them. */
export async function stepsOf(chunks: AsyncIterable<Buffer>): Promise<Step[]> {
  const steps: Step[] = [];
  let changes: Change[] = [];
  let meta: string | undefined;
  for await (const token of tokensOf(chunks)) {
    if (meta !== undefined) {
      changes.push(changeOf(meta, token));
      meta = undefined;
    } else if (META.test(token)) meta = token;
    else {
      const [, after, parents = ""] = HEADER.exec(token) ?? [];
      if (after === undefined) throw unreadable();
      changes = [];
      steps.push({ before: parents.slice(0, 40), after, changes });
    }
  }
  if (meta !== undefined) throw unreadable();
  return steps;
}

async function* tokensOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\0");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") throw unreadable();
}

function changeOf(meta: string | undefined, path: string | undefined): Change {
  const found = META.exec(meta ?? "");
  if (!found || path === undefined || path === "") throw unreadable();
  const [oldMode, newMode, oldOid, newOid, status] = found.slice(1) as [
    string,
    string,
    string,
    string,
    string,
  ];
  return { status: status as Change["status"], oldMode, newMode, oldOid, newOid, path };
}

function unreadable(): Problem {
  return new Problem("misconfigured", "git's raw output has an unknown shape", "use git 2.34 or newer");
}
