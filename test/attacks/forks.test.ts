// What does a request from a fork need, where policy lets forks in? (nobody here sees their pushes: the digest binds)
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decide } from "../../src/core/decide.ts";
import type { Plan } from "../../src/core/plan.ts";
import { gather } from "../../src/gather.ts";
import { policies, requestFile, requestPath, type Ask } from "../support/company.ts";
import { SECOND, world, type World } from "../support/world.ts";
import { quote } from "./consent/attack.ts";

const SETTINGS = "policies/lapse.yaml";
const WITH_DIGEST = { [SETTINGS]: `${policies()[SETTINGS] ?? ""}  forks: with-digest\n` };

/** A pull request from ann's fork. */
async function fromFork(w: World, ask: Ask, owner = "ann"): Promise<number> {
  w.tick(SECOND);
  const branch = `access/${ask.id}`;
  await w.forge.push(owner, branch, { [requestPath(ask)]: requestFile(ask) }, { fork: true });
  w.tick(SECOND);
  return w.forge.openPull(owner, { branch, title: ask.id, headRepository: "fork" });
}

const digest = (id: string) => quote(requestFile({ id }));

const STORIES: Readonly<Record<string, (w: World, id: string) => Promise<unknown>>> = {
  quoted: async (w, id) => {
    const pull = await fromFork(w, { id });
    await w.approve(pull, "carol", `Fine.\n${digest(id)}`);
    await w.merge(pull);
  },
  unquoted: async (w, id) => {
    const pull = await fromFork(w, { id });
    await w.approve(pull, "carol", "Fine.");
    await w.merge(pull);
  },
  "pushed-late": async (w, id) => {
    const pull = await fromFork(w, { id });
    await w.approve(pull, "carol", digest(id));
    w.tick(SECOND);
    const more = { [requestPath({ id })]: requestFile({ id, duration: "8h" }) };
    await w.forge.push("ann", `access/${id}`, more, { fork: true });
    await w.merge(pull);
  },
  "by-its-owner": async (w, id) => {
    const pull = await fromFork(w, { id, subject: "bob" }, "dan");
    await w.approve(pull, "dan", quote(requestFile({ id, subject: "bob" })));
    await w.merge(pull);
  },
  vetoed: async (w, id) => {
    const pull = await fromFork(w, { id });
    w.tick(SECOND);
    await w.forge.review("dan", pull, "CHANGES_REQUESTED");
    await w.approve(pull, "carol", digest(id));
    await w.merge(pull);
  },
  unvouched: async (w, id) => {
    await w.merge(await fromFork(w, { id, entitlement: "open-read" }));
  },
};

async function planOf(w: World): Promise<Plan> {
  return decide((await gather(await w.context())).view);
}

describe("where policy says with-digest", () => {
  let w: World;
  let plan: Plan;
  beforeAll(async () => {
    w = await world({ files: WITH_DIGEST });
    for (const [id, play] of Object.entries(STORIES)) await play(w, id);
    plan = await planOf(w);
  }, 120_000);
  afterAll(() => w.stop());

  const said = (id: string): string =>
    (plan.refused.find((r) => r.request === id)?.findings ?? [])
      .map((f) => `${f.code} ${f.message}`)
      .join("\n");

  it("A18: a request from a fork passes when its approver quotes what was merged", () => {
    expect(plan.admitted.map((a) => a.request)).toEqual(["quoted"]);
  });

  it("A18: an approval from a fork's pull request that quotes nothing does not count", () => {
    expect(said("unquoted")).toMatch(/LPS306[^\n]*does not quote[^\n]*which a request from a fork needs/);
  });

  it("A18: an unseen push after the approval changes what the digest would have to be", () => {
    expect(said("pushed-late")).toMatch(/LPS306[^\n]*carol \([^)]*does not quote/);
  });

  it("A9: who owns the fork could have pushed to it, and does not count", () => {
    expect(said("by-its-owner")).toMatch(/LPS306[^\n]*dan \([^)]*pushed or committed/);
  });

  it("A13: a veto stands on a fork's pull request too", () => {
    expect(said("vetoed")).toContain("LPS305");
  });

  it("A18: what needs no approval cannot come from a fork, since nobody would vouch for it", () => {
    expect(said("unvouched")).toMatch(/LPS302[^\n]*no approval vouches/);
  });
});

it("A18: policy must have let forks in at the merge, not only by now", async () => {
  const w = await world();
  try {
    await STORIES["quoted"]?.(w, "quoted");
    await w.forge.push("grace", "main", WITH_DIGEST);
    w.tick(SECOND);
    const plan = await planOf(w);
    expect(plan.admitted).toEqual([]);
    expect(plan.refused[0]?.findings.map((f) => f.code)).toContain("LPS302");
  } finally {
    await w.stop();
  }
}, 60_000);
