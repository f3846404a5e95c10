// What does the simulated git answer to a command line? (only what Lapse and its sandbox ask; anything else is an error)
import type { Gits, Repository } from "./clones.ts";
import { firstParents, isAncestor, mergeBase } from "./history.ts";
import { fastImport } from "./import.ts";
import { EMPTY_TREE, type Commit, type Objects } from "./objects.ts";
import { at, compare, files, merged, sameAt, type Change } from "./trees.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
}

export interface Asked {
  readonly objects: Objects;
  readonly repository: Repository;
  readonly args: readonly string[];
  readonly input: Buffer;
  /** `GIT_AUTHOR_NAME` and the like, for `commit-tree`. */
  readonly env: Readonly<Record<string, string>>;
}

type Command = (asked: Asked) => Ran;

const said = (out: string): Ran => ({ code: 0, out });
const ZERO = "0".repeat(40);

/** Runs one command in a repository; throws for a command line that Lapse does not use. */
export function command(gits: Gits, asked: Omit<Asked, "objects">): Ran {
  const { objects } = gits;
  const run = COMMANDS[asked.args[0] ?? ""];
  if (!run) throw new Error(`the simulated git does not know: git ${asked.args.join(" ")}`);
  return run({ ...asked, objects });
}

const COMMANDS: Readonly<Record<string, Command>> = {
  "for-each-ref": forEachRef,
  "update-ref": ({ repository, args: [, ...rest] }) => {
    const [first = "", second = ""] = rest;
    if (first === "-d") repository.refs.delete(second);
    else repository.refs.set(first, second);
    return said("");
  },
  "rev-parse": revParse,
  "symbolic-ref": ({ repository, args }) => {
    const [name = "", to] = args.filter((one) => !one.startsWith("-")).slice(1);
    if (to !== undefined) {
      repository.symbolic.set(name, to);
      return said("");
    }
    const there = repository.symbolic.get(name);
    return there === undefined ? { code: 1, out: "" } : said(`${there}\n`);
  },
  "merge-base": ({ objects, args }) => {
    const [a = "", b = ""] = args.slice(-2);
    if (args.includes("--is-ancestor")) {
      if (!objects.find(a) || !objects.find(b)) return { code: 128, out: "" };
      return { code: isAncestor(objects, a, b) ? 0 : 1, out: "" };
    }
    const base = mergeBase(objects, a, b);
    return base === undefined ? { code: 1, out: "" } : said(`${base}\n`);
  },
  "ls-tree": lsTree,
  "diff-tree": ({ objects, args }) => {
    const [a = "", b = ""] = args.slice(-2).map((one) => objects.find(one)?.tree ?? one);
    return said([...compare(objects, a, b)].map(raw).join(""));
  },
  "cat-file": ({ objects, args: [, , name = ""] }) =>
    objects.find(name.slice(0, 40)) ? said("") : { code: 128, out: "" },
  log,
  "rev-list": revList,
  "fast-import": ({ objects, input }) => said(fastImport(objects, input)),
  "commit-tree": commitTree,
  "merge-tree": ({ objects, args }) => {
    const [a = "", b = ""] = args.slice(-2);
    const base = mergeBase(objects, a, b);
    const treeOf = (oid: string | undefined) => (oid === undefined ? EMPTY_TREE : objects.known(oid).tree);
    const tree = merged(objects, treeOf(base), treeOf(a), treeOf(b));
    return tree === undefined ? { code: 1, out: "" } : said(`${tree}\n`);
  },
};

/** Only the two shapes that are used: some refs by name, and heads of pull requests that a commit contains. */
function forEachRef({ objects, repository, args }: Asked): Ran {
  const patterns = args.slice(1).filter((one) => !one.startsWith("--"));
  const within = args.find((one) => one.startsWith("--merged="))?.slice("--merged=".length);
  const format = args.find((one) => one.startsWith("--format="))?.slice("--format=".length) ?? "";
  const wanted = [...repository.refs].filter(([name]) =>
    patterns.some((pattern) => name === pattern || name.startsWith(`${pattern}/`)),
  );
  const lines = wanted
    .filter(([, oid]) => within === undefined || isAncestor(objects, oid, within))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, oid]) => format.replace("%(refname)", name).replace("%(objectname)", oid));
  return said(lines.map((line) => `${line}\n`).join(""));
}

function revParse({ objects, repository, args }: Asked): Ran {
  if (args.includes("--is-shallow-repository")) return said("false\n");
  if (args.includes("--git-path")) return said(`${repository.dir}/.git/${args.at(-1) ?? ""}\n`);
  const name = args.at(-1) ?? "";
  const oid = revision(objects, repository, name);
  return oid === undefined ? { code: 1, out: "" } : said(`${oid}\n`);
}

/** `oid^{tree}`, `oid^` or a ref's name. */
function revision(objects: Objects, repository: Repository, name: string): string | undefined {
  if (name.endsWith("^{tree}")) return objects.find(name.slice(0, 40))?.tree;
  if (name.endsWith("^")) return objects.find(name.slice(0, -1))?.parents[0];
  return repository.refs.get(name);
}

