// What can somebody reach who forges checks, drops triggers or has the applier's pull requests ignored?
import { execFile } from "node:child_process";
import { cp, mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { github } from "../../src/forge/github.ts";
import { requestPath } from "../support/company.ts";
import { HOUR, MINUTE, world, type World } from "../support/world.ts";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const ASK = { id: "one", duration: "1h" };

async function played(story: (w: World) => Promise<void>): Promise<void> {
  const w = await world();
  try {
    await story(w);
  } finally {
    await w.stop();
  }
}

/** As an App that somebody else installed: it can set any check by any name. */
const asStranger = (w: World) => {
  const token = decodeURIComponent(new URL(w.forge.gitUrlFor("robo")).password);
  return github({ apiUrl: w.forge.apiUrl, repository: "acme/access", token });
};

test("C2: a green check by the right name on a request that nobody approved gives nothing", () =>
  played(async (w) => {
    const pull = await w.ask(ASK);
    const { head } = await asStranger(w).pull(pull);
    await asStranger(w).checkRun(head.sha, { name: "lapse / check", ok: true, title: "ok", summary: "ok" });
    await w.merge(pull, "mallory");
    const { plan } = await w.apply();
    expect(plan.refused.map(({ request }) => request)).toEqual(["one"]);
    expect(w.shop.can("ann", "reader")).toBe(false);
  }));

test("C13: nine of ten triggers are lost, in any order, and the end is what all of them would have made", async () => {
  /** The same day for everybody: two requests, one early end, one that ran out; runs in between, or not. */
  const day = async (runs: readonly boolean[]): Promise<unknown> => {
    let seen: unknown;
    await played(async (w) => {
      let turn = 0;
      const trigger = async () => {
        const does = runs[turn % runs.length] ?? false;
        turn += 1;
        if (does) await (turn % 2 === 0 ? w.apply() : w.expire());
      };
      await w.askAndMerge({ id: "short", duration: "1h" });
      await trigger();
      await w.askAndMerge({ id: "long", subject: "bob", duration: "6h" });
      await trigger();
      w.tick(30 * MINUTE);
      await trigger();
      await w.forge.push("grace", "main", { [requestPath({ id: "long" })]: null });
      await trigger();
      await w.askAndMerge({ id: "late", duration: "8h" });
      await trigger();
      w.tick(HOUR);
      for (let i = 0; i < 5; i += 1) await trigger();
      // The one run that the schedule brings in the end.
      await w.expire();
      await w.apply();
      seen = [w.shop.can("ann", "reader"), w.shop.can("bob", "reader"), w.shop.objects.size];
    });
    return seen;
  };
  const all = await day(Array<boolean>(10).fill(true));
  expect(all).toEqual([true, false, 1]);
  const one = fc.integer({ min: 0, max: 9 }).map((kept) => Array.from({ length: 10 }, (_, i) => i === kept));
  await fc.assert(
    fc.asyncProperty(one, async (runs) => {
      expect(await day(runs)).toEqual(all);
    }),
    { numRuns: 3 },
  );
}, 180_000);

test(
  "C19: whatever becomes of the revert pull request, access has ended, and closing it gives nothing back",
  () =>
    played(async (w) => {
      await w.askAndMerge(ASK);
      await w.apply();
      expect(w.shop.can("ann", "reader")).toBe(true);
      w.tick(2 * HOUR);
      w.forge.fault({
        on: /^POST .*\/(pulls|git-receive-pack)/,
        do: { is: "error", status: 403 },
        times: 1000,
      });
      const { outcomes } = await w.expire();
      expect(outcomes.map(({ op, ok }) => [op, ok])).toEqual([["revoke", true]]);
      w.forge.clearFaults();
      w.tick(HOUR);
      await w.apply();
      expect(w.shop.can("ann", "reader")).toBe(false);
    }),
  120_000,
);

describe("F9: a check needs nothing that a secret could open", () => {
  test("F9: with an empty environment, and every socket refused", async () => {
    const dir = await mkdtemp(join(tmpdir(), "lapse-check-"));
    try {
      await cp(join(ROOT, "policies"), join(dir, "policies"), { recursive: true });
      const path = "requests/orders-db-read/ann-1.yaml";
      await mkdir(join(dir, dirname(path)), { recursive: true });
      const head = "apiVersion: lapse.dev/v1\nkind: AccessRequest\nmetadata: { name: ann-1 }\nspec:\n";
      const spec = "  subject: ann\n  entitlement: orders-db-read\n  duration: 2h\n";
      await writeFile(
        join(dir, path),
        `${head}${spec}  reason: Backfill of stuck orders\n  ticket: INC-4711\n`,
      );
      const guard = join(dir, "guard.mjs");
      await writeFile(
        guard,
        `import net from "node:net"; import dns from "node:dns";
net.Socket.prototype.connect = () => { throw new Error("SOCKET USED"); };
dns.lookup = () => { throw new Error("NAME LOOKED UP"); };\n`,
      );
      const git = (...args: readonly string[]) => exec("git", ["-C", dir, ...args], dir);
      await git("init", "-q");
      const tsx = createRequire(import.meta.url).resolve("tsx");
      const args = ["--import", tsx, "--import", guard, join(ROOT, "src/cli.ts"), "check", path];
      const { code, output } = await exec(process.execPath, args, dir);
      expect(output).not.toMatch(/SOCKET USED|NAME LOOKED UP/);
      expect(output).toContain("carol");
      expect(code).toBe(0);
    } finally {
      await rm(dir, { recursive: true });
    }
  }, 60_000);
});

/** With nothing of this process's environment but where programs are. */
function exec(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    const env = { PATH: process.env["PATH"] ?? "" };
    execFile(program, args, { cwd, env, timeout: 40_000 }, (error, out, err) => {
      const code = typeof error?.code === "number" ? error.code : error ? -1 : 0;
      done({ code, output: `${out}${err}` });
    });
  });
}
