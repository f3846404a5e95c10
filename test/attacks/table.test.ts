// Does every row of the attacks table have a test or a reason, and does the table say so?
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { coverage } from "./coverage.ts";
import { render } from "./render.ts";
import { ROWS } from "./rows.ts";

const SIZES = { A: 23, B: 17, C: 19, D: 24, E: 15, F: 11 };

describe("the attacks table", () => {
  const proofs = coverage();
  const answered = (id: string) =>
    proofs.has(id) || ROWS.find((row) => row.id === id)?.outOfReach !== undefined;

  it("has every row, in order", () => {
    const ids = Object.entries(SIZES).flatMap(([group, size]) =>
      Array.from({ length: size }, (_, n) => `${group}${String(n + 1)}`),
    );
    expect(ROWS.map(({ id }) => id)).toEqual(ids);
  });

  it("has a test or a reason for every row", () => {
    const open = ROWS.map(({ id }) => id).filter((id) => !answered(id));
    expect(open).toEqual([]);
  });

  it("knows the rows that tests name", () => {
    const known = new Set(ROWS.map(({ id }) => id));
    expect([...proofs.keys()].filter((id) => !known.has(id))).toEqual([]);
  });

  it("is written down as it is", async () => {
    expect(await render(), "run `npm run attacks`").toBe(readFileSync("test/attacks/README.md", "utf8"));
  });
});