function lsTree({ objects, args }: Asked): Ran {
  const split = args.indexOf("--");
  const commit = args[split - 1] ?? "";
  const tree = objects.known(commit).tree;
  const folders = args.slice(split + 1).map((path) => path.replace(/\/$/, ""));
  const all = folders.sort().flatMap((folder) => {
    const there = at(objects, tree, folder);
    if (there?.mode !== "40000") return there ? [line(folder, there)] : [];
    if (args.includes("-r"))
      return [...files(objects, there.oid, folder)].map(([p, entry]) => line(p, entry));
    return [...objects.inside(there.oid)].map(([name, entry]) => line(`${folder}/${name}`, entry));
  });
  return said(all.join(""));
}

function line(path: string, { mode, oid }: { readonly mode: string; readonly oid: string }): string {
  return `${mode.padStart(6, "0")} ${mode === "40000" ? "tree" : "blob"} ${oid}\t${path}\0`;
}

function raw({ path, before, after }: Change): string {
  const status = before ? (after ? "M" : "D") : "A";
  const modes = [before, after].map((one) => one?.mode ?? "000000").join(" ");
  return `:${modes} ${before?.oid ?? ZERO} ${after?.oid ?? ZERO} ${status}\0${path}\0`;
}

/** Either whole messages, or first-parent steps with their raw differences; newest first. */
function log({ objects, args }: Asked): Ran {
  const tips = args.filter((one) => /^\^?[0-9a-f]{40}$/.test(one));
  const without = tips.find((one) => one.startsWith("^"))?.slice(1);
  const all = firstParents(objects, tips.find((one) => !one.startsWith("^")) ?? "", without);
  const commits = args.includes("-1") ? first(all) : [...all];
  if (!args.includes("--raw"))
    return said(commits.map(({ message }) => `${message.replace(/\n*$/, "\n")}\0`).join(""));
  return said(commits.map((commit) => step(objects, commit)).join(""));
}

function first(all: Generator<Commit>): readonly Commit[] {
  const next = all.next();
  return next.done === true ? [] : [next.value];
}

function step(objects: Objects, { oid, tree, parents }: Commit): string {
  const before = parents[0] === undefined ? EMPTY_TREE : objects.known(parents[0]).tree;
  const changes = [...compare(objects, before, tree)].map(raw).join("");
  return `${oid} ${parents.join(" ")}\0${changes === "" ? "" : `\n${changes}`}`;
}

/** The last first-parent commit that changed a path; or the path between two commits, newest first. */
function revList(asked: Asked): Ran {
  const split = asked.args.indexOf("--");
  if (split < 0) return between(asked);
  const [tip = "", , path = ""] = asked.args.slice(split - 1);
  return lastTouching(asked.objects, tip, path);
}

/** Remembered for each commit on the way: tips follow each other, and are asked the same again. */
function lastTouching(objects: Objects, tip: string, path: string): Ran {
  const names = path.split("/");
  const passed: string[] = [];
  let found = "";
  for (const { oid, tree, parents } of firstParents(objects, tip, undefined)) {
    const known = objects.touched.get(`${path} ${oid}`);
    const before = parents[0] === undefined ? EMPTY_TREE : objects.known(parents[0]).tree;
    found = known ?? (sameAt(objects, tree, before, names) ? "" : `${oid}\n`);
    passed.push(`${path} ${oid}`);
    if (known !== undefined || found !== "") break;
  }
  for (const key of passed) objects.touched.set(key, found);
  return said(found);
}

function between({ objects, args }: Asked): Ran {
  const [from = "", to = ""] = (args.at(-1) ?? "").split("..");
  const wanted = (oid: string): boolean =>
    !args.includes("--ancestry-path") || isAncestor(objects, from, oid);
  const found = [...firstParents(objects, to, from)].filter(({ oid }) => wanted(oid));
  const ordered = args.includes("--reverse") ? found.reverse() : found;
  return said(ordered.map(({ oid }) => `${oid}\n`).join(""));
}

function commitTree({ objects, args, input, env }: Asked): Ran {
  const parents = args.flatMap((one, i) => (args[i - 1] === "-p" ? [one] : []));
  const resolved = parents.flatMap((one) =>
    one.endsWith("^") ? (objects.find(one.slice(0, -1))?.parents.slice(0, 1) ?? []) : [one],
  );
  const who = ["AUTHOR", "COMMITTER"].map((part) => {
    const [name, email, date] = ["NAME", "EMAIL", "DATE"].map((key) => env[`GIT_${part}_${key}`] ?? "");
    return `${name ?? ""} <${email ?? ""}> ${(date ?? "").replace("@", "")}`;
  });
  const message = input.toString().replace(/\n*$/, "\n");
  return said(`${objects.commit(args[1] ?? "", resolved, [who[0] ?? "", who[1] ?? ""], message)}\n`);
}
