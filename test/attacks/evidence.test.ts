// Who did it and when: is it the server's record that is written down, once, and enough for ever?
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { audit } from "../../src/commands/audit.ts";
import { decide } from "../../src/core/decide.ts";
import { gather } from "../../src/gather.ts";
import { apply } from "../../src/reconcile.ts";
import { storyOf } from "../../src/show.ts";
import { requestFile, requestPath } from "../support/company.ts";
import { SECOND, world, type World } from "../support/world.ts";

const LINUS = { name: "Linus Torvalds", email: "torvalds@linux-foundation.org" };
const IN_2038 = Date.UTC(2038, 0, 19, 3, 14);

let w: World;
beforeEach(async () => {
  w = await world();
});
afterEach(() => w.stop());

/** Everything that the audit and the story say, without a forge to ask. */
async function told(id: string): Promise<string> {
  let said = "";
  const context = await w.context({
    json: true,
    forge: () => Promise.reject(new Error("the forge was asked")),
  });
  await audit({ ...context, io: { ...context.io, out: (text) => void (said += text) } }, {});
  return said + JSON.stringify(await storyOf(context, id));
}

describe("made-up authors and dates", () => {
  const forged = async (id: string): Promise<string> => {
    const files = { [requestPath({ id })]: requestFile({ id }) };
    return w.forge.push("ann", `scratch/${id}`, files, { author: LINUS, at: IN_2038 });
  };

  it("E3: neither the window nor the record knows them: who opened it and when it was merged is the server's word", async () => {
    const to = await forged("forged");
    w.tick(SECOND);
    await w.forge.push("ann", "access/forged", {}, { to });
    const pull = await w.forge.openPull("ann", { branch: "access/forged", title: "forged" });
    await w.approve(pull, "carol");
    const merged = w.now() + SECOND;
    await w.merge(pull, "grace");
    const { plan } = await apply(await w.context());
    expect(
      plan.admitted.map(({ admission: { start, evidence } }) => [start, evidence.author, evidence.mergedBy]),
    ).toEqual([[merged, 1001, 1008]]);
    expect(await told("forged")).not.toMatch(/torvalds|linus|2038/i);
  });

  it("E3: who pushed straight to main is named, not whom the commit names", async () => {
    const to = await forged("pushed");
    w.tick(SECOND);
    await w.forge.push("mallory", "main", {}, { to });
    const plan = decide((await gather(await w.context())).view);
    const said = plan.refused.flatMap((r) => r.findings.map((f) => f.message)).join("\n");
    expect(said).toContain("by push of mallory");
    expect(said).not.toMatch(/torvalds|linus/i);
  });
});

describe("evidence that is deleted", () => {
  it("E8: without the branch, the reviewer's account, the review and the forge, everything is told as before", async () => {
    const pull = await w.ask({ id: "kept" });
    const review = await w.approve(pull, "carol");
    await w.merge(pull);
    await apply(await w.context());
    const before = await told("kept");
    expect(before).toContain('"carol"');
    expect(before).toContain(`"review":${String(review)}`);
    await w.forge.dismiss("dan", pull, review);
    await w.forge.deleteBranch("ann", "access/kept");
    w.forge.deleteUser("carol");
    expect(await told("kept")).toBe(before);
  });
});
