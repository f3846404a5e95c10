// Do the reading commands tell what really happened, and exit as they promise? (a whole world, nothing pretended but the target)
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { audit } from "../src/commands/audit.ts";
import { explain } from "../src/commands/explain.ts";
import { policyTest } from "../src/commands/policy-test.ts";
import { show } from "../src/commands/show.ts";
import { status } from "../src/commands/status.ts";
import type { Context, ExitCode } from "../src/context.ts";
import { policies } from "./support/company.ts";
import { HOUR, MINUTE, world, type World } from "./support/world.ts";

let here: World;

interface Said {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

async function say(
  run: (context: Context) => Promise<ExitCode>,
  change: Partial<Context> = {},
): Promise<Said> {
  const out: string[] = [];
  const err: string[] = [];
  const base = await here.context(change);
  const io = { ...base.io, out: (text: string) => out.push(text), err: (text: string) => err.push(text) };
  const code = await run({ ...base, io });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

beforeAll(async () => {
  here = await world();
}, 60_000);

afterAll(async () => {
  await here.stop();
}, 30_000);

describe("from a request to its audit", () => {
  test("at first nobody has access, and everything adds up", async () => {
    const seen = await say((context) => status(context, { check: true }));
    expect(seen).toMatchObject({ code: 0, err: "" });
    expect(seen.out).toContain("Nobody has access through Lapse right now.");
    expect(await say((context) => audit(context, {}))).toMatchObject({ code: 0 });
  }, 60_000);

  test("a granted access is shown with its end, and told from asking to receipt", async () => {
    const pull = await here.askAndMerge({ id: "fix-orders" });
    await here.apply();
    const seen = await say((context) => status(context, {}));
    expect(seen.out).toMatch(/^fix-orders +ann +orders-read +shop +● active +in 59 min/mu);
    const story = await say((context) => show(context, { id: "fix-orders" }));
    expect(story.out).toContain("why        Backfill of stuck orders");
    expect(story.out).toMatch(/approved +carol, /u);
    expect(story.out).toContain(`(#${pull})`);
    expect(story.out).toMatch(/granted +.*read back on the target/u);
    const report = await say((context) => audit(context, { observe: true }));
    expect(report.out).toMatch(/Targets +1 live = 1 observed +difference 0/u);
    expect(report.code).toBe(0);
  }, 60_000);

  test("filters and JSON agree with the table", async () => {
    const none = await say((context) => status(context, { subject: "bob" }));
    expect(none.out).toContain("Nothing matches.");
    const asJson = await say((context) => status(context, { state: "active" }), { json: true });
    expect(JSON.parse(asJson.out)).toMatchObject({
      schemaVersion: 1,
      stale: false,
      grants: [{ request: "fix-orders", state: "active", subject: "ann" }],
    });
    expect(await say((context) => status(context, { state: "great" }))).toMatchObject({ code: 2, out: "" });
  }, 60_000);

  test("access past its end is overdue, loudly, until its removal is read back", async () => {
    here.tick(HOUR + MINUTE);
    const seen = await say((context) => status(context, { check: true }));
    expect(seen.out).toMatch(/▲ overdue +1 min ago|▲ overdue +\d+ s ago/u);
    expect(seen.out).toContain("Access may outlive its end");
    expect(seen.code).toBe(7);
    const report = await say((context) => audit(context, {}));
    expect(report.code).toBe(3);
    expect(report.out).toContain("LPS550");
  }, 60_000);

  test("once removed it is a closed case, listed on demand, and everything adds up again", async () => {
    await here.expire();
    const seen = await say((context) => status(context, { check: true }));
    expect(seen.code).toBe(0);
    expect(seen.out).toContain("Nobody has access");
    expect((await say((context) => status(context, { all: true }))).out).toMatch(/fix-orders .*✓ revoked/u);
    const story = await say((context) => show(context, { id: "fix-orders" }));
    expect(story.out).toMatch(/^fix-orders {2}✓ revoked/u);
    const report = await say((context) => audit(context, { observe: true }), { json: true });
    expect(report.code).toBe(0);
    expect(JSON.parse(report.out)).toMatchObject({
      addsUp: true,
      population: { admitted: 1, removed: 1, open: 0 },
      reconciliation: { requests: { difference: 0 }, ledger: { difference: 0 }, targets: { difference: 0 } },
    });
  }, 60_000);

  test("a refused request is on record with its codes", async () => {
    await here.askAndMerge({ id: "no-approval" }, []);
    await here.apply();
    const story = await say((context) => show(context, { id: "no-approval" }));
    expect(story.out).toMatch(/^no-approval {2}✕ refused/u);
    expect(story.out).toMatch(/refused +.*LPS3\d\d/u);
  }, 60_000);

  test("a request that was never decided is a usage error with the id that was perhaps meant", async () => {
    const story = await say((context) => show(context, { id: "fix-order" }));
    expect(story).toMatchObject({ code: 2, out: "" });
    expect(story.err).toContain("did you mean fix-orders?");
  }, 60_000);
});

describe("offline helpers", () => {
  test("explain knows every code, and lists near ones for one that is not", async () => {
    expect((await say((context) => explain(context, { code: "lps550" }))).out).toContain("outlived its end");
    const unknown = await say((context) => explain(context, { code: "LPS599" }));
    expect(unknown).toMatchObject({ code: 2, out: "" });
    expect(unknown.err).toContain("LPS566");
    expect((await say((context) => explain(context, {}))).out).toContain("LPS101");
  }, 60_000);

  test("policy test reads the work tree, so that policies are tried before they are committed", async () => {
    const cases = (effect: string) => `apiVersion: lapse.dev/v1
kind: PolicyTest
metadata: { name: shop }
spec:
  now: 2026-11-23T12:00:00Z
  cases:
    - name: ann may read
      request: { subject: ann, entitlement: orders-read, duration: 1h }
      expect: { effect: ${effect} }
`;
    const run = async (effect: string) =>
      say(async (context) => {
        const files = { ...policies(), "policies/tests/shop.yaml": cases(effect) };
        for (const [path, text] of Object.entries(files)) {
          await mkdir(dirname(join(context.dir, path)), { recursive: true });
          await writeFile(join(context.dir, path), text);
        }
        return policyTest(context);
      });
    const good = await run("permit");
    expect(good.out).toContain("✓ ann may read");
    expect(good.code).toBe(0);
    const bad = await run("deny");
    expect(bad.out).toMatch(/✕ ann may read {2}policies\/tests\/shop\.yaml:\d+:\d+/u);
    expect(bad.code).toBe(3);
  }, 60_000);
});
