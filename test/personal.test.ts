// May a workflow act as a person?
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apply } from "../src/commands/apply.ts";
import { expire } from "../src/commands/expire.ts";
import { HOUR, world, type World } from "./support/world.ts";

const tail = randomBytes(18).toString("hex");
const PERSONS = [
  `ghp_${tail}`,
  `github_pat_${tail}_${tail}`,
  `gho_${tail}`,
  `ghu_${tail}`,
  tail.padEnd(40, "0"),
];
const MACHINES = [`ghs_${tail}`, `ghs_eyJ${tail}.eyJ${tail}.${tail}`, `v1.${tail}`, ""];

describe("F11: a person's token in a workflow", () => {
  let w: World;
  let said: string[] = [];
  beforeAll(async () => {
    w = await world();
    await w.askAndMerge({ id: "one", duration: "1h" });
  });
  afterAll(() => w.stop());

  const contextWith = async (token: string, inWorkflow = true) => {
    const plain = await w.context({ secret: (name) => (name === "GITHUB_TOKEN" ? token : undefined) });
    said = [];
    const io = { ...plain.io, annotates: inWorkflow, err: (text: string) => said.push(text) };
    return { ...plain, io };
  };

  test.each(PERSONS)("F11: gives no access, and says why and what to do: %s", async (token) => {
    await expect(apply(await contextWith(token), {})).rejects.toMatchObject({
      kind: "forbidden",
      message: expect.stringContaining("a person's token") as string,
      fix: expect.stringContaining("--allow-pat") as string,
    });
    expect(w.shop.can("ann", "reader")).toBe(false);
  });

  test("F11: works on a person's own machine, and where it is wanted", async () => {
    const [token = ""] = PERSONS;
    expect(await apply(await contextWith(token, false), {})).toBe(0);
    expect(await apply(await contextWith(token), { allowPat: true })).toBe(0);
    expect(w.shop.can("ann", "reader")).toBe(true);
  });

  test.each(MACHINES)("F11: tokens of Apps and of workflows are fine: %s", async (token) => {
    expect(await apply(await contextWith(token), {})).toBe(0);
    await expire(await contextWith(token));
    expect(said).toEqual([]);
  });

  test("F11: takes access away all the same, with a warning: less access never waits", async () => {
    w.tick(2 * HOUR);
    const [token = ""] = PERSONS;
    expect(await expire(await contextWith(token))).toBe(0);
    expect(said.join()).toContain("a person's token");
    expect(w.shop.can("ann", "reader")).toBe(false);
  });
});
