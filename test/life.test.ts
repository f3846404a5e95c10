// Does a request live its whole life on every kind of target?
import { describe } from "vitest";
import { livesItsLife } from "./contract/life.ts";
import { fakes } from "./contract/fakes.ts";

describe("the whole life of a request on", () => {
  for (const maker of fakes) livesItsLife(maker);
});
