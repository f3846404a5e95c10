// Do appliers, a controller and a crowd of writers get in each other's way? (real processes, real git, a real PostgreSQL)
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Draft } from "../src/core/entry.ts";
import { gitLedger, type GitLedger } from "../src/repo/git-ledger.ts";
import { gitRepo } from "../src/repo/git.ts";
import { setStage, type Seat, type Stage } from "../src/sandbox/demo/stage.ts";
import { anAdmission, at } from "./support/cases.ts";
import { commitFiles, git, playground, type Playground } from "./support/clones.ts";

/** `npm run test:contention` is the whole crowd. */
const [WRITERS, APPENDS] = process.env["LAPSE_CONTENTION"] === "1" ? ([20, 50] as const) : ([6, 6] as const);
const LIMIT = 1_800_000;
const CLI = join(dirname(dirname(fileURLToPath(import.meta.url))), "src/cli.ts");
const TSX = createRequire(import.meta.url).resolve("tsx");

describe("a crowd of writers", () => {
  let ground: Playground;
  beforeEach(async () => {
    ground = await playground();
    const root = await commitFiles(ground.remote, [], { a: "1" });
    await git(ground.remote, "update-ref", "refs/heads/main", root);
  });
  afterEach(() => ground.remove());

  const writer = async (): Promise<GitLedger> => {
    const repo = gitRepo({ dir: await ground.clone(), timeout: 60_000 });
    await repo.fetch();
    return gitLedger(repo);
  };
  const admitted = (request: string): Draft => ({
    kind: "admitted",
    request,
    admission: anAdmission(request),
  });

  test(
    "E12: all at once: every entry is there once and the chain is whole",
    async () => {
      const writers = await Promise.all(Array.from({ length: WRITERS }, writer));
      const stamp = { at: at(0), run: "77" };
      let kept = 0;
      await Promise.all(
        writers.map(async (ledger, w) => {
          for (let i = 0; i < APPENDS; i += 1)
            if ((await ledger.record([admitted(`w${w}-${i}`)], stamp)).is === "kept") kept += 1;
          // Who lost too often kept it in the clone: the next append takes it along.
          for (let tries = 0; tries < 500 && (await ledger.read()).waiting === true; tries += 1)
            await ledger.record([], stamp);
        }),
      );
      const seen = await writer();
      const entries = await seen.since(at(0));
      const ids = entries.flatMap((entry) => ("request" in entry ? [entry.request] : []));
      expect([ids.length, new Set(ids).size]).toEqual([WRITERS * APPENDS, WRITERS * APPENDS]);
      expect(await seen.verify()).toEqual([]);
      process.stdout.write(
        `${ids.length} entries by ${WRITERS} writers; ${kept} had to wait for a later append\n`,
      );
    },
    LIMIT,
  );
});

interface Running {
  readonly output: () => string;
  readonly stop: () => void;
  readonly code: Promise<number | null>;
}

/** The command line, as the workflows start it. */
function start(seat: Seat, clone: string, ...args: readonly string[]): Running {
  const env = { PATH: process.env["PATH"], HOME: dirname(clone), ...seat.env };
  const child = spawn(process.execPath, ["--import", TSX, CLI, "-C", clone, ...args], {
    env,
    timeout: 120_000,
  });
  let output = "";
  for (const pipe of [child.stdout, child.stderr])
    pipe.on("data", (chunk: Buffer) => void (output += chunk.toString()));
  const code = new Promise<number | null>((done) => child.once("close", done));
  return { output: () => output, stop: () => void child.kill("SIGTERM"), code };
}

describe("two appliers and one controller", () => {
  let stage: Stage;
  const started: Running[] = [];
  beforeEach(async () => {
    stage = await setStage();
  }, 120_000);
  afterEach(async () => {
    for (const one of started) one.stop();
    await Promise.all(started.map(({ code }) => code));
    await stage.stop();
  });

  const IDS = ["one", "two", "three", "four"];
  const file = (id: string) => `apiVersion: lapse.dev/v1
kind: AccessRequest
metadata: { name: ${id} }
spec:
  subject: ${id === "two" || id === "four" ? "bob" : "ann"}
  entitlement: orders-db-read
  duration: 1h
  reason: Backfill of stuck orders
  ticket: INC-4711
`;

  test(
    "at once, on one repository and one database: every request is given once, and the controller stops when told",
    async () => {
      const seat = await stage.seat("lapse-applier[bot]");
      const clones = await Promise.all(
        ["a", "b", "c"].map(async (name) => {
          const dir = join(stage.dir, `seat-${name}`);
          await git(stage.dir, "init", "-q", dir);
          await git(dir, "remote", "add", "origin", stage.forge.gitUrlFor("lapse-applier[bot]"));
          return dir;
        }),
      );
      const [a = "", b = "", c = ""] = clones;
      const run = (clone: string, ...args: readonly string[]): Running => {
        const one = start(seat, clone, ...args);
        started.push(one);
        return one;
      };
      const { forge, database } = stage;
      expect(await run(a, "expire").code).toBe(0);
      for (const id of IDS) {
        await forge.push("ann", `access/${id}`, { [`requests/orders-db-read/${id}.yaml`]: file(id) });
        const pull = await forge.openPull("ann", { branch: `access/${id}`, title: id });
        await sleep(1100);
        await forge.review("carol", pull, "APPROVED");
        await forge.merge("carol", pull, { method: "squash" });
      }
      const controller = run(c, "controller", "--poll", "2s");
      const appliers = [run(a, "apply"), run(b, "apply")];
      await Promise.all(appliers.map(({ code }) => code));
      const roles = () =>
        database.ask("ann", "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'acme-lapse:%'");
      for (let tries = 0; tries < 60 && !(await roles()).includes(String(IDS.length)); tries += 1)
        await sleep(500);
      const said = [controller, ...appliers].map(({ output }) => output()).join("\n");
      expect(await roles(), said).toContain(String(IDS.length));
      controller.stop();
      expect([await controller.code, controller.output()]).toEqual([
        0,
        expect.stringContaining("stopped") as string,
      ]);
      const repo = gitRepo({ dir: a, env: process.env });
      await repo.fetch();
      const ledger = gitLedger(repo);
      const entries = await ledger.since(at(-60 * 24 * 365 * 20));
      const granted = entries.flatMap((entry) => (entry.kind === "granted" ? [entry.request] : []));
      expect([...new Set(granted)].sort()).toEqual([...IDS].sort());
      const admitted = entries.flatMap((entry) => (entry.kind === "admitted" ? [entry.request] : []));
      expect(admitted.sort()).toEqual([...IDS].sort());
      expect((await ledger.read()).live.map(({ phase }) => phase)).toEqual(IDS.map(() => "granted"));
      expect(await ledger.verify()).toEqual([]);
    },
    LIMIT,
  );
});
