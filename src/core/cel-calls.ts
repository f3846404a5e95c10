// Which functions can a policy call, and with which arguments?
import { found, patternProblem } from "./cel-regex.ts";
import { loopOf, type Tree } from "./cel-tree.ts";
import { isZone, wallClock } from "./cel-zones.ts";
import { didYouMean } from "./suggest.ts";
import { duration, instant } from "./time.ts";

/** Why a part of an expression is refused, and the way out. */
export interface Problem {
  readonly code: "LPS221" | "LPS223" | "LPS224" | "LPS225";
  readonly message: string;
  readonly fix: string;
}

/** A construct that our CEL does not have. */
export function refused(message: string, fix: string): Problem {
  return { code: "LPS223", message, fix };
}

const FUNCTIONS = ["has", "size", "duration", "timestamp", "hourIn", "weekdayIn", "minuteOfDayIn"];
const METHODS = [
  "size",
  "startsWith",
  "endsWith",
  "contains",
  "matches",
  "exists",
  "all",
  "exists_one",
  "filter",
  "map",
];

/** Names of the same length under which our own versions of the engine's functions are registered. */
export const OURS: Readonly<Record<string, string>> = {
  matches: "_linear",
  duration: "_strictd",
  timestamp: "_strictts",
};

interface Registered {
  readonly signature: string;
  readonly handler: (...given: never[]) => unknown;
}

/** `span` makes the engine's own duration value from milliseconds. */
export function library(span: (ms: number) => unknown): readonly Registered[] {
  const time = "google.protobuf.Timestamp";
  const clock = (name: string, read: (at: Date, zone: string) => number): Registered => ({
    signature: `${name}(${time}, string): int`,
    handler: (at: Date, zone: string) => BigInt(read(at, zone)),
  });
  return [
    { signature: "string._linear(string): bool", handler: found },
    {
      signature: "_strictd(string): google.protobuf.Duration",
      handler: (text: string) => span(known(duration(text))),
    },
    { signature: `_strictts(string): ${time}`, handler: (text: string) => new Date(known(instant(text))) },
    clock("hourIn", (at, zone) => wallClock(at, zone).hour),
    clock("weekdayIn", (at, zone) => wallClock(at, zone).weekday),
    clock("minuteOfDayIn", (at, zone) => wallClock(at, zone).hour * 60 + wallClock(at, zone).minute),
  ];
}

/** Whole seconds, like every other time that an expression sees. */
function known(ms: number | undefined): number {
  if (ms === undefined) throw new RangeError("not a time");
  return Math.floor(ms / 1000) * 1000;
}

interface Literal {
  /** Which part of the call; a method's receiver is part 0. */
  readonly part: number;
  readonly problem: (text: string) => string | undefined;
  readonly example: string;
}

const zone: Literal = {
  part: 1,
  problem: (text) => (isZone(text) ? undefined : "it is not an IANA time zone"),
  example: "for example hourIn(now, 'Europe/Berlin')",
};

/** Arguments that must be literals, so that they are checked when policies load. */
const LITERALS: Readonly<Record<string, Literal>> = {
  matches: {
    part: 1,
    problem: patternProblem,
    example: "for example request.ticket.matches('^INC-[0-9]+$')",
  },
  duration: {
    part: 0,
    problem: (text) => (duration(text) === undefined ? "it is not a length of time" : undefined),
    example: "for example duration('4h') or duration('1d12h')",
  },
  timestamp: {
    part: 0,
    problem: (text) => (instant(text) === undefined ? "it is not a time in RFC 3339" : undefined),
    example: "for example timestamp('2026-12-24T00:00:00Z')",
  },
  hourIn: zone,
  weekdayIn: zone,
  minuteOfDayIn: zone,
};

/** A function that does not exist here, or a literal that it cannot take. */
export function callProblem(node: Tree): Problem | undefined {
  const names = node.op === "call" ? FUNCTIONS : METHODS;
  if (!names.includes(node.label)) return unknownFunction(node.label, names);
  const literal = LITERALS[node.label];
  if (!literal) return undefined;
  const given = node.parts[literal.part]?.value;
  if (typeof given !== "string") {
    return refused(
      "only a text literal can stand here, so that it is checked before it is used",
      literal.example,
    );
  }
  const words = literal.problem(given);
  return words === undefined
    ? undefined
    : { code: "LPS224", message: `'${given}': ${words}`, fix: literal.example };
}

function unknownFunction(name: string, names: readonly string[]): Problem {
  if (/^get[A-Z]/.test(name)) {
    return refused(
      `${name}() is not offered: it can be an hour off when clocks change`,
      "use hourIn(now, 'Europe/Berlin'), weekdayIn or minuteOfDayIn",
    );
  }
  return {
    code: "LPS221",
    message: `there is no function ${name}()${didYouMean(name, names)}`,
    fix: `${names === METHODS ? "methods" : "functions"} are ${names.join(", ")}`,
  };
}

/** A loop walks a list whose length is known: one of ours, a field's, a literal, or a filter or map of those. */
export function rangeProblem(range: Tree): Problem | undefined {
  const known =
    range.op === "list" ||
    range.op === "." ||
    range.op === "[]" ||
    (range.op === "id" && ["active", "mine", "history"].includes(range.label)) ||
    (loopOf(range) !== undefined && ["filter", "map"].includes(range.label));
  if (known) return undefined;
  return refused(
    "a loop can walk active, mine, history, a list of a field or a literal list",
    "name the list directly",
  );
}
