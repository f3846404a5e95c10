// How does the simulated git read a `fast-import` stream?
import { EMPTY_TREE, type Objects } from "./objects.ts";
import { withPath } from "./trees.ts";

interface Reader {
  line(): string | undefined;
  data(size: number): Buffer;
}

function readerOf(input: Buffer): Reader {
  let at = 0;
  return {
    line() {
      if (at >= input.length) return undefined;
      const end = input.indexOf(10, at);
      const text = input.toString("utf8", at, end < 0 ? input.length : end);
      at = end < 0 ? input.length : end + 1;
      return text;
    },
    data(size) {
      const data = input.subarray(at, at + size);
      at += size;
      if (input[at] === 10) at += 1;
      return data;
    },
  };
}

interface Draft {
  mark: string;
  author: string;
  committer: string;
  message: string;
  parents: string[];
  tree: string;
}

/** Makes the commits of a stream and answers its `get-mark`. Refs are not touched: all our streams reset theirs. */
export function fastImport(objects: Objects, input: Buffer): string {
  const reader = readerOf(input);
  const marks = new Map<string, string>();
  let draft: Draft | undefined;
  let answer = "";
  const finish = (): void => {
    if (draft) marks.set(draft.mark, commit(objects, draft));
    draft = undefined;
  };
  for (const [verb, rest] of commandsOf(reader)) {
    if (["commit", "get-mark", "reset"].includes(verb)) finish();
    if (verb === "commit") draft = { ...BLANK };
    if (verb === "get-mark") answer = `${marks.get(rest) ?? ""}\n`;
    if (draft) FILL[verb]?.({ objects, draft, marks, reader, rest });
  }
  finish();
  return answer;
}

function* commandsOf(reader: Reader): Generator<readonly [string, string]> {
  for (let line = reader.line(); line !== undefined; line = reader.line()) {
    const [verb = "", rest = ""] = split(line);
    yield [verb, rest];
  }
}

const BLANK: Draft = { mark: "", author: "", committer: "", message: "", parents: [], tree: EMPTY_TREE };

function commit(objects: Objects, { author, committer, message, parents, tree }: Draft): string {
  return objects.commit(tree, parents, [author, committer], message);
}

function split(line: string): readonly string[] {
  const space = line.indexOf(" ");
  return space < 0 ? [line] : [line.slice(0, space), line.slice(space + 1)];
}

interface Line {
  readonly objects: Objects;
  readonly draft: Draft;
  readonly marks: ReadonlyMap<string, string>;
  readonly reader: Reader;
  readonly rest: string;
}

/** What each line says about the commit that is being made. */
const FILL: Readonly<Record<string, (line: Line) => void>> = {
  mark: ({ draft, rest }) => (draft.mark = rest),
  author: ({ draft, rest }) => (draft.author = rest),
  committer: ({ draft, rest }) => (draft.committer = rest),
  data: ({ draft, reader, rest }) => (draft.message = reader.data(Number(rest)).toString()),
  from: ({ objects, draft, marks, rest }) => {
    const parent = marks.get(rest) ?? rest;
    draft.parents = [parent];
    draft.tree = objects.known(parent).tree;
  },
  merge: ({ draft, marks, rest }) => void draft.parents.push(marks.get(rest) ?? rest),
  D: ({ objects, draft, rest }) => (draft.tree = withPath(objects, draft.tree, unquoted(rest), undefined)),
  M: ({ objects, draft, reader, rest }) => (draft.tree = withFile(objects, draft.tree, rest, reader)),
};

function withFile(objects: Objects, tree: string, rest: string, reader: Reader): string {
  const [mode = "", from = "", ...path] = rest.split(" ");
  const oid = from === "inline" ? objects.blob(inline(reader)) : from;
  const entry = { mode: mode === "040000" ? "40000" : mode, oid };
  return withPath(objects, tree, unquoted(path.join(" ")), entry);
}

function inline(reader: Reader): Buffer {
  const [, size = "0"] = split(reader.line() ?? "");
  return reader.data(Number(size));
}

function unquoted(path: string): string {
  return path.startsWith('"') ? path.slice(1, -1).replace(/\\(["\\])/g, "$1") : path;
}
