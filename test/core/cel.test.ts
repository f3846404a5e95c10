// Are policy expressions refused when they load, and harmless when they run?
import { describe, expect, onTestFinished, test } from "vitest";
import { compile } from "../../src/core/cel.ts";
import { explain } from "../../src/core/explain-values.ts";
import type { Finding } from "../../src/core/model.ts";
import { aGrant, anInput, aRequest, at, HERE, lasting, rule, verdict, without } from "./policy-world.ts";

function findings(text: string, set: "rule" | "when" = "rule"): readonly Finding[] {
  const result = compile({ text, at: HERE }, set);
  return "evaluate" in result ? [] : result;
}

/** `line:column code message` */
function refusal(text: string, set: "rule" | "when" = "rule"): string {
  return findings(text, set)
    .map((f) => `${f.at?.line ?? 0}:${f.at?.column ?? 0} ${f.code} ${f.message}`)
    .join("; ");
}

describe("a mistake is found when policies load, in its line and column", () => {
  test.each([
    ["request.tikcet == ''", '10:24 LPS221 unknown field "tikcet" (did you mean "ticket"?)'],
    ["has(request.tikcet)", '10:28 LPS221 unknown field "tikcet" (did you mean "ticket"?)'],
    ["mine.exists(g, has(g.extend))", '10:37 LPS221 unknown field "extend" (did you mean "extends"?)'],
    ["active.exists(g, g.subjct == '')", '10:35 LPS221 unknown field "subjct" (did you mean "subject"?)'],
    ["request['tikcet'] == ''", '10:16 LPS221 unknown field "tikcet" (did you mean "ticket"?)'],
    ["requets.ticket == ''", '10:16 LPS221 unknown variable "requets" (did you mean "request"?)'],
    ["hour(now) == 1", '10:16 LPS221 there is no function hour() (did you mean "hourIn"?)'],
    [
      "request.reason.startWith('a')",
      '10:16 LPS221 there is no function startWith() (did you mean "startsWith"?)',
    ],
    ["true &&\n  request.tikcet == ''", '11:26 LPS221 unknown field "tikcet" (did you mean "ticket"?)'],
    ["request.duration == 4", "10:16 LPS222 no such overload: duration == int"],
    ["request.reason == 1", "10:16 LPS222 no such overload: string == int"],
    ["request.ticket", "10:16 LPS222 says string, but must say true or false"],
    ["true || 1", "10:16 LPS222 logical operator requires bool operands, got 'int'"],
    ["1 +", "10:19 LPS220 unexpected token: EOF"],
    ["", "10:16 LPS220 unexpected token: EOF"],
  ])("%s", (text, expected) => {
    expect(refusal(text)).toBe(expected);
  });

  test("who must approve cannot depend on other people's grants", () => {
    expect(refusal("active.size() == 0", "when")).toMatch(/LPS221 unknown variable "active"/);
    expect(refusal("approvals == 1", "when")).toMatch(/LPS221 unknown variable "approvals"/);
    expect(refusal("request.duration > duration('2h')", "when")).toBe("");
  });

  test("the finding says what there is", () => {
    expect(findings("target.enviroment == ''")[0]?.fix).toBe("target has name, environment, provider");
    expect(findings("request.tikcet == ''")[0]?.at).toEqual({ ...HERE, column: 24, endColumn: 30 });
  });
});

