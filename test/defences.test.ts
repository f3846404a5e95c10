// Can the list of defences be believed? (npm run test:defences takes each out; this only keeps the list from rotting)
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { CONSENT_CHECKS } from "../src/core/consent.ts";
import { VOTE_CHECKS } from "../src/core/votes.ts";
import { literals } from "./attacks/coverage.ts";
import { ROWS } from "./attacks/rows.ts";
import type { Defence } from "./defences/defence.ts";
import { defences } from "./defences/index.ts";
import { pattern } from "./defences/run.ts";
import { occurrences } from "./defences/switch.ts";

let all: readonly Defence[];
beforeAll(async () => {
  all = await defences();
});

const text = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");

/** What tests and stories of a file may be named, up to the first place where something is put in. */
function titles(file: string, seen = new Set<string>()): readonly string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const own = text(file);
  const beside = [...own.matchAll(/from "(\.[^"]*)"/g)].map(([, path = ""]) => join(dirname(file), path));
  return [
    ...literals(file, own).map((literal) => literal.split(/%[a-z]|\$\w/, 1)[0] ?? ""),
    ...beside.filter((path) => path.startsWith("test/")).flatMap((path) => titles(path, seen)),
  ];
}

const names = (bad: (defence: Defence) => boolean): readonly string[] =>
  all.filter(bad).map(({ name }) => name);

describe("each defence", () => {
  it("has a name of its own", () => {
    expect(names(({ name }) => all.filter((other) => other.name === name).length > 1)).toEqual([]);
    expect(names(({ name }) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
  });

  it("names its text, which stands in its file exactly once, and something else to put there", () => {
    expect(names(({ file, find }) => occurrences(text(file), find) !== 1)).toEqual([]);
    expect(names(({ find, put }) => find === put)).toEqual([]);
  });

  it("is in code that the tests load, since nothing else can be changed in memory", () => {
    expect(names(({ file }) => !/^src\/.*\.ts$/.test(file))).toEqual([]);
  });

  it("names a test that is there", () => {
    const there = ({ file, title }: Defence["red"]): boolean => {
      const begins = new RegExp(pattern([title]));
      return titles(file).some((one) => begins.test(one) || (one.length > 4 && title.startsWith(one)));
    };
    expect(names(({ red }) => !red.file.endsWith(".test.ts"))).toEqual([]);
    expect(names(({ red }) => !there(red))).toEqual([]);
  });

  it("names rows that the attacks table has", () => {
    const rows = new Set(ROWS.map(({ id }) => id));
    expect(names((defence) => !defence.rows.every((id) => rows.has(id)))).toEqual([]);
  });
});

it("every check of consent is among them", () => {
  const known = new Set(all.map(({ name }) => name));
  const checks = [...CONSENT_CHECKS, ...VOTE_CHECKS].map(({ name }) => name);
  expect(checks.length).toBeGreaterThan(0);
  expect(checks.filter((name) => !known.has(name))).toEqual([]);
});
