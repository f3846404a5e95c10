// Two requests that are forbidden together: does the earlier one win, in whatever order they are found?
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decide } from "../../src/core/decide.ts";
import { gather } from "../../src/gather.ts";
import { world, type World } from "../support/world.ts";

const RULE = `apiVersion: lapse.dev/v1
kind: Policy
metadata: { name: one-at-a-time }
spec:
  match: { environments: [production] }
  rules:
    - name: no-two-at-once
      require: "!active.exists(g, g.subject != request.subject)"
      message: "somebody else has access now"
`;

/** The same order for the same seed: a small generator suffices to mix ten things. */
function shuffled<T>(things: readonly T[], seed: number): readonly T[] {
  let state = seed + 1;
  const next = () => (state = (state * 48_271) % 2_147_483_647);
  return things
    .map((thing) => [next(), thing] as const)
    .sort(([a], [b]) => a - b)
    .map(([, thing]) => thing);
}

describe("requests that are forbidden together", () => {
  let w: World;
  beforeEach(async () => {
    w = await world({ files: { "policies/rules/one-at-a-time.yaml": RULE } });
  });
  afterEach(() => w.stop());

  it.each([
    ["ann", "bob"],
    ["bob", "ann"],
  ])(
    "A17: merged %s before %s: the earlier one is granted, in all of a hundred orders",
    async (first, second) => {
      for (const subject of [first, second])
        await w.askAndMerge({ id: `z-${second}-a-${subject}`, subject, author: subject });
      for (const subject of [first, second])
        await w.askAndMerge({ id: `later-${subject}`, subject, author: subject });
      const { view } = await gather(await w.context());
      expect(view.candidates.length).toBe(4);
      for (let seed = 0; seed < 100; seed += 1) {
        const plan = decide({ ...view, candidates: shuffled(view.candidates, seed) });
        expect(plan.admitted.map((a) => a.admission.subject)).toEqual([first, first]);
        expect(plan.refused.map((r) => r.request)).toEqual([`z-${second}-a-${second}`, `later-${second}`]);
      }
    },
  );

  it("A17: two of one merge queue's group: the lower number is the earlier one", async () => {
    const pulls: number[] = [];
    for (const subject of ["ann", "bob"]) {
      const pull = await w.ask({ id: `queued-${subject}`, subject, author: subject });
      await w.approve(pull, "carol");
      pulls.push(pull);
    }
    w.tick(1000);
    await w.forge.mergeQueue("grace", pulls.toReversed());
    const { view } = await gather(await w.context());
    for (const candidates of [view.candidates, view.candidates.toReversed()])
      expect(decide({ ...view, candidates }).admitted.map((a) => a.request)).toEqual(["queued-ann"]);
  });
});
