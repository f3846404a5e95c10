// What must every forge do? (the contract of the port, run against a server that behaves worse than GitHub)
import { describe } from "vitest";
import { makesChanges } from "./forge-changes.ts";
import { tellsFacts } from "./forge-facts.ts";
import { tellsSettings } from "./forge-settings.ts";
import { bearsTrouble } from "./forge-trouble.ts";
import type { ForgeWorld } from "./forge-world.ts";

/** Runs the whole contract; `start` makes a world that nobody else uses. */
export function obeysForgeContract(name: string, start: () => Promise<ForgeWorld>): void {
  describe(name, () => {
    describe("facts", () => {
      tellsFacts(start);
    });
    describe("settings", () => {
      tellsSettings(start);
    });
    describe("changes", () => {
      makesChanges(start);
    });
    describe("trouble", () => {
      bearsTrouble(start);
    });
  });
}
