// Is a request judged as the policies say, and denied whenever something is not known?
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canBeMet } from "../../src/core/policy-people.ts";
import { compilePolicies, eligible, judge } from "../../src/core/policy.ts";
import type { AccessRequest, ActiveGrant, Instant } from "../../src/core/model.ts";
import {
  aGrant,
  aRequest,
  at,
  catalogOf,
  codes,
  company,
  decide,
  edited,
  lasting,
  NOW,
  policyFile,
  policyFiles,
  without,
} from "./policy-world.ts";

const world = company();
const READ = "policies/entitlements/orders-db-read.yaml";
const WRITE = "policies/entitlements/orders-db-write.yaml";

test("the example company is sound, and a good request needs its approvals", () => {
  expect(world.catalog.findings).toEqual([]);
  expect(world.policies).toMatchObject({ usable: true, findings: [] });
  const decision = decide(world, { request: aRequest({ duration: lasting("3h") }) });
  expect(decision.effect).toBe("Permit");
  expect(decision.obligations).toEqual({
    approvals: [
      { from: ["group:data-owners"], count: 1, approvers: ["carol", "dan"] },
      { from: ["group:security"], count: 1, approvers: ["erin", "heidi"] },
    ],
    cap: lasting("8h"),
  });
  expect(decision.rules.map(({ policy, rule, ok }) => [policy, rule, ok])).toEqual([
    ["production", "ticket-required", true],
    ["quota", "three-at-once", true],
  ]);
});

const long = { duration: lasting("1h"), extends: "a" };
const chain = (start: string): readonly ActiveGrant[] => [
  aGrant({ request: "a", subject: "ann", extends: "b" }),
  aGrant({ request: "b", subject: "ann", start: at(start), end: at("2026-11-23T08:00:00Z") }),
];

describe("the fixed checks", () => {
  test.each<[string, Partial<AccessRequest>, string, string]>([
    ["a stranger", { subject: "an" }, "LPS204", 'unknown subject "an" (did you mean "ann"?)'],
    ["an unknown entitlement", { entitlement: "orders-db-raed" }, "LPS206", "unknown entitlement"],
    ["somebody else's entitlement", { subject: "grace" }, "LPS209", "it is for group:backend, group:sre"],
    ["too long", { duration: lasting("12h") }, "LPS203", "asks for 12h; orders-db-read allows at most 8h"],
    ["a scope", { scope: { schema: "orders" } }, "LPS210", 'cannot be narrowed by "schema"'],
    ["break-glass where there is none", { breakGlass: true }, "LPS213", "has no break-glass access"],
    ["an extension of nothing", { extends: "x" }, "LPS211", 'cannot extend "x": there is no live grant'],
  ])("%s is denied", (_, changes, code, message) => {
    const request = aRequest(changes);
    const decision = decide(world, { request });
    expect(decision.effect).toBe("Deny");
    const finding = decision.findings.find((f) => f.code === code);
    expect(finding?.message).toContain(message);
    expect(finding?.at).toEqual(Object.values(request.places)[0]);
  });

  test.each<[string, Parameters<typeof edited>, Partial<AccessRequest>, string]>([
    ["no identity on the target", ["policies/people/ann.yaml", "postgres: ann", "memory: ann"], {}, "LPS208"],
    ["break-glass for too long", [WRITE, "maxDuration: 1h", "maxDuration: 30m"], glass(), "LPS203"],
    [
      "break-glass by others",
      [WRITE, "eligible: [group:sre, group:backend]", "eligible: [group:sre]"],
      glass(),
      "LPS209",
    ],
  ])("%s is denied", (_, edit, changes, code) => {
    expect(codes(decide(company(edited(...edit)), { request: aRequest(changes) }))).toContain(code);
  });

  test("an identity may be given for one target alone", () => {
    const other = company(edited("policies/people/ann.yaml", "postgres: ann", "orders-db: ann_ro"));
    expect(decide(other).effect).toBe("Permit");
  });

  test.each<[string, ActiveGrant[], string]>([
    ["of somebody else", [aGrant({ request: "a" })], "LPS211"],
    ["of another entitlement", [aGrant({ request: "a", subject: "ann", entitlement: "x" })], "LPS211"],
    ["that has ended", [aGrant({ request: "a", subject: "ann", end: NOW })], "LPS211"],
    ["with a missing first part", [aGrant({ request: "a", subject: "ann", extends: "b" })], "LPS212"],
    ["that goes in a circle", [aGrant({ request: "a", subject: "ann", extends: "a" })], "LPS212"],
    ["of a chain that began too long ago", [...chain("2026-11-22T09:59:59Z")], "LPS212"],
  ])("an extension %s is denied", (_, active, code) => {
    expect(codes(decide(world, { request: aRequest(long), active }))).toEqual([code]);
  });

  test("a chain may last a day in all, and its ended parts come from the history", () => {
    const [last, first] = chain("2026-11-22T10:00:00Z");
    if (!last || !first) throw new Error("no chain");
    expect(codes(decide(world, { request: aRequest(long), active: [last], history: [first] }))).toEqual([]);
  });

  test("an extension starts before the extended grant ends", () => {
    const request = aRequest({ ...long, notBefore: at("2026-11-23T12:00:01Z") });
    const active = [aGrant({ request: "a", subject: "ann" })];
    expect(codes(decide(world, { request, active }))).toEqual(["LPS211"]);
  });
});

