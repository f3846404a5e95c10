// Does an exec plugin end when Lapse does? (the program as it is run from the command line, interrupted)
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { execSite } from "../support/exec.ts";
import { isAlive } from "../support/alive.ts";

const TSX = createRequire(import.meta.url).resolve("tsx");
const WORLD = "src/providers/exec/example/world.mjs";
const site = execSite();
afterAll(site.stop);

async function until(holds: () => boolean, ms: number): Promise<void> {
  for (let i = 0; i < ms / 20 && !holds(); i += 1) await sleep(20);
}

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const)(
  "%s to Lapse ends a slow plugin and what it started, before it writes, and removes its copy",
  async (signal, code) => {
    const [log, late] = [join(site.folder, `log-${signal}`), join(site.folder, `late-${signal}`)];
    const plugin = site.write(
      `#!/bin/sh\nsleep 60 & echo $$ $! "$PWD" "$0" > ${log}.new\nmv ${log}.new ${log}\nsleep 2\ntouch ${late}\n`,
    );
    const args = ["--import", TSX, "src/cli.ts", "provider", "test", plugin, "--world", WORLD];
    const env = { ...process.env, TMPDIR: site.folder };
    const lapse = spawn(process.execPath, args, { env, stdio: "ignore" });
    const ended = new Promise((done) => lapse.once("exit", done));
    await until(() => existsSync(log), 20_000);
    const [pid, child, ...folders] = readFileSync(log, "utf8").trim().split(" ");
    lapse.kill(signal);
    expect(await ended).toBe(code);

    const pids = [Number(pid), Number(child)];
    await until(() => !pids.some(isAlive), 1_000);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(folders).toHaveLength(2);
    expect(folders.filter((path) => existsSync(path))).toEqual([]);
    await sleep(2_500);
    expect(existsSync(late)).toBe(false);
  },
  40_000,
);

test("what was begun last ends first, whatever fails: a program before the folder that it runs in", () => {
  const acts = `
    import { atExit } from "./src/providers/at-exit.ts";
    for (const name of ["folder", "forgotten", "broken", "program"]) {
      const forget = atExit(() => { if (name === "broken") throw new Error(name); console.log(name); });
      if (name === "forgotten") forget();
    }
    process.on("SIGTERM", () => process.exit(0));
    process.kill(process.pid, "SIGTERM");
    setInterval(() => 0, 1e6);`;
  const args = ["--import", TSX, "--input-type=module", "-e", acts];
  expect(execFileSync(process.execPath, args, { encoding: "utf8", timeout: 20_000 })).toBe(
    "program\nfolder\n",
  );
}, 30_000);
