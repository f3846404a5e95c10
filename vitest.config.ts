// How do the tests run? (real servers and real git take seconds, so the limits are generous)
import { defineConfig } from "vitest/config";
import { withoutNamed } from "./test/defences/switch.ts";

/** Set by `npm run test:defences`: the name of one defence to take out of what the tests load. */
const without = process.env["LAPSE_WITHOUT"] ?? "";

export default defineConfig({
  plugins: without === "" ? [] : [await withoutNamed(without)],
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    coverage: {
      include: ["src/**/*.ts"],
      thresholds: { "src/core/**": { statements: 95, branches: 90 }, statements: 85 },
    },
  },
});
