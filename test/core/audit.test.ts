// Does the audit find every difference between main, the ledger, its index and the targets?
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { auditOf, type AuditInput } from "../../src/core/audit.ts";
import type { Draft, LiveGrant } from "../../src/core/entry.ts";
import type { Step } from "../../src/core/facts.ts";
import { error } from "../../src/core/finding.ts";
import { chronicler } from "../../src/core/history.ts";
import type { Duration, Instant } from "../../src/core/model.ts";
import {
  aDuty,
  added,
  aLife,
  aLive,
  anAdmission,
  anAssignment,
  aStep,
  at,
  blobOf,
  changed,
  entries,
  removed,
} from "../support/cases.ts";

type Dated = readonly [Instant, Draft];

interface Month {
  readonly lives?: readonly (readonly Dated[])[];
  readonly steps?: readonly Step[];
  readonly live?: readonly LiveGrant[];
  readonly now?: Instant;
  readonly more?: Partial<AuditInput>;
}

function audit({ lives = [], steps = [], live = [], now = at(120), more = {} }: Month) {
  const seen = chronicler();
  for (const entry of entries(lives.flat())) seen.add(entry);
  return auditOf({
    now,
    period: {},
    main: { commit: "m1", steps, processed: steps.at(-1)?.after },
    ledger: { commit: "l1", chain: [], chronicle: seen.chronicle(), live },
    bounds: () => (5 * 60_000) as Duration,
    ...more,
  });
}

const codes = (month: Month) => audit(month).findings.map((finding) => finding.code);

describe("what adds up", () => {
  test("is nothing at all", () => {
    expect(audit({})).toMatchObject({ addsUp: true, findings: [], population: { admitted: 0 } });
  });

  test("is a life from its merge to its revert", () => {
    const report = audit({
      lives: [aLife("a", 41), aLife("b", 100), aLife("c")],
      steps: [
        aStep("1", added("a")),
        aStep("2", added("b")),
        aStep("3", added("c")),
        aStep("4", removed("a"), removed("b")),
      ],
      live: [aLive("c")],
      now: at(30),
    });
    expect(report.findings).toEqual([]);
    expect(report.addsUp).toBe(true);
    expect(report.files).toMatchObject({ onMain: 3, decided: 3, difference: 0 });
    expect(report.books).toMatchObject({ admitted: 3, removed: 2, void: 0, open: 1, difference: 0 });
    expect(report.removals).toMatchObject({
      count: 2,
      median: 41_000,
      worst: { request: "b", latency: 100_000 },
    });
    expect(report.approvals).toEqual({ independent: 3, preauthorised: 0, none: 0 });
  });

  test("is a refusal, and a file that no run has seen yet", () => {
    const refused: Dated = [
      at(1),
      {
        kind: "refused",
        request: "r",
        path: "requests/orders-db-read/r.yaml",
        blob: blobOf("r"),
        codes: ["LPS302"],
      },
    ];
    const steps = [aStep("1", added("r")), aStep("2", added("fresh"))];
    const report = audit({
      lives: [[refused]],
      steps,
      more: { main: { commit: "2", steps, processed: "1" } },
    });
    expect(report.files).toMatchObject({ onMain: 2, decided: 1, fresh: 1, difference: 0 });
    expect(report.addsUp).toBe(true);
  });
});

