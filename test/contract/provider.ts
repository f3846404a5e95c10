// How does the conformance suite run here? (one test a case; what does not apply is shown as skipped, with the reason)
import { describe, test } from "vitest";
import { CASES, runCase } from "../../src/conformance/cases.ts";
import type { WorldMaker } from "../../src/conformance/world.ts";

export function obeysProviderContract(name: string, maker: Pick<WorldMaker, "make">): void {
  describe(`${name} obeys the provider contract`, () => {
    for (const one of CASES) {
      test(one.title, async ({ skip }) => {
        const result = await runCase(maker, one);
        if (result.is === "failed") throw result.error;
        if (result.is === "skipped") skip(result.reason);
      });
    }
  });
}
