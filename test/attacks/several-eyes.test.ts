// When access needs several people, does it get several people, and of the right groups?
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { check } from "../../src/check.ts";
import { decide } from "../../src/core/decide.ts";
import type { Plan } from "../../src/core/plan.ts";
import { gather } from "../../src/gather.ts";
import { checkMarkdown } from "../../src/report/check-comment.ts";
import { policies, requestFile, requestPath, type Ask } from "../support/company.ts";
import { world, type World } from "../support/world.ts";
import { quote } from "./consent/attack.ts";

const HEAD = "apiVersion: lapse.dev/v1\n";

/** As `orders-read`, with other demands. */
const offer = (name: string, approvals: string) => ({
  [`policies/entitlements/${name}.yaml`]: (policies()["policies/entitlements/orders-read.yaml"] ?? "")
    .replaceAll("orders-read", name)
    .replace(/approvals: .*/, `approvals: ${approvals}`),
});

/** carol is in both groups; dan is an owner, erin a lead. */
const FILES = {
  "policies/people/leads.yaml": `${HEAD}kind: Group\nmetadata: { name: leads }\nspec: { members: [carol, erin] }\n`,
  ...offer("two-groups", "[{ from: [group:owners], count: 1 }, { from: [group:leads], count: 1 }]"),
  ...offer("either", "[{ from: [group:owners, group:security], count: 2 }]"),
  ...offer(
    "long",
    `[{ from: [group:owners], count: 1 }, { from: [group:security], count: 1, when: "request.duration > duration('2h')" }]`,
  ),
};

interface Story extends Ask {
  readonly by: readonly string[];
  readonly passes: boolean;
  readonly story: string;
}

const STORIES: readonly Story[] = [
  {
    id: "one-of-two",
    entitlement: "orders-write",
    by: ["carol"],
    passes: false,
    story: "A10: one of two owners",
  },
  {
    id: "two-of-two",
    entitlement: "orders-write",
    by: ["carol", "dan"],
    passes: true,
    story: "A10: two owners",
  },
  {
    id: "same-twice",
    entitlement: "orders-write",
    by: ["dan", "dan"],
    passes: false,
    story: "A10: one owner, twice",
  },
  {
    id: "alone-in-both",
    entitlement: "two-groups",
    by: ["carol"],
    passes: false,
    story: "A10: one person who is in both groups",
  },
  {
    id: "one-for-each",
    entitlement: "two-groups",
    by: ["carol", "dan"],
    passes: true,
    story: "A10: one person for each of two groups, whoever came first",
  },
  {
    id: "both-of-one",
    entitlement: "two-groups",
    by: ["dan"],
    passes: false,
    story: "A10: the first group alone",
  },
  {
    id: "either-way",
    entitlement: "either",
    by: ["dan", "erin"],
    passes: true,
    story: "A10: two of two groups together",
  },
  {
    id: "digest-and-groups",
    entitlement: "crown",
    by: ["carol", "erin"],
    passes: true,
    story: "A10: both groups, each with the digest",
  },
  {
    id: "wrong-group-twice",
    entitlement: "crown",
    by: ["carol", "dan"],
    passes: false,
    story: "A10: two of one group, none of the other",
  },
  {
    id: "short",
    entitlement: "long",
    duration: "2h",
    by: ["dan"],
    passes: true,
    story: "A10: a condition that does not apply",
  },
  {
    id: "long-alone",
    entitlement: "long",
    duration: "3h",
    by: ["dan"],
    passes: false,
    story: "A10: a condition that applies, without its group",
  },
  {
    id: "long-both",
    entitlement: "long",
    duration: "3h",
    by: ["dan", "erin"],
    passes: true,
    story: "A10: a condition that applies, with its group",
  },
];

describe("several eyes", () => {
  let w: World;
  let plan: Plan;
  beforeAll(async () => {
    w = await world({ files: FILES });
    for (const { by, ...ask } of STORIES) {
      const pull = await w.ask(ask);
      for (const one of by) await w.approve(pull, one, quote(requestFile(ask)));
      await w.merge(pull);
    }
    plan = decide((await gather(await w.context())).view);
  }, 120_000);
  afterAll(() => w.stop());

  it.each(STORIES.map((s) => [s.story, s.passes ? "suffice" : "do not suffice", s] as const))(
    "%s %s",
    (_, __, s) => {
      expect(plan.held.filter((h) => h.request === s.id)).toEqual([]);
      expect(plan.admitted.some((a) => a.request === s.id)).toBe(s.passes);
      const codes = plan.refused.find((r) => r.request === s.id)?.findings.map((f) => f.code) ?? [];
      expect(codes).toEqual(s.passes ? [] : ["LPS306"]);
    },
  );

  it("what is missing is said with its group and who came", () => {
    const said = plan.refused.find((r) => r.request === "long-alone")?.findings.map((f) => f.message);
    expect(said?.join()).toMatch(/1 of group:owners and 1 of group:security.*dan/);
  });

  const comment = async (ask: Ask): Promise<string> => {
    const base = w.forge.tip("main") ?? "";
    const head = await w.forge.push("ann", `check/${ask.id}`, { [requestPath(ask)]: requestFile(ask) });
    const context = await w.context();
    await promisify(execFile)("git", ["-C", context.dir, "fetch", "-q", "origin", "main", `check/${ask.id}`]);
    const report = await check(context, { files: [], base, head });
    return checkMarkdown({ report, now: context.now, head, residue: [] });
  };

  it("the check says who may approve for which group, and that they are different people", async () => {
    const text = await comment({ id: "for-check", entitlement: "two-groups" });
    expect(text).toContain("1 approval from `group:owners` and 1 approval from `group:leads`");
    expect(text).toMatch(
      /1 of `carol`, `dan`.*; and 1 of `carol`, `erin`, each a different person\. Not counted/,
    );
  });

  it("the check applies a condition as apply does", async () => {
    expect(await comment({ id: "check-short", entitlement: "long", duration: "2h" })).not.toContain(
      "security",
    );
    expect(await comment({ id: "check-long", entitlement: "long", duration: "3h" })).toContain(
      "1 approval from `group:owners` and 1 approval from `group:security`",
    );
  });
});

describe("groups of approvers", () => {
  it("A21: are files: a team of the forge can be named nowhere, and is never asked for", async () => {
    const w = await world({ files: offer("by-team", "[{ from: [team:owners], count: 1 }]") });
    try {
      await w.askAndMerge({ id: "by-team", entitlement: "by-team" });
      await w.askAndMerge({ id: "by-file" });
      const plan = decide((await gather(await w.context())).view);
      expect(plan.admitted.map((a) => a.request)).toEqual(["by-file"]);
      expect(plan.held.map((h) => [h.request, h.reason])).toEqual([
        ["by-team", expect.stringContaining("cannot be read")],
      ]);
      expect(w.forge.calls.length).toBeGreaterThan(0);
      expect(w.forge.calls.filter(({ call }) => /\/(teams|orgs|memberships)\b/.test(call))).toEqual([]);
    } finally {
      await w.stop();
    }
  }, 60_000);
});