describe("what does not add up", () => {
  const merged = [aStep("1", added("a"))];

  test("access past its end, whatever the index says", () => {
    const report = audit({ lives: [aLife("a")], steps: merged, live: [aLive("a")], now: at(75) });
    expect(report.findings.map(({ code }) => code)).toEqual(["LPS550"]);
    expect(report.findings[0]?.message).toBe(
      "a (ann on orders-db) should have ended 15 min ago, and no removal is confirmed",
    );
    expect(report.addsUp).toBe(false);
  });

  test("access past its end that was decided outside the period", () => {
    const more = { period: { from: at(100) } };
    const report = audit({ lives: [aLife("a")], steps: merged, live: [aLive("a")], more });
    expect(report.population.admitted).toBe(0);
    expect(report.findings.map(({ code }) => code)).toEqual(["LPS550"]);
  });

  test("an early end that was ordered and is not confirmed", () => {
    const assignment = anAssignment("a");
    const order: Draft = {
      kind: "intent",
      op: "revoke",
      request: "a",
      target: "orders-db",
      assignment,
      because: "file-removed",
    };
    const life = [...aLife("a"), [at(10), order] as const];
    expect(codes({ lives: [life], steps: merged, live: [aLive("a")], now: at(20) })).toEqual(["LPS550"]);
  });

  test("a merged request without a decision", () => {
    const report = audit({ steps: merged });
    expect(report.files.difference).toBe(1);
    expect(report.findings.map(({ code }) => code)).toEqual(["LPS552"]);
  });

  test("a merged request without a decision, where main was rewritten after it was processed", () => {
    const main = { commit: "1", steps: merged, processed: "gone" };
    expect(codes({ steps: merged, more: { main } })).toEqual(["LPS552"]);
  });

  test("a decision without a request, and both differences at once do not cancel out", () => {
    const report = audit({ lives: [aLife("ghost", 5)], steps: merged });
    expect(report.files).toMatchObject({ onMain: 1, difference: 2 });
    expect(report.findings.map(({ code }) => code).sort()).toEqual(["LPS552", "LPS553"]);
  });

  test("a decision on content that was never on main", () => {
    const admission = anAdmission("a", { blob: "f".repeat(40) });
    const steps = [...merged, aStep("2", removed("a"))];
    expect(codes({ lives: [aLife("a", 5, admission)], steps })).toEqual(["LPS554"]);
  });

  test("an index that forgot an open case, or invented one", () => {
    const now = at(30);
    expect(codes({ lives: [aLife("a")], steps: merged, now })).toEqual(["LPS559"]);
    const steps = [...merged, aStep("2", removed("a"))];
    expect(codes({ lives: [aLife("a", 5)], steps, live: [aLive("a")] })).toEqual(["LPS559"]);
  });

  test("a grant that no admission stands before", () => {
    expect(codes({ lives: [aLife("a").slice(2)] })).toEqual(["LPS560"]);
  });

  test("a break-glass that nobody reviewed in time", () => {
    const glass = anAdmission("a", { breakGlass: true, review: aDuty(30) });
    const report = audit({
      lives: [aLife("a", 9, glass)],
      steps: [aStep("1", added("a")), aStep("2", removed("a"))],
    });
    expect(report.findings.map(({ code }) => code)).toEqual(["LPS330"]);
    expect(report.addsUp).toBe(false);
  });

  test("a broken chain", () => {
    const chain = [error("LPS550", "entry 4 does not follow entry 3", "compare clones")];
    const seen = chronicler().chronicle();
    const ledger = { commit: "l", chain, chronicle: seen, live: [] };
    const report = audit({ more: { ledger } });
    expect(report.ledger.intact).toBe(false);
    expect(report.addsUp).toBe(false);
  });

  test("a case that only its own subject or author approved", () => {
    const { evidence } = anAdmission("a");
    const approvals = evidence.approvals.map((vote) => ({ ...vote, person: "ann" }));
    const admission = anAdmission("a", { evidence: { ...evidence, approvals } });
    const report = audit({ lives: [aLife("a", 5, admission)], steps: [...merged, aStep("2", removed("a"))] });
    expect(report.approvals).toEqual({ independent: 0, preauthorised: 0, none: 1 });
    expect(report.findings.map(({ code }) => code)).toEqual(["LPS565"]);
  });
});

