// Can anybody but its reviewers put code into an exec plugin? (by what an interpreter looks for around its copy)
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  symlinkSync,
} from "node:fs";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { Problem } from "../../src/core/problem.ts";
import { ownFolder } from "../../src/providers/exec/place.ts";
import { sha256 } from "../../src/providers/exec/pinned.ts";
import { edge, execSite, thrown } from "../support/exec.ts";

/** The home that the list of users gives, which no variable can change. */
const listed = vi.hoisted(() => ({ home: undefined as string | undefined }));
vi.mock(import("node:os"), async (original) => {
  const os = await original();
  const userInfo = () => ({ ...os.userInfo(), ...(listed.home !== undefined && { homedir: listed.home }) });
  return { ...os, userInfo: userInfo as typeof os.userInfo };
});

const site = execSite();
/** A folder that only we can write, as all above it; `/tmp` is none. */
const mine = mkdtempSync(join(homedir(), ".lapse-exec-test-"));
afterEach(() => {
  vi.unstubAllEnvs();
  listed.home = undefined;
});
afterAll(() => {
  site.stop();
  rmSync(mine, { recursive: true, force: true });
});

let made = 0;
const folder = (mode: number, parent = mine): string => {
  const path = join(parent, `folder-${(made += 1)}`);
  mkdirSync(path);
  chmodSync(path, mode);
  return path;
};

/** A plugin as CommonJS in a `.js` file, whose module type nothing in it says, with an optional dependency. */
const OPTIONAL = `#!/usr/bin/env node
const { readFileSync, writeFileSync } = require("node:fs");
let found = "nothing";
try { found = require("optional-dependency"); } catch {}
const { apiVersion, requestId, config, op } = JSON.parse(readFileSync(0, "utf8"));
if (op === "list") writeFileSync(config.log, __dirname + " " + found);
const plugin = { name: "t", version: "1", ownership: "object", expiry: "none", async: false, residue: [] };
process.stdout.write(JSON.stringify({ apiVersion, requestId, plugin, items: [], complete: true }));
`;

function optional() {
  const program = join(folder(0o700, site.folder), "plugin.js");
  writeFileSync(program, OPTIONAL);
  const config = { log: `${program}.log` };
  return { ...{ program, config, env: ["PATH"] }, sha256: sha256(Buffer.from(OPTIONAL)) };
}

function plant(where: string): void {
  mkdirSync(join(where, "node_modules", "optional-dependency"), { recursive: true });
  writeFileSync(
    join(where, "node_modules", "optional-dependency", "index.js"),
    `module.exports = "code that nobody pinned";`,
  );
}

describe("a plugin", () => {
  test("loads no module that somebody else put above the folder for temporary files", async () => {
    const open = folder(0o1777);
    plant(open);
    vi.stubEnv("TMPDIR", open);
    const connection = optional();
    await (await site.open(connection)).list();
    expect(readFileSync(connection.config.log, "utf8")).toMatch(/ nothing$/);
  });

  test("has the module type that its own file says, whatever package.json is above", async () => {
    const above = folder(0o700);
    writeFileSync(join(above, "package.json"), `{ "type": "module" }`);
    vi.stubEnv("TMPDIR", above);
    const connection = optional();
    await (await site.open(connection)).list();
    const [ran = ""] = readFileSync(connection.config.log, "utf8").split(" ");
    expect(ran.startsWith(above)).toBe(true);
    expect(existsSync(dirname(ran))).toBe(false);
  });
});

describe("a place for the copy", () => {
  const refused = (...bases: readonly string[]): Problem => {
    try {
      ownFolder(bases);
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
      return error as Problem;
    }
    throw new Error("it was taken");
  };

  test.each([
    ["anybody can add to, though nobody can take away", 0o1777],
    ["anybody can write", 0o777],
    ["a group can write", 0o770],
    ["others can write without reading it", 0o702],
  ])("is none that %s, nor any below, and the way out is told", (_, mode) => {
    const open = folder(mode);
    const below = folder(0o700, folder(0o700, open));
    for (const base of [open, below]) {
      const { kind, message, fix } = refused(base);
      expect([kind, message]).toEqual(["misconfigured", expect.stringContaining(`others can write ${open}`)]);
      expect(fix).toContain("TMPDIR");
    }
    expect(readdirSync(below)).toEqual([]);
  });

  test("is none that a link leads to, when that is open", () => {
    const link = join(folder(0o700), "link");
    symlinkSync(folder(0o1777), link);
    refused(link);
  });

  test.skipIf(statSync(mine).uid !== 0)("is none below a folder that is somebody else's", () => {
    const theirs = folder(0o755);
    const below = folder(0o700, theirs);
    chownSync(theirs, 12_345, 0);
    expect(refused(below).message).toContain(theirs);
  });

  test("is the first that will do, of our own, and nobody else may enter it", () => {
    const [open, good] = [folder(0o1777), folder(0o755)];
    const made = ownFolder([join(mine, "nothing"), open, good]);
    expect([dirname(made), statSync(made).mode & 0o777]).toEqual([good, 0o700]);
    expect(readdirSync(open)).toEqual([]);
  });

  test("that there is not is said when connecting, and fails every later question with its reason", async () => {
    const session = await site.open(optional());
    const open = folder(0o1777);
    vi.stubEnv("TMPDIR", open);
    vi.stubEnv("HOME", open);
    listed.home = open;
    expect(await site.open(optional()).catch((error: unknown) => error)).toBeInstanceOf(Problem);
    const error = await thrown(session.verify(edge({})));
    expect(error).toMatchObject({ class: "forbidden", vendorCode: "program" });
    expect(error.message).toContain(`others can write ${open}`);
  });

  test("is also the home from the list of users, where HOME is somebody else's, as in a container of a job", async () => {
    const home = folder(0o700);
    vi.stubEnv("TMPDIR", folder(0o1777));
    vi.stubEnv("HOME", folder(0o777));
    listed.home = home;
    const connection = optional();
    await (await site.open(connection)).list();
    expect(readFileSync(connection.config.log, "utf8").startsWith(home)).toBe(true);
    expect(readdirSync(home)).toEqual([]);
  });
});
