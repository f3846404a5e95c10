// What must every forge do when the server does not do as it should?
import { expect, test } from "vitest";
import type { Forge } from "../../src/forge/forge.ts";
import type { Sandbox } from "../../src/sandbox/github/sandbox.ts";
import { byKind, eachScene, opened, problem } from "./forge-world.ts";
import type { ForgeWorld } from "./forge-world.ts";

/** Failures: bounded, said as what they are, and never taken for an answer. */
export function bearsTrouble(start: () => Promise<ForgeWorld>): void {
  let world: ForgeWorld;
  let sandbox: Sandbox;
  let forge: Forge;
  eachScene(start, (scene) => {
    ({ world, sandbox, forge } = scene);
  });

  test("says what a token lacks", async () => {
    const { number } = await opened(world);
    const denied = await problem(
      world
        .as("rita")
        .upsertComment(number, "m", "x")
        .then(() => world.as("rita").permission({ id: 1, login: "ann", type: "User" })),
    );
    expect(denied.kind).toBe("forbidden");
    expect(denied.fix).toContain("permission");
    expect((await problem(world.as("stranger").repository())).kind).toBe("forbidden");
    sandbox.setPermission("rita", "none");
    expect((await problem(world.as("rita").repository())).kind).toBe("misconfigured");
  });

  test("asks again after a server error, and gives up as unavailable", async () => {
    sandbox.fault({ on: /^GET \/user/, do: { is: "error", status: 502 }, times: 2 });
    expect(await forge.whoami()).toMatchObject({ id: 1 });
    sandbox.fault({ on: /^GET \/user/, do: { is: "error", status: 500 }, times: 3 });
    await expect(forge.whoami()).rejects.toMatchObject(byKind("unavailable"));
  });

  test("waits as long as a 429 asks, and everything else waits with it", async () => {
    sandbox.fault({ on: /^GET \/user/, do: { is: "throttled", status: 429, retryAfter: 1 } });
    const started = performance.now();
    const first = forge.whoami();
    await new Promise((resolve) => setTimeout(resolve, 250));
    const [me, repository] = await Promise.all([first, forge.repository()]);
    expect(me).toMatchObject({ id: 1 });
    expect(repository.defaultBranch).toBe("main");
    expect(performance.now() - started).toBeGreaterThanOrEqual(1000);
  });

  test.each([
    ["a 403 that asks for more than the budget", { is: "throttled", status: 403, retryAfter: 600 } as const],
    ["a 403 that does not say how long", { is: "throttled", status: 403 } as const],
    ["a 429 that does not say how long", { is: "throttled", status: 429 } as const],
  ])("gives up at once on %s", async (_, how) => {
    sandbox.fault({ on: /^GET \/user/, do: how });
    const started = performance.now();
    await expect(forge.whoami()).rejects.toMatchObject(byKind("unavailable"));
    await expect(forge.repository()).rejects.toMatchObject(byKind("unavailable"));
    expect(performance.now() - started).toBeLessThan(1000);
    expect(sandbox.calls.map(({ call }) => call)).toEqual(["GET /user"]);
  });

  test("does not wait for an answer that never comes", async () => {
    sandbox.fault({ on: /^GET \/user/, do: { is: "hang", effect: "before" } });
    const started = performance.now();
    await expect(world.as("ann", { timeout: 300 }).whoami()).rejects.toMatchObject(byKind("unavailable"));
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test.each([
    ["cut short", { is: "cut" } as const, 1],
    ["reset", { is: "reset", effect: "before" } as const, 3],
  ])("never takes an answer that was %s for an answer", async (_, how, times) => {
    const { number } = await opened(world);
    await sandbox.review("bob", number, "CHANGES_REQUESTED", { body: "no" });
    sandbox.fault({ on: /reviews/, do: how, times });
    await expect(forge.reviews(number)).rejects.toMatchObject(byKind("unavailable"));
    expect(await forge.reviews(number)).toHaveLength(1);
  });

  test("fails as a whole when a later page fails", async () => {
    const { number } = await opened(world);
    for (let i = 0; i < 35; i += 1) await sandbox.review("cy", number, "COMMENTED", { body: "x" });
    sandbox.fault({ on: /reviews.*[?&]page=2/, do: { is: "error", status: 403, message: "no" } });
    await expect(forge.reviews(number)).rejects.toMatchObject(byKind("forbidden"));
  });

  test("does not write twice when the answer to a write got lost", async () => {
    const { number } = await opened(world);
    sandbox.fault({ on: /^POST .*\/comments/, do: { is: "reset", effect: "after" } });
    await expect(forge.upsertComment(number, "m", "x")).rejects.toMatchObject(byKind("unavailable"));
    await forge.upsertComment(number, "m", "x");
    expect(sandbox.comments(number)).toHaveLength(1);
  });

  test("is told that nothing has changed, and gives the same answer", async () => {
    const { number } = await opened(world);
    await sandbox.review("bob", number, "APPROVED");
    const first = await forge.reviews(number);
    expect(await forge.reviews(number)).toEqual(first);
    expect(sandbox.calls.map(({ status }) => status)).toEqual([200, 304]);
    await sandbox.review("bob", number, "CHANGES_REQUESTED", { body: "wait" });
    expect(await forge.reviews(number)).toHaveLength(2);
  });

  test("is unavailable when nobody listens", async () => {
    await sandbox.stop();
    const failed = await problem(forge.repository());
    expect(failed.kind).toBe("unavailable");
    expect(`${failed.message} ${failed.fix} ${String(failed.cause)}`).not.toContain("t-ann");
  });
}
