// Does the doctor say of every target what is wrong with it, and change nothing?
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { doctor } from "../src/commands/doctor.ts";
import { policies, target } from "./support/company.ts";
import { world, type World } from "./support/world.ts";

let w: World;
let dir: string;
beforeEach(async () => {
  w = await world();
  dir = await mkdtemp(join(tmpdir(), "lapse-doctor-"));
  execFileSync("git", ["init", "-q", dir]);
  const files = {
    ...policies(),
    "policies/targets/doors.yaml": target("doors", "gate", {}).replace(
      "bound: 20m",
      "bound: 20m\n  sweeper: 5m",
    ),
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
});
afterEach(async () => {
  await w.stop();
  await rm(dir, { recursive: true });
});

async function examined(only?: string) {
  let said = "";
  const context = await w.context();
  const { gitRepo } = await import("../src/repo/git.ts");
  const repo = gitRepo({ dir, env: process.env });
  const io = { ...context.io, out: (text: string) => void (said += text) };
  const code = await doctor({ ...context, dir, repo, io }, only === undefined ? {} : { target: only });
  return { code, said };
}

describe("lapse doctor", () => {
  it("has nothing to say of a target that is well", async () => {
    expect(await examined("shop")).toEqual({ code: 0, said: expect.stringContaining("✓ shop") as string });
  });

  it("tells of one that does not answer, and of the others all the same", async () => {
    w.shop.fault("connect", "timeout-before");
    const { code, said } = await examined();
    expect(code).toBe(3);
    expect(said).toContain("LPS436  shop could not be examined: transient (timeout-before)");
    expect(said).toContain(
      "doors names a sweeper, but what Lapse makes on gate targets does not carry its end",
    );
  });

  it("names what it does not know", async () => {
    await expect(examined("nowhere")).rejects.toThrow("no target is called nowhere");
  });
});