function glass(): Partial<AccessRequest> {
  return { entitlement: "orders-db-write", breakGlass: true, duration: lasting("1h") };
}

describe("rules", () => {
  test("a no says which rule, where it is, with the values, at the field it is about", () => {
    const request = aRequest({ ticket: "FEAT-1" });
    const [finding, ...others] = decide(world, { request }).findings;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: "LPS202", at: request.places["ticket"] });
    expect(finding?.message).toMatch(
      /\(production\/ticket-required, policies\/rules\/production\.yaml:\d+\)$/,
    );
    expect(finding?.why?.split("\n").at(-1)).toBe(
      `request.ticket.matches('^(INC|CHG)-[0-9]+$')  →  "FEAT-1".matches("^(INC|CHG)-[0-9]+$") is false`,
    );
  });

  test("all reasons are given at once", () => {
    const request = without(aRequest({ duration: lasting("12h"), scope: { x: "y" } }), "ticket");
    expect(codes(decide(world, { request }))).toEqual(["LPS202", "LPS203", "LPS210"]);
  });

  test("a rule that cannot be evaluated denies", () => {
    const strict = company({
      "policies/rules/x.yaml": policyFile("x", { careless: "request.ticket.startsWith('INC')" }),
    });
    const [finding] = decide(strict, { request: without(aRequest(), "ticket") }).findings.slice(-1);
    expect(codes(decide(strict, { request: without(aRequest(), "ticket") }))).toEqual(["LPS202", "LPS214"]);
    expect(finding?.message).toMatch(/^x\/careless cannot be evaluated: No such key: ticket/);
  });

  test("a policy applies only where it matches", () => {
    const never = { no: "false" };
    const denied = (head: string) =>
      decide(company({ "policies/rules/x.yaml": policyFile("x", never, head) })).effect === "Deny";
    expect(denied("")).toBe(true);
    expect(denied("  match: { risks: [medium], environments: [production] }")).toBe(true);
    expect(denied("  match: { risks: [medium], environments: [staging] }")).toBe(false);
    expect(denied("  match: { entitlements: [orders-db-write] }")).toBe(false);
    expect(denied(`  when: request.subject == 'ann'`)).toBe(true);
    expect(denied(`  when: request.subject == 'bob'`)).toBe(false);
    expect(denied(`  when: request.extends == 'x'`)).toBe(true);
  });

  test("a request that is judged again at its start does not count itself", () => {
    const active = ["ann-orders-read-1", "x", "y"].map((request) => aGrant({ request, subject: "ann" }));
    expect(decide(world, { active }).effect).toBe("Permit");
    expect(codes(decide(world, { active: [...active, aGrant({ request: "z", subject: "ann" })] }))).toEqual([
      "LPS202",
    ]);
  });
});

