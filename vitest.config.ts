// How do the tests run? (real servers and real git take seconds, so the limits are generous)
import { defineConfig } from "vitest/config";

export default defineConfig({
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
