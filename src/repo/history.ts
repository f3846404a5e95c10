// What happened on main, step by step? (first parents only; a shallow clone is deepened until the answer is sure)
import { readFile } from "node:fs/promises";
import { Problem } from "../core/problem.ts";
import { oid } from "./names.ts";
import { diff, oidAt } from "./objects.ts";
import { run, stream, type Git } from "./process.ts";
import { stepsOf, STEP_FORMAT } from "./raw.ts";
import type { Step } from "./repo.ts";

/** The clone, and a way to get more of its past: `undefined` commits means all of it. */
export interface Past {
  readonly git: Git;
  deepen(reaching: string, commits: number | undefined): Promise<void>;
}

const DEPTHS = [64, 256, 1024, 4096, undefined] as const;
const RAW = ["--raw", "-z", "--no-renames", "--no-abbrev", "-O/dev/null", "--no-ext-diff", STEP_FORMAT];
const FIRST_PARENT = ["--first-parent", "--diff-merges=first-parent"];

/**
 * First-parent steps of `after` that are not in `before`'s history, oldest first; without `before`, all of them. They
 * join up: the first starts at `before` and each starts where the last ended, so nothing on main is outside of a step.
 * Throws a Problem when `before` is not in `after`'s history: main was rewritten.
 */
export async function steps(past: Past, before: string | undefined, after: string): Promise<readonly Step[]> {
  if (before === after) return [];
  if (before !== undefined && !(await isAncestor(past, before, after)))
    throw new Problem(
      "misconfigured",
      `main was rewritten: ${before.slice(0, 12)} is not in the history of ${after.slice(0, 12)}`,
      "restore the branch, or accept the rewrite by hand after an audit; forbid force pushes to main",
    );
  const range = before === undefined ? [oid(after)] : [oid(after), `^${oid(before)}`];
  const found = await whole(past, after, async () => {
    const log = stream(past.git, ["log", ...FIRST_PARENT, ...RAW, ...range, "--"]);
    return (await stepsOf(log)).reverse();
  });
  return before === undefined ? found : joined(past, before, found);
}

/** The first-parent step of `tip` that put the current content at `path`; undefined where there is none now. */
export async function lastStep(past: Past, tip: string, path: string): Promise<Step | undefined> {
  if ((await oidAt(past.git, tip, path)) === undefined) return undefined;
  const [step] = await whole(past, tip, async () => {
    const { out } = await run(past.git, ["rev-list", "-1", "--first-parent", oid(tip), "--", path]);
    return stepsOf(stream(past.git, ["log", "-1", ...FIRST_PARENT, ...RAW, oid(out.trim()), "--"]));
  });
  return step;
}

/** Full messages of first-parent commits `base..tip`, newest first; the empty base means all of them. */
export async function messages(git: Git, base: string, tip: string): Promise<readonly string[]> {
  const range = base === "" ? [oid(tip)] : [oid(tip), `^${oid(base)}`];
  const format = ["-z", "--encoding=UTF-8", "--format=tformat:%B"];
  const { out } = await run(git, ["log", "--first-parent", ...format, ...range, "--"]);
  return out.split("\0").slice(0, -1);
}

/** Deepens a shallow clone before it says no. A descendant that is not here is a Problem. */
export async function isAncestor(past: Past, ancestor: string, descendant: string): Promise<boolean> {
  if (ancestor === descendant) return true;
  await run(past.git, ["cat-file", "-e", `${oid(descendant)}^{commit}`]);
  const known = () => containsLocally(past.git, ancestor, descendant);
  if (await known()) return true;
  for (const depth of DEPTHS) {
    if ((await boundary(past.git)).size === 0) return false;
    await past.deepen(descendant, depth);
    if (await known()) return true;
  }
  return false;
}

/** Is it an ancestor by what this clone has? A clone without that past says no. */
export async function containsLocally(git: Git, ancestor: string, descendant: string): Promise<boolean> {
  const args = ["merge-base", "--is-ancestor", oid(ancestor), oid(descendant)];
  return (await run(git, args, { ok: [0, 1, 128] })).code === 0;
}

/** Where two histories last met; a shallow clone is deepened before it says nowhere. */
export async function mergeBase(past: Past, a: string, b: string): Promise<string | undefined> {
  const ask = async (): Promise<string | undefined> => {
    const { out } = await run(past.git, ["merge-base", oid(a), oid(b)], { ok: [0, 1] });
    return out === "" ? undefined : oid(out.trim());
  };
  for (const depth of DEPTHS) {
    const base = await ask();
    if (base !== undefined || (await boundary(past.git)).size === 0) return base;
    await past.deepen(b, depth);
  }
  return ask();
}

/** What merging without anybody's hand makes; undefined on a conflict, or where the two have nothing in common. */
export async function mergedTree(past: Past, ours: string, theirs: string): Promise<string | undefined> {
  if ((await mergeBase(past, ours, theirs)) === undefined) return undefined;
  const args = ["merge-tree", "--write-tree", oid(ours), oid(theirs)];
  const { code, out } = await run(past.git, args, { ok: [0, 1] });
  return code === 0 ? oid(out.trim()) : undefined;
}

/** Reads steps again with more history for as long as one of them starts where a shallow clone was cut. */
async function whole(past: Past, tip: string, read: () => Promise<Step[]>): Promise<readonly Step[]> {
  for (const depth of DEPTHS) {
    const found = await read();
    const cut = await boundary(past.git);
    if (!found.some((step) => step.before === "" && cut.has(step.after))) return found;
    await past.deepen(tip, depth);
  }
  return read();
}

/** Commits at which a shallow clone ends: their parents exist but are not here. */
async function boundary(git: Git): Promise<ReadonlySet<string>> {
  const { out } = await run(git, ["rev-parse", "--path-format=absolute", "--git-path", "shallow"]);
  const text = await readFile(out.trim(), "utf8").catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw new Problem("misconfigured", "the clone's shallow file cannot be read", "clone it again", cause);
  });
  return new Set(text.split("\n").filter((line) => line !== ""));
}

/**
 * A merge that has the old main as its second parent moves main sideways: git then lists the other branch's commits,
 * which were never main. They become one step, from the old tip to the first commit of main that contains it.
 */
async function joined(past: Past, before: string, found: readonly Step[]): Promise<readonly Step[]> {
  if (found.length === 0 || found[0]?.before === before) return found;
  const main: Step[] = [];
  for (const step of found.toReversed()) {
    if (!(await isAncestor(past, before, step.after))) break;
    main.unshift(step);
  }
  const [{ after } = { after: before }, ...rest] = main;
  return [{ before, after, changes: await diff(past.git, before, after) }, ...rest];
}
