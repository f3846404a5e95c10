// Is what became of a request read from the ledger as it was written?
import { describe, expect, test } from "vitest";
import type { Draft } from "../../src/core/entry.ts";
import type { Instant } from "../../src/core/model.ts";
import { chronicler, dueAt, mayExist, type Case } from "../../src/core/history.ts";
import { aLife, anAdmission, anAssignment, at, blobOf, entries } from "../support/cases.ts";

type Dated = readonly [Instant, Draft];

function read(drafts: readonly Dated[]) {
  const seen = chronicler();
  for (const entry of entries(drafts)) seen.add(entry);
  return seen.chronicle();
}

function only(drafts: readonly Dated[]): Case {
  const [one] = read(drafts).cases.values();
  if (one === undefined) throw new Error("no case");
  return one;
}

const target = "orders-db";
/** The first three entries of every life. */
function begun(request: string): readonly [Dated, Dated, Dated] {
  const [admitted, intent, granted] = aLife(request);
  if (!admitted || !intent || !granted) throw new Error("a life begins with three entries");
  return [admitted, intent, granted];
}

const FILE = { request: "r", path: "requests/orders-db-read/r.yaml", blob: blobOf("r") };

describe("a case", () => {
  test("lives from its admission to the confirmed removal", () => {
    const one = only(aLife("r", 37));
    expect(one.verdict).toBe("admitted");
    expect(one.granted).toBe(at(0, 11));
    expect(one.closed).toEqual({ as: "revoked", at: at(60, 37), because: "expired", residue: [] });
    expect(mayExist(one)).toBe(false);
  });

  test("may exist from the first intent on, with no receipt yet", () => {
    expect(mayExist(only(aLife("r").slice(0, 2)))).toBe(true);
    expect(mayExist(only(aLife("r").slice(0, 1)))).toBe(false);
  });

  test("stays possible while a removal is ordered, sent or failing", () => {
    const assignment = anAssignment("r");
    const because = "file-removed";
    const one = only([
      ...aLife("r"),
      [at(20), { kind: "intent", op: "revoke", request: "r", target, assignment, because }],
      [at(21), { kind: "revoke-sent", request: "r", target, because, receipt: {} }],
      [at(22), { kind: "failed", op: "revoke", request: "r", target, error: "forbidden (42501)" }],
    ]);
    expect(mayExist(one)).toBe(true);
    expect(one.failures).toBe(1);
    expect(dueAt(one)).toBe(at(20));
  });

  test("is due at its end when the order came later", () => {
    expect(dueAt(only(aLife("r", 600)))).toBe(at(60));
  });

  test("counts only approvers who are neither its subject nor its author", () => {
    const vote = (person: string, user: number) => ({ person, user, review: user, at: at(-5), commit: "c" });
    const { evidence } = anAdmission("r");
    const approvals = [vote("ann", 1001), vote("bob", 1001), vote("carol", 1003), vote("carol", 1003)];
    const admission = anAdmission("r", { evidence: { ...evidence, approvals } });
    const one = only([[at(0), { kind: "admitted", request: "r", admission }]]);
    expect(one.grant?.approvers).toEqual(["carol"]);
    expect(one.grant?.approvals).toBe(4);
  });

  test("that was refused or missed has its reasons and no grant", () => {
    expect(only([[at(1), { kind: "refused", ...FILE, codes: ["LPS302", "LPS203"] }]])).toMatchObject({
      verdict: "refused",
      because: ["LPS302", "LPS203"],
    });
    const missed = only([[at(1), { kind: "missed", ...FILE, because: "pending-timeout" }]]);
    expect(missed).toMatchObject({ verdict: "missed", because: ["pending-timeout"] });
    expect(missed.grant).toBeUndefined();
  });

  test("that was admitted and then missed is void", () => {
    const one = only([
      ...aLife("r").slice(0, 1),
      [at(9), { kind: "missed", ...FILE, because: "no-longer-allowed" }],
    ]);
    expect(one.verdict).toBe("admitted");
    expect(one.closed?.as).toBe("void");
  });

  test("whose access stood before is never ours to lose", () => {
    const [admitted, , granted] = begun("r");
    const assignment = anAssignment("r");
    const one = only([
      admitted,
      [at(1), { kind: "intent", op: "grant", request: "r", target, assignment, prestate: "standing" }],
      [granted[0], { kind: "granted", request: "r", target, standing: true, receipt: {} }],
    ]);
    expect(one.standing).toBe(true);
    expect(mayExist(one)).toBe(false);
  });
});

describe("what belongs nowhere", () => {
  test("is a grant without an admission, a grant after the end, a second decision", () => {
    const [admitted, intent, granted] = begun("r");
    expect(read([granted]).misplaced).toEqual([{ seq: 1, kind: "granted", request: "r" }]);
    expect(read([...aLife("r", 5), intent]).misplaced).toMatchObject([{ kind: "intent" }]);
    expect(read([admitted, admitted]).misplaced).toMatchObject([{ seq: 2, kind: "admitted" }]);
  });

  test("is not a removal that two runs both wrote", () => {
    const life = aLife("r", 5);
    expect(read([...life, ...life.slice(-2)]).misplaced).toEqual([]);
  });
});
