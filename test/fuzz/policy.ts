// Can any expression break its bounds, and does judging ever say yes without every reason to? (laws)
import fc from "fast-check";
import { expect } from "vitest";
import { compile } from "../../src/core/cel.ts";
import type { AccessRequest, ActiveGrant, Duration } from "../../src/core/model.ts";
import { celInput } from "../../src/core/policy-input.ts";
import { gather } from "../../src/core/policy-facts.ts";
import { judge } from "../../src/core/policy.ts";
import { plus } from "../../src/core/time.ts";
import { aRequest, company, NOW } from "../core/policy-world.ts";
import { law, type Law } from "./law.ts";

const HOUR = 3_600_000;
const world = company();

const PATHS = [
  ...[
    "request.reason",
    "request.duration",
    "request.ticket",
    "subject.name",
    "subject.groups",
    "entitlement.risk",
  ],
  ...["target.environment", "window.start", "window.end", "now", "approvals", "active", "mine", "history"],
  ...[
    "request.nothing",
    "secret",
    "request",
    "active[0].subject",
    "'a'",
    "1",
    "true",
    "[1, 2]",
    "{'a': 1}",
    "null",
  ],
];
const SHAPES: readonly ((a: string, b: string) => string)[] = [
  (a, b) => `${a} == ${b}`,
  (a, b) => `${a} < ${b}`,
  (a, b) => `(${a}) && !(${b})`,
  (a, b) => `(${a}) || (${b})`,
  (a, b) => `${a} in ${b}`,
  (a) => `has(${a})`,
  (a, b) => `${a}.exists(x, ${b})`,
  (a, b) => `${a}.all(g, g.subject == ${b})`,
  (a, b) => `${a}.filter(x, ${b}).size() < 3`,
  (a, b) => `${a}.matches(${b})`,
  (a) => `${a}.matches('^(a+)+$')`,
  (a) => `${a} > duration('2h')`,
  (a) => `${a}.getHours('Europe/Berlin') < 9`,
  (a, b) => `${a} ? ${b} : false`,
  (a, b) => `${a}${b}`,
];
const expressions: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.constantFrom(...PATHS), { minLength: 4, maxLength: 4 }),
    fc.array(fc.nat(SHAPES.length - 1), { minLength: 1, maxLength: 3 }),
    fc.option(fc.tuple(fc.nat(200), fc.string({ maxLength: 3 })), { freq: 3 }),
  )
  .map(([atoms, shapes, scar]) => {
    const text = shapes.reduce(
      (now, shape, i) => SHAPES[shape]?.(now, atoms[i + 1] ?? "1") ?? now,
      atoms[0] ?? "1",
    );
    return scar ? text.slice(0, scar[0]) + scar[1] + text.slice(scar[0]) : text;
  });

const names = fc.constantFrom("ann", "bob", "carol", "dan", "erin", "grace", "nobody", "", "group:backend");
const rights = fc.constantFrom(...world.catalog.entitlements.map((e) => e.name), "no-such-thing");
const minutes = (max: number) => fc.integer({ min: 1, max }).map((n) => (n * 60_000) as Duration);
const asked = fc
  .record({
    subject: names,
    entitlement: rights,
    duration: minutes(3000),
    ticket: fc.constantFrom("INC-4711", "x"),
    breakGlass: fc.boolean(),
  })
  .map((changes): AccessRequest => aRequest(changes));
const others: fc.Arbitrary<readonly ActiveGrant[]> = fc.array(
  fc
    .record({
      subject: names,
      entitlement: rights,
      from: fc.integer({ min: -600, max: 600 }),
      length: minutes(600),
    })
    .map(({ subject, entitlement, from, length }, i?: number): ActiveGrant => {
      const start = plus(NOW, ((from + 601) * 60_000) as Duration);
      const request = `other-${String(i ?? 0)}-${String(from)}`;
      return {
        request,
        subject,
        entitlement,
        target: "orders-db",
        environment: "production",
        start,
        end: plus(start, length),
        approvers: [],
      };
    }),
  { maxLength: 5 },
);

const decided = (request: AccessRequest, active: readonly ActiveGrant[]) =>
  judge({
    ...world,
    request,
    window: { start: NOW, end: plus(NOW, request.duration) },
    now: NOW,
    active,
    history: [],
  });

export const POLICY_LAWS: readonly Law[] = [
  law(
    "policy: any expression is refused at its place, or says yes, no or why not",
    [expressions],
    (text: string) => {
      const at = { file: "policies/rules/a.yaml", line: 3, column: 5 };
      const compiled = compile({ text, at }, "rule");
      if (!("evaluate" in compiled)) {
        expect(compiled.length).toBeGreaterThan(0);
        expect(compiled.every(({ at: where, fix }) => where?.file === at.file && fix.length > 0)).toBe(true);
        return;
      }
      const facts = gather({
        ...world,
        request: aRequest(),
        window: { start: NOW, end: plus(NOW, HOUR as Duration) },
        now: NOW,
        active: [],
        history: [],
      });
      if (!("facts" in facts)) throw new Error("the example company does not hold");
      const outcome = compiled.evaluate(celInput(facts.facts));
      expect(outcome.ok ? typeof outcome.value : typeof outcome.error).toBe(
        outcome.ok ? "boolean" : "string",
      );
    },
    0.2,
  ),
  law(
    "policy: a yes has a known, eligible subject, a bounded length, and approvals by others",
    [asked, others],
    (request: AccessRequest, active: readonly ActiveGrant[]) => {
      const { effect, findings, obligations } = decided(request, active);
      expect(effect).toBe(findings.length === 0 ? "Permit" : "Deny");
      expect(findings.every(({ fix, message }) => fix.length > 0 && message.length > 0)).toBe(true);
      if (effect === "Deny") return;
      const entitlement = world.catalog.entitlement(request.entitlement);
      if (entitlement.is !== "found") throw new Error("permitted what does not exist");
      const { breakGlass, ...plain } = entitlement.value;
      const block = request.breakGlass ? breakGlass : plain;
      const groups = world.catalog.groups
        .filter((g) => g.members.includes(request.subject))
        .map((g) => `group:${g.name}`);
      expect(
        block?.eligible.some((from) => from === `person:${request.subject}` || groups.includes(from)),
      ).toBe(true);
      expect(request.duration <= Math.min(block?.maxDuration ?? 0, obligations.cap)).toBe(true);
      expect(obligations.approvals.every((o) => o.count >= 1 && !o.approvers.includes(request.subject))).toBe(
        true,
      );
    },
    0.2,
  ),
  law(
    "policy: what is allowed for long is allowed for less",
    [asked, others, minutes(3000)],
    (request: AccessRequest, active: readonly ActiveGrant[], less: Duration) => {
      if (less >= request.duration || decided(request, active).effect === "Deny") return;
      expect(decided({ ...request, duration: less }, active).findings).toEqual([]);
    },
    0.1,
  ),
];