describe("what depends on the machine, is checked too late or has no bound is refused", () => {
  test.each([
    ["request.reason.matches(request.id)", "LPS223"],
    ["request.reason.matches('(')", "LPS224"],
    ["request.reason.matches('(?=a)')", "LPS224"],
    ["request.reason.matches('(a)\\\\1')", "LPS224"],
    ["request.reason.matches('(a{1000}){1000}')", "LPS224"],
    [`request.reason.matches('${"a".repeat(201)}')`, "LPS224"],
    ["duration(request.reason) > duration('1h')", "LPS223"],
    ["request.duration > duration('h')", "LPS224"],
    ["request.duration > duration('-1h')", "LPS224"],
    ["request.duration > duration('1.5h')", "LPS224"],
    [`request.duration > duration('${"1".repeat(1600)}s')`, "LPS224"],
    ["timestamp(request.reason) > now", "LPS223"],
    ["now > timestamp(0)", "LPS223"],
    ["now > timestamp('Mon, 23 Nov 2026 09:00:00')", "LPS224"],
    ["now > timestamp('2026-11-23T09:00:00')", "LPS224"],
    ["now > timestamp('2026-02-30T00:00:00Z')", "LPS224"],
    ["now > timestamp('2026-12-31T23:59:60Z')", "LPS224"],
    ["now.getHours('Europe/Berlin') < 20", "LPS223"],
    ["now.getDayOfYear() == 1", "LPS223"],
    ["hourIn(now, target.name) < 20", "LPS223"],
    ["hourIn(now, 'Europe/Berln') < 20", "LPS224"],
    ["hourIn(now, '+02:00') < 20", "LPS224"],
    ["{'a': 1, 'a': 2}['a'] == 2", "LPS223"],
    ["{'__proto__': 1}.size() == 0", "LPS223"],
    ["{request.id: 1}.size() == 1", "LPS223"],
    ["dyn(1) == 'a'", "LPS221"],
    ["type(1) == int", "LPS221"],
    ["_linear('a', 'a')", "LPS221"],
    ["cel.bind(x, 1, x == 1)", "LPS221"],
    ["request.constructor == ''", "LPS221"],
    ["request[target.name] == ''", "LPS223"],
    ["1.5 < 2.0", "LPS223"],
    ["request.ticket == null", "LPS223"],
    ["b'a' == b'a'", "LPS223"],
    ["99999999999999999999 > 1", "LPS223"],
    ["active.exists(now, true)", "LPS223"],
    ["mine.map(g, g.approvers).exists(list, list.exists(x, x == 'a'))", "LPS223"],
    ["request.reason.matches( // matches\n 'a')", "LPS220"],
  ])("%s is %s", (text, code) => {
    expect([...new Set(findings(text).map((f) => f.code))]).toEqual([code]);
  });

  test.each([
    ["a long text", `request.reason == '${"a".repeat(2000)}'`],
    ["a deep text", `${"(".repeat(40)}true${")".repeat(40)}`],
    ["very many terms", Array.from({ length: 400 }, () => "true").join(" && ")],
    ["a long list", `1 in [${Array.from({ length: 101 }, (_, i) => i).join(", ")}]`],
    ["three loops inside each other", "[1].all(x, [1].all(y, [1].all(z, x == y)))"],
    ["all grants inside all grants", "active.exists(a, active.exists(b, a.subject == b.subject))"],
    ["membership in all grants for each grant", "active.all(a, a.subject in active.map(b, b.subject))"],
    [
      "groups for each of all grants",
      "active.exists(a, subject.groups.exists(g, a.approvers.exists(p, p == g)))",
    ],
  ])("%s is too large", (_, text) => {
    expect(findings(text).map((f) => f.code)).toContain("LPS225");
  });

  test("one pass over all grants, and the subject's own inside each other, are fine", () => {
    expect(refusal("active.filter(g, g.target == target.name && g.end > now).size() < 100")).toBe("");
    expect(refusal("mine.all(a, mine.all(b, a.request == b.request || a.target != b.target))")).toBe("");
  });
});

describe("what runs is bounded, and an error is an error", () => {
  test("a pattern that JavaScript needs centuries for takes no time", () => {
    const input = anInput({ request: aRequest({ reason: `${"a".repeat(2000)}!` }) });
    expect(verdict("request.reason.matches('^(a+)+$')", input)).toBe(false);
  });

  test("a rule over more grants than its budget is an error, not a wait", () => {
    const text = "active.all(g, g.subject != '' && g.entitlement != '' && g.target != '')";
    const input = { ...anInput(), sizes: { active: 10_000_000, mine: 0, history: 0 } };
    expect(verdict(text, input)).toMatch(/^would take \d+ steps/);
  });

  test("a use of what is not there is an error", () => {
    const input = anInput({ request: without(aRequest(), "ticket") });
    expect(verdict("request.ticket.startsWith('INC')", input)).toBe("No such key: ticket");
    expect(verdict("active[0].subject == ''", input)).toMatch(/index out of bounds/);
  });

  test("parts of a second never make equal times differ", () => {
    const now = at("2026-11-23T09:00:00.700Z");
    expect(verdict("window.end - window.start == request.duration", anInput({ now }))).toBe(true);
  });

  test("a request does not meet itself, and mine are the subject's", () => {
    const active = [
      aGrant({ request: "ann-orders-read-1", subject: "ann" }),
      aGrant({ subject: "ann" }),
      aGrant(),
    ];
    expect(verdict("active.size() == 2 && mine.size() == 1", anInput({ active }))).toBe(true);
  });

  test("the same expression says the same again, whatever was asked in between", () => {
    const compiled = rule("mine.filter(g, g.end > now).map(g, g.request) == ['x']");
    const one = anInput({ active: [aGrant({ request: "x", subject: "ann" })] });
    const other = anInput({ active: [aGrant({ request: "y", subject: "ann" })] });
    const said = [one, other, one, other, one].map((input) => compiled.evaluate(input));
    expect(said.map((outcome) => outcome.ok && outcome.value)).toEqual([true, false, true, false, true]);
  });
});

