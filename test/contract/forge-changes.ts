// What may every forge change, and how often?
import { expect, test } from "vitest";
import { fromEpoch } from "../../src/core/time.ts";
import type { Forge } from "../../src/forge/forge.ts";
import type { Sandbox } from "../../src/sandbox/github/sandbox.ts";
import { byKind, eachScene, MINUTE, opened, request } from "./forge-world.ts";
import type { ForgeWorld } from "./forge-world.ts";

/** Writes: each can be repeated, and nobody else's work is touched. */
export function makesChanges(start: () => Promise<ForgeWorld>): void {
  let world: ForgeWorld;
  let sandbox: Sandbox;
  let forge: Forge;
  eachScene(start, (scene) => {
    ({ world, sandbox, forge } = scene);
  });

  test("opens a pull request once, however often it is asked to", async () => {
    await sandbox.push("ann", "lapse/ended/1", { [request]: "spec: 1\n" });
    const wanted = { title: "Ended", body: "done", head: "lapse/ended/1", base: "main" };
    const made = await forge.createPull(wanted);
    expect(made).toMatchObject({ title: "Ended", state: "open", head: { ref: "lapse/ended/1" } });
    expect((await forge.createPull(wanted)).number).toBe(made.number);
    expect((await forge.openPulls("lapse/")).map(({ number }) => number)).toEqual([made.number]);
    expect(await forge.openPulls("other/")).toEqual([]);
  });

  test("finds its pull request again when the answer to its opening got lost", async () => {
    await sandbox.push("ann", "lapse/ended/1", { [request]: "spec: 1\n" });
    sandbox.fault({ on: /^POST .*\/pulls$/, do: { is: "hang", effect: "after" } });
    const wanted = { title: "Ended", body: "done", head: "lapse/ended/1", base: "main" };
    const hasty = world.as("ann", { timeout: 500 });
    await expect(hasty.createPull(wanted)).rejects.toMatchObject(byKind("unavailable"));
    await forge.createPull(wanted);
    expect(await forge.openPulls("lapse/")).toHaveLength(1);
  });

  test("changes the title and the body of a pull request apart", async () => {
    const { number } = await opened(world);
    await forge.updatePull(number, { title: "new" });
    expect(await forge.pullBody(number)).toBe("please");
    await forge.updatePull(number, { body: "text" });
    expect((await forge.pull(number)).title).toBe("new");
    expect(await forge.pullBody(number)).toBe("text");
  });

  test.each(["ann", "lapse[bot]"])("keeps one comment per marker as %s", async (login) => {
    const { number } = await opened(world);
    const own = world.as(login);
    // A lookalike by somebody else stays what it is.
    await world.as("cy").upsertComment(number, "<!-- lapse -->", "mine");
    await own.upsertComment(number, "<!-- lapse -->", "first");
    await own.upsertComment(number, "<!-- lapse -->", "second");
    await own.upsertComment(number, "<!-- other -->", "third");
    const writes = () => sandbox.calls.filter(({ call }) => /^(POST|PATCH)/.test(call)).length;
    const before = writes();
    await own.upsertComment(number, "<!-- lapse -->", "second");
    expect(writes()).toBe(before);
    expect(sandbox.comments(number).map(({ body }) => body)).toEqual([
      "<!-- lapse -->\nmine",
      "<!-- lapse -->\nsecond",
      "<!-- other -->\nthird",
    ]);
  });

  test.each(["ann", "lapse[bot]"])("opens one issue per marker as %s, open or closed", async (login) => {
    const own = world.as(login);
    await opened(world);
    const since = fromEpoch(world.now() - MINUTE);
    const wanted = { marker: "<!-- m -->", title: "Review", body: "please", labels: ["lapse"] };
    // A lookalike by somebody else is not ours.
    const theirs = await world.as("cy").openIssue(wanted, since);
    const number = await own.openIssue(wanted, since);
    expect(number).not.toBe(theirs);
    expect(await own.openIssue(wanted, since)).toBe(number);
    sandbox.closeIssue("bob", number);
    expect(await own.openIssue(wanted, since)).toBe(number);
    expect(sandbox.issues()[1]).toMatchObject({
      title: "Review",
      body: "<!-- m -->\nplease",
      labels: ["lapse"],
    });
    expect(await own.openIssue({ ...wanted, marker: "<!-- n -->" }, since)).not.toBe(number);
    sandbox.deleteIssue("ann", number);
    expect(await own.openIssue(wanted, since)).not.toBe(number);
  });

  test("finds its issue again when the answer to its opening got lost", async () => {
    const wanted = { marker: "<!-- m -->", title: "Review", body: "please", labels: [] };
    sandbox.fault({ on: /^POST .*\/issues$/, do: { is: "hang", effect: "after" } });
    const hasty = world.as("ann", { timeout: 500 });
    await expect(hasty.openIssue(wanted, fromEpoch(0))).rejects.toMatchObject(byKind("unavailable"));
    await forge.openIssue(wanted, fromEpoch(0));
    expect(sandbox.issues()).toHaveLength(1);
  });

  test("writes a completed check run, for which it must be an App", async () => {
    const { head } = await opened(world);
    const run = { name: "lapse", ok: false, title: "denied", summary: "because" };
    await world.as("lapse[bot]").checkRun(head, run);
    expect(sandbox.checks(head)).toMatchObject([{ name: "lapse", conclusion: "failure", title: "denied" }]);
    await expect(forge.checkRun(head, run)).rejects.toMatchObject(byKind("forbidden"));
  });
}
