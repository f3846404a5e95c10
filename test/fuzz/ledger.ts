// Can a line of the ledger be misread, or two things have one digest? (laws)
import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect } from "vitest";
import { canonical, tame } from "../../src/core/canonical.ts";
import { EMPTY_TIP, sealAll } from "../../src/core/chain.ts";
import type { LiveGrant } from "../../src/core/entry.ts";
import { fold } from "../../src/core/fold.ts";
import { parseEntry, parseLive, parseTip } from "../../src/core/ledger-lines.ts";
import { verifyChain, type RawLine } from "../../src/core/verify.ts";
import { aLife } from "../support/cases.ts";
import { law, type Law } from "./law.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const json = fc.jsonValue({ noUnicodeString: false, maxDepth: 3 }).map(tame);

/** The lines of two lives, one append an entry, as the branch holds them. */
const batches = [...aLife("one", 5), ...aLife("two", 5)].map(([at, draft]) => ({
  drafts: [draft],
  at,
  run: "77",
}));
const { lines } = sealAll(batches, EMPTY_TIP, sha256);
const raw = (texts: readonly string[]): readonly RawLine[] =>
  texts.map((line, i) => ({ path: `log/2026/11/23/${String(i + 1).padStart(12, "0")}.jsonl`, line }));

const scar = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.constantFrom(0, 1, 1, 5),
  piece: fc.oneof(
    fc.constantFrom("", "0", "-", "null", '"', "}", "{}", "NaN", "1e999", "\u0000", ',"v":1'),
    fc.string({ maxLength: 2 }),
  ),
});
interface Scar {
  readonly at: number;
  readonly cut: number;
  readonly piece: string;
}
const scarred = (line: string, { at, cut, piece }: Scar) => {
  const place = Math.floor(at * line.length);
  return line.slice(0, place) + piece + line.slice(place + cut);
};

function finite(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value !== "object" || value === null || Object.values(value).every(finite);
}

const live: readonly LiveGrant[] = [
  ...fold(
    new Map(),
    lines
      .slice(0, 3)
      .map((line) => parseEntry(line))
      .filter((e) => e !== undefined),
  ).values(),
];

const LAST = lines.length - 1;
const TAMPER: Readonly<Record<string, (n: number, m: number, where: Scar) => readonly string[]>> = {
  edited: (n, _, where) => lines.map((line, i) => (i === n ? scarred(line, where) : line)),
  dropped: (n) => lines.filter((_, i) => i !== n),
  doubled: (n, m) => lines.flatMap((line, i) => (i === m ? [lines[n] ?? "", line] : [line])),
  moved: (n, m) => lines.map((line, i) => (i === n ? (lines[m] ?? "") : i === m ? (lines[n] ?? "") : line)),
};

/** A shorter chain is a chain, and so is one with another last line: only a remembered tip tells those. */
function isOnlyTheTail(all: readonly string[]): boolean {
  const same = all.slice(0, LAST).join("\n") === lines.slice(0, LAST).join("\n");
  const [last, ...more] = all.slice(LAST);
  return same && more.length === 0 && (last === undefined || parseEntry(last) !== undefined);
}

export const LEDGER_LAWS: readonly Law[] = [
  law("ledger: one value has one text, two values have two", [json, json], (a: unknown, b: unknown) => {
    expect(JSON.parse(canonical(a))).toEqual(a);
    if (canonical(a) === canonical(b)) expect(a).toEqual(b);
  }),
  law(
    "ledger: a damaged line is no entry, or a whole one with real times",
    [fc.nat(lines.length - 1), scar],
    (n: number, where: Scar) => {
      const entry = parseEntry(scarred(lines[n] ?? "", where));
      if (entry) expect(finite(entry) && Number.isSafeInteger(entry.seq)).toBe(true);
    },
  ),
  law("ledger: a damaged open case is no case, or a whole one that ends", [scar], (where: Scar) => {
    const line = canonical(live[0]);
    const grant = parseLive(scarred(line, where));
    if (grant) expect(Number.isSafeInteger(grant.end) && finite(grant)).toBe(true);
    const tip = parseTip(scarred('{"hash":"aa","heartbeat":1000,"seq":7}', where));
    if (tip) expect(finite(tip)).toBe(true);
  }),
  law(
    "ledger: any line that was edited, dropped, doubled or moved is found",
    [fc.constantFrom(...Object.keys(TAMPER)), fc.nat(LAST), fc.nat(LAST), scar],
    (how: string, n: number, m: number, where: Scar) => {
      const all = TAMPER[how]?.(n, m, where) ?? [];
      if (all.join("\n") !== lines.join("\n") && !isOnlyTheTail(all))
        expect(verifyChain(raw(all), sha256).length).toBeGreaterThan(0);
    },
    0.2,
  ),
];
