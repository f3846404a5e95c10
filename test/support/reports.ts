// Reports with one text in every place that somebody else may write.
import { auditOf } from "../../src/core/audit.ts";
import type { Checked, CheckReport } from "../../src/core/check.ts";
import { error } from "../../src/core/finding.ts";
import { chronicler } from "../../src/core/history.ts";
import type { AccessRequest, Catalog, Duration, Finding } from "../../src/core/model.ts";
import type { Plan } from "../../src/core/plan.ts";
import { lateness, overdue, type Removal } from "../../src/core/lateness.ts";
import { inOrder, openRow, type Status } from "../../src/core/status.ts";
import type { Story } from "../../src/core/story.ts";
import { added, aLife, aLive, anAdmission, aStep, at, entries, NOON, removed } from "./cases.ts";

export const place = { file: "requests/orders-db-read/a.yaml", line: 8, column: 16 };

const LATE = { ...aLive("late"), end: at(-8) };
export const NOW = at(0, 30);

export function aPlan(changes: Partial<Plan> = {}): Plan {
  return {
    now: NOW,
    main: "9f3c1e2aaaaa",
    ends: [],
    grants: [],
    admitted: [],
    refused: [],
    missed: [],
    held: [],
    reviewed: [],
    kept: [],
    waysOut: [],
    unseen: [],
    aboutMain: [],
    violations: [],
    warnings: [],
    ...changes,
  };
}

/** Every part of a plan, with one text in every place that somebody else may write. */
export function fullPlan(text: string): Plan {
  const finding = error("LPS550", text, text, { ...place, file: text });
  return aPlan({
    ends: [
      { op: "revoke", grant: { ...LATE, request: text }, because: "expired" },
      { op: "release", grant: aLive("b"), because: "file-removed", reason: { heldBy: text } },
    ],
    grants: [{ op: "grant", request: "a", admission: anAdmission("a", { subject: text }), why: "new" }],
    refused: [{ request: text, path: "requests/x/y.yaml", blob: "", findings: [finding, finding] }],
    held: [{ request: "h", path: "requests/x/h.yaml", reason: text }],
    kept: [aLive("k")],
    unseen: [{ target: text, reason: text }],
    violations: [finding],
  });
}

function aRequest(text: string): AccessRequest {
  return {
    id: "fix-orders",
    path: place.file,
    subject: "ann",
    entitlement: "orders-db-read",
    duration: 7_200_000 as Duration,
    reason: text,
    ticket: text,
    scope: { schema: text },
    breakGlass: false,
    places: {},
  };
}

const lost = () => ({ is: "absent" }) as const;
const CATALOG: Catalog = {
  digest: "3be1f0a9",
  settings: { is: "absent" },
  person: lost,
  group: lost,
  target: lost,
  entitlement: lost,
  people: [],
  groups: [],
  targets: [],
  entitlements: [],
  policies: [],
  findings: [],
  broken: [],
};

export function aCheck(text: string, findings: readonly Finding[] = []): CheckReport {
  const request = aRequest(text);
  const checked: Checked = {
    request,
    window: { start: NOON, end: at(120) },
    claim: anAdmission("fix-orders").claim,
    findings,
    decision: {
      effect: findings.length > 0 ? "Deny" : "Permit",
      findings,
      obligations: {
        approvals: [{ from: ["group:data-owners"], approvers: ["carol", "dan"], count: 1 }],
        cap: 7_200_000 as Duration,
      },
      rules: [{ policy: "production", rule: "ticket-required", ok: true, why: text }],
    },
  };
  const policies = { usable: true, findings: [], policies: [], conditions: new Map() };
  const rules = {
    catalog: CATALOG,
    policies,
    lint: () => undefined,
    secondWay: () => "best effort" as const,
    schemas: () => undefined,
  };
  return { checked: [checked], findings, rules };
}

export function aStatus(text = "forbidden (42501)"): Status {
  const stuck = {
    ...LATE,
    phase: "ending" as const,
    ending: { because: "expired" as const, since: at(-8) },
    failure: { op: "revoke" as const, error: text, since: at(-8), count: 3 },
  };
  const live = [
    aLive("fix-orders"),
    stuck,
    aLive("tonight", { phase: "waiting", start: at(600), end: at(660) }),
  ];
  const rows = inOrder(live.map((grant) => openRow(grant, NOW)));
  const interval = 300_000 as Duration;
  const removals: readonly Removal[] = [
    { request: "a", target: "orders-db", due: at(-60), early: false, gone: at(-60, 41) },
    { request: "b", target: "orders-db", due: at(-60), early: true, gone: at(-60, 2) },
    ...overdue(live, NOW),
  ];
  const late = lateness(removals, () => interval, NOW);
  const seen = { filtered: false, owed: [], overdue: true, lateness: late };
  return { now: NOW, heartbeat: at(-3), interval, main: "9f3c1e2aaa", rows, ...seen };
}

export function aStory(text: string): Story {
  const told = entries(aLife("fix-orders", 48)) as Story["entries"];
  const cases = chronicler();
  for (const entry of told) cases.add(entry);
  const outcome = cases.chronicle().cases.get("fix-orders");
  if (outcome === undefined) throw new Error("no case");
  return { now: at(70), outcome, entries: told, live: undefined, asked: { reason: text, ticket: text } };
}

export function anAudit(text: string) {
  const seen = chronicler();
  const lives = [aLife("a", 41), aLife("b", 370), aLife("late")];
  for (const entry of entries(lives.flat())) seen.add(entry);
  const steps = [aStep("1", added("a"), added("b"), added("late")), aStep("2", removed("a"), removed("b"))];
  return auditOf({
    now: at(75),
    period: { from: at(-60) },
    main: { commit: "9f3c1e2aaaaa", steps, processed: "2" },
    ledger: { commit: "5d1eaaaaaaaa", chain: [], chronicle: seen.chronicle(), live: [aLive("late")] },
    bounds: () => (5 * 60_000) as Duration,
    holdings: [
      { target: "orders-db", present: ["role:late"] },
      { target: "ci", unreadable: text },
    ],
  });
}
