// Two copies of one ledger: does the audit say whether they tell the same, and where they part?
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { audit } from "../../src/commands/audit.ts";
import { Problem } from "../../src/core/problem.ts";
import { git } from "../support/clones.ts";
import { HOUR, world, type World } from "../support/world.ts";

let w: World;
let dir: string;
/** A bare repository that nobody but the test writes to. */
let mirror: string;
beforeEach(async () => {
  w = await world();
  await w.askAndMerge({ id: "first" });
  await w.apply();
  dir = await mkdtemp(join(tmpdir(), "lapse-copy-"));
  mirror = join(dir, "mirror.git");
  await git(dir, "clone", "-q", "--mirror", w.forge.gitDir, mirror);
});
afterEach(async () => {
  await w.stop();
  await rm(dir, { recursive: true, force: true });
});

interface Copy {
  readonly is: string;
  readonly common: number;
  readonly fork: string;
}

async function compared(address = mirror): Promise<{ code: number; copy: Copy; says: readonly string[] }> {
  let told = "";
  const context = await w.context({ json: true });
  const code = await audit(
    { ...context, io: { ...context.io, out: (text) => void (told += text) } },
    { compare: address },
  );
  const report = JSON.parse(told) as {
    readonly reconciliation: { readonly copy: Copy };
    readonly exceptions: readonly { readonly code: string; readonly message: string }[];
  };
  const says = report.exceptions.filter((one) => one.code === "LPS945").map(({ message }) => message);
  return { code, copy: report.reconciliation.copy, says };
}

describe("another copy of the ledger", () => {
  it("that is the same, or only older, adds up", async () => {
    expect(await compared()).toMatchObject({ code: 0, copy: { is: "same" }, says: [] });
    w.tick(2 * HOUR);
    await w.expire();
    expect(await compared()).toMatchObject({ code: 0, copy: { is: "behind" }, says: [] });
  });

  it("E6: that tells another story fails, and the last entry that both have is named", async () => {
    const fork = w.forge.tip("lapse/ledger") ?? "";
    // What the forge shows to others: the same start, then another end.
    await git(dir, "clone", "-q", "-b", "lapse/ledger", mirror, "other");
    const other = join(dir, "other");
    await git(other, "commit", "-q", "--allow-empty", "-m", "nothing happened");
    await git(other, "push", "-q", "origin", "HEAD:lapse/ledger");
    w.tick(2 * HOUR);
    await w.expire();
    const { code, copy, says } = await compared();
    expect(code).toBe(3);
    expect(copy).toMatchObject({ is: "forked", fork });
    expect(says.join()).toContain(`both have entry ${copy.common} (${fork.slice(0, 12)})`);
    expect(copy.common).toBeGreaterThan(0);
  });

  it("E6: that knows what this one has lost fails", async () => {
    const before = w.forge.tip("lapse/ledger") ?? "";
    w.tick(2 * HOUR);
    await w.expire();
    await git(mirror, "fetch", "-q", w.forge.gitDir, "+refs/heads/lapse/ledger:refs/heads/lapse/ledger");
    await w.forge.push("grace", "lapse/ledger", [], { to: before, force: true });
    const { code, says } = await compared();
    expect(code).toBe(3);
    expect(says.join()).toContain("goes on to entry");
  });

  it("that cannot be read is no answer, and its address does not leak a password", async () => {
    await git(mirror, "update-ref", "-d", "refs/heads/lapse/ledger");
    await expect(compared()).rejects.toThrow("there is no ledger in");
    await expect(compared(join(dir, "nowhere"))).rejects.toBeInstanceOf(Problem);
    await expect(compared("--upload-pack=touch x")).rejects.toThrow("is no address");
    const secret = "http://me:hunter2@127.0.0.1:1/x.git";
    const failed = await compared(secret).catch((problem: unknown) => String(problem));
    expect(failed).not.toContain("hunter2");
  });
});
