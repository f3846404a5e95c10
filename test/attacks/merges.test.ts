// Does what was merged have to be what was approved, by whatever way the forge merged it?
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decide } from "../../src/core/decide.ts";
import type { Plan } from "../../src/core/plan.ts";
import { gather } from "../../src/gather.ts";
import { requestFile, requestPath } from "../support/company.ts";
import { SECOND, world, type World } from "../support/world.ts";
import { other } from "./consent/attack.ts";

const METHODS = ["merge", "squash", "rebase"] as const;

/** A pull request of two commits, approved afterwards: the second takes back what came along with the first. */
async function twoCommits(
  w: World,
  id: string,
  first: Readonly<Record<string, string | null>>,
): Promise<number> {
  w.tick(SECOND);
  const path = requestPath({ id });
  const undone = Object.fromEntries(Object.keys(first).map((name) => [name, null]));
  await w.forge.push("ann", `access/${id}`, [{ [path]: requestFile({ id }), ...first }, undone]);
  w.tick(SECOND);
  const pull = await w.forge.openPull("ann", { branch: `access/${id}`, title: id });
  await w.approve(pull, "carol");
  return pull;
}

async function approved(w: World, id: string): Promise<number> {
  const pull = await w.ask({ id });
  await w.approve(pull, "carol");
  return pull;
}

async function matrix(w: World): Promise<void> {
  for (const method of METHODS) {
    await w.merge(await approved(w, `clean-${method}`), "grace", { method });
    const id = `altered-${method}`;
    await w.merge(await approved(w, id), "grace", { method, alter: { [requestPath({ id })]: other(id) } });
    const along = `along-${method}`;
    await w.merge(await approved(w, along), "grace", { method, alter: { [`${method}.txt`]: "hello\n" } });
  }
}

async function shared(w: World): Promise<void> {
  const merge = await w.merge(await approved(w, "shared"));
  await w.forge.push("ann", "elsewhere", {}, { to: w.forge.tip("access/shared") ?? "" });
  await w.forge.push("ann", "also-has-it", { "more.txt": "x\n" }, { parent: merge });
  await w.forge.openPull("ann", {
    branch: "also-has-it",
    title: "open, and holds the merge",
    base: "elsewhere",
  });
  const untold = await approved(w, "untold");
  await w.merge(untold);
  w.forge.withholdMerge(untold);
}

async function queues(w: World): Promise<void> {
  const group = [await approved(w, "queued-one"), await approved(w, "queued-two")];
  w.tick(SECOND);
  await w.forge.mergeQueue("grace", group);
  w.tick(SECOND);
  const squashed = [await approved(w, "queued-three"), await approved(w, "queued-four")];
  w.tick(SECOND);
  await w.forge.push("bob", "access/queued-four", { "notes/four.txt": "rides along\n" });
  w.tick(SECOND);
  await w.forge.review("carol", squashed[1] ?? 0, "APPROVED");
  w.tick(SECOND);
  await w.forge.mergeQueue("grace", squashed, { method: "squash" });
  w.tick(SECOND);
  const rebased = [
    await approved(w, "queued-five"),
    await twoCommits(w, "queued-six", { "evil.txt": "x\n" }),
  ];
  w.tick(SECOND);
  await w.forge.mergeQueue("grace", rebased, { method: "rebase" });
  w.tick(SECOND);
}

describe("merges of every kind", () => {
  let w: World;
  let plan: Plan;
  beforeAll(async () => {
    w = await world();
    await matrix(w);
    await shared(w);
    await queues(w);
    await w.merge(
      await twoCommits(w, "rebased-pair", { [requestPath({ id: "evil" })]: requestFile({ id: "evil" }) }),
      "grace",
      {
        method: "rebase",
      },
    );
    plan = decide((await gather(await w.context())).view);
  }, 120_000);
  afterAll(() => w.stop());

  const admitted = () => plan.admitted.map((a) => a.request);
  const refusal = (id: string) => plan.refused.find((r) => r.request === id)?.findings ?? [];
  const codes = (id: string) => refusal(id).map((f) => f.code);

  it.each(METHODS)("A4: a clean %s is what was approved", (method) => {
    expect(admitted()).toContain(`clean-${method}`);
  });

  it.each(METHODS)("A4: a %s that changes the request on the way gives nothing", (method) => {
    expect(codes(`altered-${method}`)).toContain("LPS304");
  });

  it.each(METHODS)("A4: a %s that takes another file along gives nothing", (method) => {
    expect(codes(`along-${method}`)).toContain("LPS303");
  });

  it("A6: among several pull requests that hold the commit, the one that it merged is the evidence", () => {
    const evidence = plan.admitted.find((a) => a.request === "shared")?.admission.evidence;
    expect(evidence?.approvals.map((a) => a.person)).toEqual(["carol"]);
  });

  it("A6: while the forge does not say which commit merged it, nothing is decided", () => {
    expect(plan.held.filter((h) => h.request === "untold").map((h) => h.reason)).toEqual([
      expect.stringContaining("does not yet say which commit merged"),
    ]);
    expect([...admitted(), ...plan.refused.map((r) => r.request)]).not.toContain("untold");
  });

  it("A18: a merge queue's group: each pull request stands for its own commit", () => {
    expect(admitted()).toEqual(
      expect.arrayContaining(["queued-one", "queued-two", "queued-three", "queued-five"]),
    );
  });

  it("A18: a merge queue's group: what takes something along gives nothing, and spoils no other", () => {
    expect(codes("queued-four")).toContain("LPS303");
  });

  it("A18: a merge queue's group: commits that no pull request names as its merge give nothing", () => {
    expect(plan.held.filter((h) => h.request === "queued-six").map((h) => h.reason)).toEqual([
      expect.stringContaining("a merge queue's group that is rebased"),
    ]);
  });

  it("E14: a request added and removed again within one merge is nothing, and the rest is judged as a whole", () => {
    expect(admitted()).toContain("rebased-pair");
    expect(JSON.stringify(plan)).not.toContain("/evil.yaml");
  });
});
