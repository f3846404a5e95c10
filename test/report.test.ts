// Do people and programs read the right thing?
import { describe, expect, test } from "vitest";
import { error, warning } from "../src/core/finding.ts";
import type { Finding } from "../src/core/model.ts";
import { auditJson, auditText } from "../src/report/audit.ts";
import { checkMarkdown } from "../src/report/check-comment.ts";
import { checkJson, checkText } from "../src/report/check.ts";
import { allCodes, codesNear, codesText, explainText } from "../src/report/explain.ts";
import { annotations, findingsText } from "../src/report/findings.ts";
import { json } from "../src/report/json.ts";
import { planJson, planMarkdown, planText } from "../src/report/plan.ts";
import { storyJson, storyText } from "../src/report/show.ts";
import { statusJson, statusText } from "../src/report/status.ts";
import { lengthWords, relative, utc, when } from "../src/report/time-words.ts";
import { aLive, at, NOON } from "./support/cases.ts";
import { aCheck, anAudit, aPlan, aStatus, aStory, fullPlan, NOW, place } from "./support/reports.ts";

const PLAIN = { color: false };

describe("what people read", () => {
  test("findings: place, frame, why, fix, and the count last", () => {
    const frame = "> 8 |   duration: 40h\n    |             ^^^";
    const why = "request.duration <= entitlement.maxDuration: 40h <= 4h is false";
    const findings: readonly Finding[] = [
      warning("LPS566", "break-glass", "have it reviewed"),
      { ...error("LPS101", "40h is longer than 4h", "set duration to 4h or less", place), frame, why },
    ];
    expect(findingsText(findings, PLAIN)).toMatchInlineSnapshot(`
      "LPS566  break-glass
          fix   have it reviewed
          more  lapse explain LPS566

      requests/orders-db-read/a.yaml:8:16  LPS101  40h is longer than 4h
        > 8 |   duration: 40h
            |             ^^^
          why   request.duration <= entitlement.maxDuration: 40h <= 4h is false
          fix   set duration to 4h or less
          more  lapse explain LPS101

      1 error, 1 warning in 1 file."
    `);
    expect(findingsText([], PLAIN)).toBe("Nothing found.");
    expect(findingsText(findings, { color: true })).toContain("\u001b[31mLPS101");
  });

  test("annotations: errors first, ten of a kind, and a word about the rest", () => {
    const many = Array.from({ length: 12 }, (_, i) =>
      error("LPS101", `no ${i}`, "mend it", { ...place, line: i + 1 }),
    );
    const lines = annotations([warning("LPS566", "odd", "look"), ...many]);
    expect(lines).toHaveLength(12);
    expect(lines[0]).toBe(
      "::error file=requests/orders-db-read/a.yaml,line=1,endLine=1,col=16,title=LPS101::no 0%0Amend it",
    );
    expect(lines.slice(-2)).toEqual([
      "::warning title=LPS566::odd%0Alook",
      "::notice title=lapse::2 more findings in the job summary",
    ]);
  });

  test("status: what is stuck first, relative times with the clock behind", () => {
    expect(statusText(aStatus(), PLAIN)).toMatchInlineSnapshot(`
      "Reconciled 3 min ago (11:57 UTC) at main 9f3c1e2.

      ID          WHO  ENTITLEMENT     TARGET     STATE        ENDS
      late        ann  orders-db-read  orders-db  ▲ overdue    8 min ago (11:52 UTC) · revoke failed 3 × since 11:52 UTC: forbidden (42501)
      fix-orders  ann  orders-db-read  orders-db  ● active     in 59 min (13:00 UTC)
      tonight     ann  orders-db-read  orders-db  ◔ scheduled  starts in 9 h 59 min, ends in 10 h 59 min (23:00 UTC)

      Gone after the end, in the last 90 days
      orders-db  2 ends: p50 41 s, p99 8 min 30 s, worst 8 min 30 s (late) · 1 early end, from the order: p50 2 s, p99 2 s, worst 2 s (b) · 1 STILL OPEN · bound 5 min NOT HELD"
    `);
  });

  test("status: nobody has access, said in words with the time", () => {
    const empty = { ...aStatus(), rows: [], heartbeat: at(-60) };
    expect(statusText(empty, PLAIN)).toMatchInlineSnapshot(`
      "▲ Reconciled 1 h ago (11:00 UTC) at main 9f3c1e2. It should run every 5 min. Access may outlive its end, and nothing new is granted.

      Nobody has access through Lapse right now. (12:00 UTC)

      Gone after the end, in the last 90 days
      orders-db  2 ends: p50 41 s, p99 8 min 30 s, worst 8 min 30 s (late) · 1 early end, from the order: p50 2 s, p99 2 s, worst 2 s (b) · 1 STILL OPEN · bound 5 min NOT HELD"
    `);
    expect(statusText({ ...empty, heartbeat: undefined }, PLAIN)).toContain("No sweep has ever run");
  });

  test("one request's story", () => {
    expect(storyText(aStory("Backfill of stuck orders"), PLAIN)).toMatchInlineSnapshot(`
      "fix-orders  ✓ revoked
        file       requests/orders-db-read/fix-orders.yaml (blob 6669782d6f72)
        why        Backfill of stuck orders
        ticket     Backfill of stuck orders
        who        ann, as ann_ro
        what       orders-db-read on orders-db (postgres, production)
        asked      2026-11-23 11:40 UTC in #412 by user 1001
        approved   carol, 2026-11-23 11:55 UTC, on ccccccc (review 18)
        merged     2026-11-23 12:00:00 UTC as bbbbbbb (#412)
        window     2026-11-23 12:00 UTC → 2026-11-23 13:00 UTC
        policies   ddddddd at the merge, ddddddd when admitted
        granted    2026-11-23 12:00:11 UTC, read back on the target
        ended      2026-11-23 13:00:48 UTC, removal confirmed, 48 s after its end: its window is over

      Ledger
        2026-11-23 12:00:05 UTC       1  admitted     run 77
        2026-11-23 12:00:10 UTC       2  intent       grant · run 77
        2026-11-23 12:00:11 UTC       3  granted      receipt {"role":"fix-orders"} · run 77
        2026-11-23 13:00:00 UTC       4  intent       revoke · expired · run 77
        2026-11-23 13:00:48 UTC       5  revoked      expired · receipt {"read":"absent"} · run 77"
    `);
  });

  test("a plan: what changes and why, the count last", () => {
    expect(planText(fullPlan("bob"), PLAIN)).toMatchInlineSnapshot(`
      "Desired: main at 9f3c1e2.  Compared 2026-11-23 12:00:30 UTC.

         ACTION  TARGET     SUBJECT  ENTITLEMENT     REQUEST  WHY
      -  revoke  orders-db  ann      orders-db-read  bob      ended 8 min ago (11:52 UTC)
      ·  close   orders-db  ann      orders-db-read  b        its file was removed from main; bob still wants the same access
      +  grant   orders-db  bob      orders-db-read  a        approved and merged; ends in 59 min (13:00 UTC)
      ✕  refuse  -          -        x               bob      LPS550 bob (and 1 more)
      ?  hold    -          -        x               h        bob

      ?  bob could not be read: bob. Nothing is concluded about it.

      bob:8:16  LPS550  bob
          fix   bob
          more  lapse explain LPS550

      1 error, 0 warnings in 1 file.

      Plan: 1 to revoke, 1 to close, 1 to grant, 1 refused, 1 held back, 1 unchanged. Revocations run first."
    `);
  });

  test("a plan without changes says so, with what it compared", () => {
    expect(planText(aPlan({ kept: [aLive("k")] }), PLAIN)).toMatchInlineSnapshot(`
      "Desired: main at 9f3c1e2.  Compared 2026-11-23 12:00:30 UTC.

      No changes: 1 unchanged."
    `);
    expect(planText(aPlan({ main: undefined }), PLAIN)).toContain("main could not be read");
  });

  test("a plan on a page has absolute times only", () => {
    const markdown = planMarkdown(fullPlan("bob"), { title: "✓ Reconciled" });
    expect(markdown).toContain("ended 2026-11-23 11:52 UTC");
    expect(markdown).not.toMatch(/\bin \d| ago\b/u);
  });

  test("the comment of a request that may be approved", () => {
    const view = { now: NOW, head: "41ab0c7ffff", residue: [], quote: "ab12", answerBy: at(1440) };
    const markdown = checkMarkdown({ ...view, report: aCheck("Backfill of `stuck` orders") });
    expect(markdown).toMatchInlineSnapshot(`
      "<!-- lapse:v1:check -->
      ### ◌ Needs 1 approval from \`group:data-owners\`

      \`ann\` asks for \`orders-db-read\` on \`orders-db\` for 2h.

      |                 |                                                                                    |
      | --------------- | ---------------------------------------------------------------------------------- |
      | Window          | starts when it is merged and lasts 2 h; void unless merged by 2026-11-24 12:00 UTC |
      | Who may approve | \`carol\`, \`dan\`. Not counted: \`ann\` (subject), the author, whoever pushed, bots     |
      | Why             | \`\`Backfill of \`stuck\` orders\`\`                                                     |
      | Ticket          | \`\`Backfill of \`stuck\` orders\`\`                                                     |
      | Risk            | unknown                                                                            |

      **Critical.** To approve, write this line in the review: \`approve sha256:ab12\`

      <details><summary>What will change (1 to grant, 0 to revoke)</summary>

      - grant \`orders-db\` to \`ann_ro\`: \`{"roles":["orders_read"]}\` within \`\`{"schema":"Backfill of \`stuck\` orders"}\`\`

      Outlives the end: nothing.

      </details>

      <details><summary>1 rule passed, 0 failed</summary>

      | Rule                         | Result | Why                            |
      | ---------------------------- | ------ | ------------------------------ |
      | \`production/ticket-required\` | ✓ pass | \`\`Backfill of \`stuck\` orders\`\` |

      </details>

      Checked \`41ab0c7\` against policies \`3be1f0a\` · 2026-11-23 12:00 UTC. Advice: everything is judged again when it is applied.
      "
    `);
  });

  test("the comment of a request that cannot be approved names no approver", () => {
    const finding = {
      ...error("LPS101", "40h is longer than 4h", "set 4h", place),
      why: "40h <= 4h is false",
    };
    const markdown = checkMarkdown({
      now: NOW,
      head: "41ab0c7",
      residue: [],
      report: aCheck("x", [finding]),
    });
    expect(markdown).toContain("### ✕ Can't be approved as it is: 1 problem\n");
    expect(markdown).toContain("- LPS101 `requests/orders-db-read/a.yaml:8:16` `40h is longer than 4h`");
    expect(markdown).not.toContain("carol");
  });

  test("a check on the terminal", () => {
    expect(checkText(aCheck("x"), NOW)).toMatchInlineSnapshot(`
      "fix-orders: ann asks for orders-db-read on orders-db for 2h
        window     starts when it is merged, lasts 2 h; merged now it would end in 1 h 59 min (14:00 UTC)
        approval   1 of group:data-owners (carol, dan)
        rules      1 rule passed

      Nothing found."
    `);
  });

  test("the audit", () => {
    expect(auditText(anAudit("transient (timeout)"), PLAIN)).toMatchInlineSnapshot(`
      "Access evidence  2026-11-23 11:00 UTC ≤ decided
      main 9f3c1e2 · ledger 5d1eaaa (13 entries, chain intact) · 2026-11-23 13:15 UTC

      Population        3 admitted   2 removed   1 open   0 refused   0 missed   0 break-glass
      Requests          3 on main = 3 decided   difference 0
      Ledger            3 admitted = 2 removed + 1 open   difference 0
      Targets           1 live ≠ 1 observed + 1 not read   difference 1
      Approval          3 by someone other than subject and author, 0 pre-authorised
      Rules             rulesets were never read
      Removal latency   median 41 s   95 % 6 min 10 s   longest 6 min 10 s (b)   1 late   1 OVERDUE
        orders-db  3 ends: p50 6 min 10 s, p99 15 min, worst 15 min (late) · 1 STILL OPEN · bound 5 min NOT HELD

      Exceptions
        LPS550  late (ann on orders-db) should have ended 15 min ago, and no removal is confirmed
                fix: run \`lapse expire\`; \`lapse show late\` says what failed
        LPS563  ci could not be read: transient (timeout)
                fix: make the target reachable with the applier's credentials, then audit again
        LPS551  b (ann on orders-db) was removed 370 s after its end
                fix: \`lapse show b\` says what failed in between

      It does not add up: 2 errors, 1 warning."
    `);
  });

  test("an explanation, and the codes that were perhaps meant", () => {
    expect(explainText("LPS558")).toMatchInlineSnapshot(`
      "LPS558  ended request still on main

        The access has ended, and the file that asked for it is still on main. It gives nothing; its revert
        pull request waits to be merged."
    `);
    expect(codesNear("LPS559x")[0]).toBe("LPS559");
    expect(codesNear("nonsense")).toEqual([]);
    expect(codesText(allCodes()).split("\n")).toHaveLength(allCodes().length);
  });
});

