// Does every law hold for a few hundred cases? (`npm run fuzz` tries millions)
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { LAWS } from "./index.ts";
import { law } from "./law.ts";

const CASES = 300;

describe("what must hold for every input", () => {
  it.each(LAWS.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    expect(one.check({ numRuns: Math.max(20, Math.round(CASES * one.share)), seed }).broken).toBeUndefined();
  });

  it("and a law that does not hold says so, with a case that can be tried again", () => {
    const wrong = law("small", [fc.integer()], (n: number) => {
      if (n > 1000) throw new Error("too big");
    });
    const { broken = "" } = wrong.check({ numRuns: 1000, seed: 1 });
    expect(broken).toContain("seed: 1");
    const [, path] = /path: "([\d:]+)"/u.exec(broken) ?? [];
    expect(wrong.check({ numRuns: 1, seed: 1, path: path ?? "" }).broken).toContain("1001");
    expect(new Set(LAWS.map(({ name }) => name)).size).toBe(LAWS.length);
  });
});
