// Does the simulated git answer as the real one does? (the same commands in two repositories; the ledger of Lapse on both)
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { objects } from "../../src/repo/batch.ts";
import { run as real, type Git } from "../../src/repo/process.ts";
import { command } from "./git/commands.ts";
import { lookUp } from "./git/look-up.ts";
import { Gits } from "./git/clones.ts";
import { random, type Random } from "./random.ts";

const exec = promisify(execFile);
const WHO = "A <a@b.c> 1700000000 +0000";
const gits = new Gits();
let git: Git;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "lapse-sim-git-"));
  await exec("git", ["init", "-q", "--bare", dir]);
  const env = { PATH: process.env["PATH"] ?? "", GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  git = { dir, env: { ...env, GIT_LITERAL_PATHSPECS: "1" }, timeout: 20_000 };
});

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** What both say; a difference is what these tests are for. */
async function both(args: readonly string[], input = ""): Promise<string> {
  const ok = [0, 1, 128];
  const wanted = await real(git, args, { input, ok });
  const said = command(gits, { repository: gits.server, args, input: Buffer.from(input), env: {} });
  expect({ ...said, args }).toEqual({ code: wanted.code, out: wanted.out, args });
  return wanted.out.trim();
}

type Files = Readonly<Record<string, string | null>>;

function script(parents: readonly string[], files: Files): string {
  const [first, ...others] = parents;
  const data = (text: string) => `data ${String(Buffer.byteLength(text))}\n${text}\n`;
  return [
    "commit refs/lapse/build/x\nmark :1\n",
    `author ${WHO}\ncommitter ${WHO}\n${data("A message\n\nwith a body\n")}`,
    first === undefined ? "" : `from ${first}\n`,
    ...others.map((one) => `merge ${one}\n`),
    ...Object.entries(files).map(([path, text]) =>
      text === null ? `D ${path}\n` : `M 100644 inline ${path}\n${data(text)}`,
    ),
    `get-mark :1\nreset refs/lapse/build/x\nfrom ${"0".repeat(40)}\n\ndone\n`,
  ].join("");
}

const PATHS = [
  "a",
  "b/c",
  "b/d",
  "b-e",
  "b.f",
  "log/2026/11/1.jsonl",
  "log/2026/12/2.jsonl",
  "requests/x/y.yaml",
];

function someFiles(chance: Random, first: boolean): Files {
  const paths = first ? PATHS : PATHS.filter(() => chance.chance(0.4));
  return Object.fromEntries(
    paths.map((path) => [path, !first && chance.chance(0.2) ? null : `${String(chance.int(0, 9))}\n`]),
  );
}

async function commit(parents: readonly string[], files: Files): Promise<string> {
  return both(["fast-import", "--quiet", "--done", "--date-format=raw"], script(parents, files));
}

describe("the simulated git", () => {
  const commits: string[] = [];
  beforeAll(async () => {
    const chance = random(7);
    commits.push(await commit([], someFiles(chance, true)));
    for (let i = 0; i < 12; i += 1) {
      const ours = chance.pick(commits);
      const theirs = chance.pick(commits);
      const parents = chance.chance(0.3) && theirs !== ours ? [ours, theirs] : [ours];
      commits.push(await commit(parents, someFiles(chance, false)));
    }
  });

  test("names each commit as git does", () => {
    expect(new Set(commits).size).toBeGreaterThan(8);
  });

  test("compares, lists and walks as git does", async () => {
    const raw = ["--raw", "-z", "--no-renames", "--no-abbrev", "--format=tformat:%H %P"];
    const steps = ["log", "--first-parent", "--diff-merges=first-parent", ...raw];
    for (const [i, one] of commits.entries()) {
      const other = commits[(i * 5 + 3) % commits.length] ?? one;
      await both(["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", other, one]);
      await both(["merge-base", "--is-ancestor", other, one]);
      await both(["ls-tree", "-r", "-z", "--full-tree", one, "--", "log", "b"]);
      await both(["ls-tree", "-z", "--full-tree", one, "--", "log/"]);
      await both([...steps, one, `^${other}`, "--"]);
      await both([...steps, one, "--"]);
      await both(["log", "-1", ...steps.slice(1), one, "--"]);
      await both(["log", "--first-parent", "-z", "--format=tformat:%B", one, `^${other}`, "--"]);
      for (const path of PATHS) await both(["rev-list", "-1", "--first-parent", one, "--", path]);
    }
  });

  test("finds objects as git does", async () => {
    const [one = ""] = commits;
    const tree = gits.objects.known(one).tree;
    const names = [one, tree, `${one}^{tree}`, `${tree}^{tree}`, `${one}:b/c`, `${one}:b`, `${one}:none`];
    const ids = async (found: AsyncIterable<{ readonly oid: string; readonly data: Buffer } | undefined>) => {
      const list: (string | undefined)[] = [];
      for await (const object of found) list.push(object && `${object.oid} ${object.data.toString("hex")}`);
      return list;
    };
    const mine = names.map((name) => lookUp(gits.objects, name));
    expect(mine.map((o) => o && `${o.oid} ${o.data.toString("hex")}`)).toEqual(
      await ids(objects(git, names)),
    );
  });

  test("merges as git does", async () => {
    for (const [i, one] of commits.entries()) {
      const other = commits[(i * 7 + 2) % commits.length] ?? one;
      const wanted = await real(git, ["merge-tree", "--write-tree", one, other], { ok: [0, 1] });
      const said = command(gits, {
        ...{ repository: gits.server, input: Buffer.from(""), env: {} },
        args: ["merge-tree", "--write-tree", one, other],
      });
      // A conflict within one file may be none for git, which looks at lines; what both merge is the same.
      if (said.code === 0 && wanted.code === 0) expect(said.out.trim()).toBe(wanted.out.split("\n")[0]);
      else expect(said.code).toBeGreaterThanOrEqual(wanted.code);
    }
  });

  test("keeps refs as git does", async () => {
    const [one = "", other = ""] = commits;
    await both(["update-ref", "refs/lapse/ledger", one]);
    await both(["update-ref", "refs/remotes/origin/lapse/ledger", other]);
    const refs = ["refs/lapse/ledger", "refs/remotes/origin/lapse/ledger"];
    await both(["for-each-ref", "--format=%(refname) %(objectname)", ...refs]);
    await both(["rev-parse", "--verify", "--quiet", "refs/lapse/ledger"]);
    await both(["rev-parse", "--verify", "--quiet", "refs/lapse/nothing"]);
    await both(["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    await both(["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"]);
    await both(["update-ref", "-d", "refs/lapse/ledger"]);
    await both(["rev-parse", "--verify", "--quiet", "refs/lapse/ledger"]);
    await both(["cat-file", "-e", `${one}^{commit}`]);
  });
});