describe("approvals", () => {
  test("the subject cannot approve, and is not counted", () => {
    const request = aRequest({ subject: "carol", entitlement: "orders-db-approve" });
    expect(decide(world, { request }).obligations.approvals).toEqual([
      { from: ["group:data-owners"], count: 1, approvers: ["dan"] },
    ]);
  });

  test("nobody can approve", () => {
    const alone = company(edited("policies/people/data-owners.yaml", "[carol, dan]", "[carol]"));
    const request = aRequest({ subject: "carol", entitlement: "orders-db-approve" });
    expect(codes(decide(alone, { request }))).toEqual(["LPS215"]);
  });

  test("one person cannot meet two demands", () => {
    const twice = company(edited("policies/people/security.yaml", "[erin, heidi]", "[carol]"));
    expect(decide(twice, { request: aRequest({ duration: lasting("3h") }) }).effect).toBe("Permit");
    const only = company({
      ...edited("policies/people/security.yaml", "[erin, heidi]", "[carol]"),
      ...edited("policies/people/data-owners.yaml", "[carol, dan]", "[carol]"),
    });
    expect(codes(decide(only, { request: aRequest({ duration: lasting("3h") }) }))).toEqual(["LPS215"]);
  });

  test("demands can be met exactly when some assignment of different people does", () => {
    const demand = fc.record({
      approvers: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { maxLength: 4 }),
      from: fc.constant([]),
      count: fc.integer({ min: 1, max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(demand, { maxLength: 3 }), (demands) => {
        const seats = demands.flatMap(({ approvers, count }) =>
          Array.from({ length: count }, () => approvers),
        );
        const fits = (seat: number, used: readonly string[]): boolean =>
          seat === seats.length ||
          (seats[seat] ?? []).some((name) => !used.includes(name) && fits(seat + 1, [...used, name]));
        expect(canBeMet(demands)).toBe(fits(0, []));
      }),
    );
  });

  test.each([
    ["fails", "request.extends == 'x'"],
    ["does not compile", "request.tikcet == 'x'"],
  ])("a demand whose condition %s denies", (_, when) => {
    const broken = company(edited(READ, "request.duration > duration('2h')", when));
    expect(codes(decide(broken))).toEqual(["LPS216"]);
    expect(broken.policies.usable).toBe(true);
    expect(decide(broken, { request: aRequest({ entitlement: "payments-reader" }) }).effect).toBe("Permit");
  });
});

describe("unknown is not absent", () => {
  test.each([
    ["a broken rule file", { "policies/rules/quota.yaml": "kind: [" }],
    ["a rule file under a wrong name", { "policies/rules/quota.yml": "kind: Policy" }],
    [
      "a rule that does not compile",
      { "policies/rules/x.yaml": policyFile("x", { typo: "request.tikcet == ''" }) },
    ],
    [
      "a condition that does not compile",
      { "policies/rules/x.yaml": policyFile("x", { a: "true" }, "  when: 1") },
    ],
  ])("%s stops all granting and crashes nothing", (_, changes) => {
    const broken = company(changes);
    expect(broken.policies.usable).toBe(false);
    const decision = decide(broken, { request: aRequest({ entitlement: "payments-reader" }) });
    expect(codes(decision)).toEqual(["LPS201"]);
    expect(decision.findings[0]?.message).toContain("(policies/rules/");
    expect(decision.rules).toEqual([]);
  });

  test.each([
    ["the person", { "policies/people/ann.yaml": "kind: Person" }, "LPS205"],
    ["the entitlement", { [READ]: "kind: Entitlement" }, "LPS205"],
    ["the target", { "policies/targets/orders-db.yaml": "kind: Target" }, "LPS205"],
    ["the settings", { "policies/lapse.yaml": "kind: Settings" }, "LPS205"],
    ["the group that decides who may ask", { "policies/people/backend.yaml": "kind: Group" }, "LPS205"],
    ["the group that approves", { "policies/people/data-owners.yaml": "kind: Group" }, "LPS216"],
  ])("%s that cannot be read denies", (_, changes, code) => {
    expect(codes(decide(company(changes)))).toContain(code);
  });

  test("who is not in a group is not known while a file of people is broken", () => {
    const rules = {
      "policies/rules/x.yaml": policyFile("x", { outsider: "!('contractors' in subject.groups)" }),
    };
    expect(decide(company(rules)).effect).toBe("Permit");
    const broken = company({ ...rules, "policies/people/contractors.yaml": "kind: Group" });
    expect(codes(decide(broken))).toEqual(["LPS214"]);
  });

  test("eligibility is true, false or unknown", () => {
    const ask = (changes: Parameters<typeof company>[0], subject: string, breakGlass = false) => {
      const { catalog } = company(changes);
      const entitlement = catalog.entitlement("orders-db-write");
      return entitlement.is === "found"
        ? eligible(catalog, entitlement.value, subject, breakGlass)
        : entitlement.is;
    };
    const lost = { "policies/people/sre.yaml": "kind: Group" };
    expect(ask({}, "ann")).toBe(true);
    expect(ask({}, "frank")).toBe(false);
    expect(ask({}, "frank", true)).toBe(true);
    expect(ask({}, "nobody")).toBe(false);
    expect(ask(lost, "ann", true)).toBe(true);
    expect(ask(lost, "frank", true)).toBe("unknown");
    expect(ask(lost, "frank")).toBe(false);
    expect(ask({ "policies/people/backend.yaml": "kind: Group" }, "grace")).toBe("unknown");
  });
});

describe("a decision depends on its input alone", () => {
  test("the order of files and grants does not matter, and nothing is changed", () => {
    const grants = [1, 2, 3].map((i) =>
      Object.freeze(aGrant({ request: `g${i}`, subject: i < 3 ? "ann" : "bob" })),
    );
    const scene = { request: Object.freeze(aRequest({ duration: lasting("12h") })), history: [] };
    const files = policyFiles();
    const catalogs = [files, [...files].reverse()].map(catalogOf);
    const decisions = catalogs.flatMap((catalog) => {
      const policies = compilePolicies(catalog);
      return [grants, [...grants].reverse()].map((active) =>
        decide({ catalog, policies }, { ...scene, active }),
      );
    });
    expect(new Set(decisions.map((decision) => JSON.stringify(decision))).size).toBe(1);
  });

  test("ten thousand live grants are judged, and only the subject's count", () => {
    const active = Array.from({ length: 10_000 }, (_, i) => aGrant({ request: `g${i}`, subject: `p${i}` }));
    expect(decide(world, { active }).effect).toBe("Permit");
    const three = active.map((grant, i) => (i < 3 ? { ...grant, subject: "ann" } : grant));
    expect(codes(decide(world, { active: three }))).toEqual(["LPS202"]);
  });

  test("no window, however odd, makes it throw or permit what is too long", () => {
    const time = fc.integer({ min: 0, max: 4_000_000_000_000 }) as fc.Arbitrary<Instant>;
    fc.assert(
      fc.property(time, time, time, (start, end, now) => {
        const request = aRequest({ duration: lasting("9h") });
        const decision = judge({ ...world, request, window: { start, end }, now, active: [], history: [] });
        expect(decision.effect).toBe("Deny");
      }),
    );
  });
});