describe("what is odd and forbids nothing", () => {
  test.each([
    [
      "a late removal",
      { lives: [aLife("a", 301)], steps: [aStep("1", added("a")), aStep("2", removed("a"))] },
      "LPS551",
    ],
    [
      "a changed file",
      {
        lives: [aLife("a", 9)],
        steps: [aStep("1", added("a")), aStep("2", changed("a", "e")), aStep("3", removed("a"))],
      },
      "LPS555",
    ],
    [
      "an id that came twice",
      {
        lives: [aLife("a", 9)],
        steps: [
          aStep("1", added("a")),
          aStep("2", removed("a")),
          aStep("3", added("a")),
          aStep("4", removed("a")),
        ],
      },
      "LPS556",
    ],
    [
      "a request that came and went between two runs",
      { steps: [aStep("1", added("a")), aStep("2", removed("a"))] },
      "LPS557",
    ],
    [
      "an ended request whose file is still on main",
      { lives: [aLife("a", 9)], steps: [aStep("1", added("a"))] },
      "LPS558",
    ],
    [
      "break-glass",
      {
        lives: [aLife("a", 9, anAdmission("a", { breakGlass: true, review: aDuty(10_000) }))],
        steps: [aStep("1", added("a")), aStep("2", removed("a"))],
      },
      "LPS566",
    ],
    [
      "a violation on record",
      { lives: [[[at(1), { kind: "violation", code: "LPS308", subject: "requests/x/y.yaml" }]]] },
      "LPS564",
    ],
  ] satisfies readonly (readonly [string, Month, string])[])("%s", (_, month, code) => {
    const report = audit(month);
    expect(report.findings.map((finding) => finding.code)).toEqual([code]);
    expect(report.addsUp).toBe(true);
  });
});

describe("targets", () => {
  const month = { lives: [aLife("a")], steps: [aStep("1", added("a"))], live: [aLive("a")], now: at(30) };
  const holding = (present: readonly string[]) => ({ holdings: [{ target: "orders-db", present }] });

  test("hold exactly what is live", () => {
    const report = audit({ ...month, more: holding(["role:a"]) });
    expect(report.targets).toMatchObject({ live: 1, observed: 1, difference: 0 });
    expect(report.addsUp).toBe(true);
  });

  test("hold more, or less, or say nothing", () => {
    expect(codes({ ...month, more: holding(["role:a", "role:zombie"]) })).toEqual(["LPS561"]);
    expect(codes({ ...month, more: holding([]) })).toEqual(["LPS562"]);
    const blind = { holdings: [{ target: "orders-db", unreadable: "transient (timeout)" }] };
    expect(codes({ ...month, more: blind })).toEqual(["LPS563"]);
  });

  test("a grant that is being made may be there or not", () => {
    const live = [aLive("a", { phase: "granting" })];
    const lives = [aLife("a").slice(0, 2)];
    expect(codes({ ...month, live, lives, more: holding([]) })).toEqual([]);
    expect(codes({ ...month, live, lives, more: holding(["role:a"]) })).toEqual([]);
  });
});

describe("laws", () => {
  const ids = ["a", "b", "c", "d", "e", "f"];

  test("the order of files in a push and of live cases changes nothing", () => {
    const lives = ids.map((id, i) => aLife(id, i < 4 ? i * 50 : undefined));
    const live = ids.slice(4).map((id) => aLive(id));
    const one = (order: readonly string[]) =>
      audit({
        lives,
        live: [...live].sort((a, b) => order.indexOf(a.request) - order.indexOf(b.request)),
        steps: [
          aStep("1", ...order.map((id) => added(id))),
          aStep("2", ...order.slice(0, 2).map(() => removed("a"))),
        ],
      });
    const expected = one(ids);
    fc.assert(
      fc.property(fc.shuffledSubarray(ids, { minLength: ids.length }), (order) => {
        expect(one(order)).toEqual(expected);
      }),
    );
  });

  test("a removal that is not confirmed is found at every later moment", () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 5_000_000 }), (minute) => {
        const month = { lives: [aLife("a")], steps: [aStep("1", added("a"))], live: [aLive("a")] };
        expect(audit({ ...month, now: at(minute) }).addsUp).toBe(false);
      }),
    );
  });
});