// Both changes of 2026 in three zones; Lord Howe's clock moves by half an hour. https://www.iana.org/time-zones
describe("D11: wall clocks are right when clocks change", () => {
  test.each([
    ["Europe/Berlin", "2026-03-29T00:59:00Z", 7, "01:59"],
    ["Europe/Berlin", "2026-03-29T01:00:00Z", 7, "03:00"],
    ["Europe/Berlin", "2026-10-25T00:59:00Z", 7, "02:59"],
    ["Europe/Berlin", "2026-10-25T01:00:00Z", 7, "02:00"],
    ["America/New_York", "2026-03-08T06:59:00Z", 7, "01:59"],
    ["America/New_York", "2026-03-08T07:00:00Z", 7, "03:00"],
    ["America/New_York", "2026-11-01T05:59:00Z", 7, "01:59"],
    ["America/New_York", "2026-11-01T06:00:00Z", 7, "01:00"],
    ["Australia/Lord_Howe", "2026-04-04T14:59:00Z", 7, "01:59"],
    ["Australia/Lord_Howe", "2026-04-04T15:00:00Z", 7, "01:30"],
    ["Australia/Lord_Howe", "2026-10-03T15:29:00Z", 7, "01:59"],
    ["Australia/Lord_Howe", "2026-10-03T15:30:00Z", 7, "02:30"],
    ["UTC", "2026-11-23T00:00:00Z", 1, "00:00"],
    ["Pacific/Kiritimati", "2026-11-22T10:30:00Z", 1, "00:30"],
  ])("%s at %s: day %i, %s", (zone, now, weekday, clock) => {
    const [hour = 0, minute = 0] = clock.split(":").map(Number);
    const input = anInput({ now: at(now) });
    expect(
      verdict(`weekdayIn(now, '${zone}') == ${weekday} && hourIn(now, '${zone}') == ${hour}`, input),
    ).toBe(true);
    expect(verdict(`minuteOfDayIn(now, '${zone}') == ${hour * 60 + minute}`, input)).toBe(true);
  });

  test("the machine's own zone has no say, not even in its missing hour", () => {
    const before = process.env["TZ"];
    onTestFinished(() => {
      if (before === undefined) delete process.env["TZ"];
      else process.env["TZ"] = before;
    });
    process.env["TZ"] = "America/New_York";
    expect(new Date(Date.UTC(2026, 0, 1)).getHours()).toBe(19);
    const input = anInput({ now: at("2026-03-08T01:30:00Z") });
    expect(verdict("minuteOfDayIn(now, 'Europe/Berlin') == 150", input)).toBe(true);
  });
});

describe("a no comes with the values", () => {
  const why = (text: string, input = anInput()) => explain(rule(text), input);

  test("a comparison shows both sides", () => {
    const input = anInput({ request: aRequest({ duration: lasting("40h") }) });
    expect(why("request.duration <= duration('4h')", input)).toBe(
      "request.duration <= duration('4h')  →  1d16h <= 4h is false",
    );
  });

  test("only the parts that decided are shown", () => {
    const input = anInput({ request: without(aRequest(), "ticket") });
    expect(why("has(request.ticket) && request.ticket.matches('^INC')", input).split("\n")).toEqual([
      "has(request.ticket) && request.ticket.matches('^INC')",
      "has(request.ticket)  →  request.ticket is not set",
    ]);
    expect(why("request.breakGlass || (entitlement.risk == 'low' && true)").split("\n").slice(1)).toEqual([
      "request.breakGlass  →  is false",
      `entitlement.risk == 'low'  →  "medium" == "low" is false`,
    ]);
  });

  test("a conditional shows its condition and the branch that was taken", () => {
    expect(why("request.breakGlass ? true : request.reason == 'x'").split("\n").slice(1)).toEqual([
      "request.breakGlass  →  is false",
      `request.reason == 'x'  →  "Find out why orders are stuck" == "x" is false`,
    ]);
  });

  test("a loop names the grants that were in the way", () => {
    const active = [1, 2, 3, 4].map((i) => aGrant({ request: `ann-${i}`, subject: "ann", entitlement: "x" }));
    expect(why("!mine.exists(g, g.entitlement == 'x')", anInput({ active })).split("\n")[1]).toBe(
      "mine.exists(g, g.entitlement == 'x')  →  is true: g = ann-1 (x), ann-2 (x), ann-3 (x), and 1 more",
    );
    expect(why("mine.exists(g, g.entitlement == 'y')", anInput({ active: active.slice(0, 1) }))).toMatch(
      /is false: none of \[ann-1 \(x\)\]$/,
    );
  });

  test("times are printed as people write them, and what others wrote stays on its line", () => {
    expect(why("window.start > timestamp('2026-12-01T00:00:00Z')")).toMatch(
      /2026-11-23T09:00:00Z > 2026-12-01T00:00:00Z is false$/,
    );
    const input = anInput({
      request: aRequest({ reason: "line\n::error::\u202E\u001B[31m" + "x".repeat(5000) }),
    });
    const text = why("request.reason == ''", input);
    for (const hidden of ["\n", "\u001B", "\u202E"]) expect(text).not.toContain(hidden);
    expect(text.length).toBeLessThan(300);
  });
});