describe("times", () => {
  test.each([
    [NOON, at(0, 30), "30 s ago"],
    [at(42, 59), NOON, "in 42 min"],
    [at(102), NOON, "in 1 h 42 min"],
    [at(60 * 50), NOON, "in 2 d 2 h"],
    [NOON, NOON, "now"],
  ])("%i seen from %i is %s: never more than is left", (then, now, words) => {
    expect(relative(then, now)).toBe(words);
  });

  test("have the clock behind, and the date where it is another day", () => {
    expect(when(at(42), NOON)).toBe("in 42 min (12:42 UTC)");
    expect(when(at(1000), NOON)).toBe("in 16 h 40 min (2026-11-24 04:40 UTC)");
    expect(utc(NOON)).toBe("2026-11-23 12:00 UTC");
    expect(lengthWords(41_999)).toBe("41 s");
  });
});

describe("what programs read", () => {
  const reports: readonly (readonly [string, object])[] = [
    ["plan", planJson(fullPlan("bob"))],
    ["status", statusJson(aStatus())],
    ["show", storyJson(aStory("why"))],
    ["check", checkJson(aCheck("why"))],
    ["audit", auditJson(anAudit("down"))],
  ];
  test.each(reports)("%s is one object with its version, and RFC 3339 times", (_, report) => {
    const text = json(report);
    expect(JSON.parse(text)).toMatchObject({ schemaVersion: 1 });
    // No instant slips out as a bare number of milliseconds.
    expect(text).not.toMatch(/: 1[67]\d{11}\b/u);
  });

  test("an overdue access is said to be overdue, an ending one to be active", () => {
    const report = JSON.parse(json(statusJson(aStatus()))) as {
      grants: { request: string; state: string }[];
    };
    expect(report.grants.map(({ request, state }) => [request, state])).toEqual([
      ["late", "overdue"],
      ["fix-orders", "active"],
      ["tonight", "scheduled"],
    ]);
  });
});
