// Does a slice of the simulated worlds keep every promise, and is a seed all that decides? (npm run sim for thousands)
import { describe, expect, test } from "vitest";
import { BUGS } from "./bugs.ts";
import { crashOrders } from "./crashes.ts";
import { crashes, simulate } from "./many.ts";

const quietly = { print: () => undefined, told: () => undefined };
const SEEDS = Array.from({ length: 20 }, (_, i) => 1001 + i);

describe("simulated worlds", () => {
  test("keep every promise, though much goes wrong and much is granted", async () => {
    const verdicts = await simulate({ seeds: SEEDS, steps: 300, ...quietly });
    expect(
      verdicts.flatMap(({ seed, problems }) => problems.map((why) => `${String(seed)}: ${why}`)),
    ).toEqual([]);
    const faults = verdicts.flatMap((one) => Object.values(one.faults));
    expect(faults.reduce((a, b) => a + b, 0)).toBeGreaterThan(100);
    expect(verdicts.reduce((sum, { grants }) => sum + grants, 0)).toBeGreaterThan(20);
  }, 120_000);

  test("are the same for the same seed, in another thread and another order", async () => {
    const [first, again] = [
      await simulate({ seeds: [7, 8], steps: 200, workers: 1, ...quietly }),
      await simulate({ seeds: [8, 7], steps: 200, workers: 2, ...quietly }),
    ];
    const digests = (verdicts: typeof first) => new Map(verdicts.map(({ seed, digest }) => [seed, digest]));
    expect(digests(again).get(7)).toBe(digests(first).get(7));
    expect(digests(again).get(8)).toBe(digests(first).get(8));
    expect(digests(first).get(7)).not.toBe(digests(first).get(8));
  }, 120_000);
});

describe("a story in which each call is once the last one of its run", () => {
  const orders = crashOrders().filter(
    ({ story, kind }) => kind === "bare" && story.includes("share one edge"),
  );

  test("converges (npm run sim:crashes for all stories, on every kind of target)", async () => {
    const [verdict] = await crashes({ orders, ...quietly });
    expect(verdict?.problems).toEqual([]);
    expect(verdict?.points).toBeGreaterThan(100);
  }, 120_000);

  test.each([
    [
      "what was granted is not in the ledger before it",
      BUGS.find(({ name }) => name === "no-intent")?.plants,
    ],
    [
      "what a dead run began, no other carries on",
      [
        {
          file: "src/core/decide.ts",
          find: `if (phase === "granted" && sight !== "absent") return { kept: grant, ...drift };`,
          put: `if (phase !== "waiting" && sight !== "absent") return { kept: grant, ...drift };`,
        },
      ],
    ],
  ])(
    "goes red where %s",
    async (_, plants = []) => {
      const [verdict] = await crashes({ orders, plants, ...quietly });
      expect(verdict?.problems.length).toBeGreaterThan(0);
    },
    120_000,
  );
});
