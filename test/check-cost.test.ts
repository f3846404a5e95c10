// How many git processes does a check of one request cost? (counted by a git of our own on the PATH)
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { check } from "../src/commands/check.ts";
import { wire } from "../src/wire.ts";
import { liveWorld } from "./bench/world.ts";

let shim: string;

beforeAll(async () => {
  shim = await mkdtemp(join(tmpdir(), "lapse-shim-"));
  const script = `#!/bin/sh\necho "$1" >> "$LAPSE_TEST_LOG"\nPATH="$LAPSE_TEST_PATH" exec git "$@"\n`;
  await writeFile(join(shim, "git"), script);
  await chmod(join(shim, "git"), 0o755);
});

afterAll(async () => {
  await rm(shim, { recursive: true });
});

/** The git commands that one check of a pull request runs, and what it says. */
async function gitCommands(live: number): Promise<{ readonly commands: string[]; readonly said: string }> {
  const { dir, base, head, env } = await liveWorld(live);
  const log = join(shim, `${live}.log`);
  const path = env["PATH"] ?? "";
  const counted = { PATH: shim + delimiter + path, LAPSE_TEST_PATH: path, LAPSE_TEST_LOG: log };
  const context = wire(
    { directory: dir, anywhere: false, json: false, color: false },
    { ...env, ...counted },
  );
  const said: string[] = [];
  const io = { ...context.io, out: (text: string) => said.push(text) };
  expect(await check({ ...context, io }, { files: [], base, head })).toBe(0);
  const commands = (await readFile(log, "utf8")).trim().split("\n").sort();
  return { commands, said: said.join("") };
}

test("a check runs at most six git processes, however many requests are live", async () => {
  for (const live of [20, 600]) {
    const { commands, said } = await gitCommands(live);
    expect(said).toContain("Nothing found.");
    // One `cat-file` answers for a while: a slow machine needs a second one.
    expect([5, 6]).toContain(commands.length);
    expect(new Set(commands)).toEqual(new Set(["cat-file", "diff-tree", "for-each-ref", "merge-base"]));
  }
}, 120_000);
