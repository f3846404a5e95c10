// What else could keep access open, or cut it short? (wrong clocks, late runs, partial reads, careless administrators, a busy forge)
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../../src/context.ts";
import type { Instant } from "../../src/core/model.ts";
import { printInstant } from "../../src/core/time.ts";
import type { Listed, Provider, Session } from "../../src/providers/provider.ts";
import { apply, expire } from "../../src/reconcile.ts";
import { revertEnded } from "../../src/revert.ts";
import { simTarget } from "../sim/targets.ts";
import { policies, requestFile, requestPath, target } from "../support/company.ts";
import { HOUR, MINUTE, SECOND, world, type World } from "../support/world.ts";

const run = promisify(execFile);
let w: World;
afterEach(() => w.stop());

const can = (who = "ann") => w.shop.can(who, "reader");
const skewed = async (by: number): Promise<Context> => {
  const clock = () => (w.now() + by) as Instant;
  return w.context({ now: clock(), clock });
};

/** Every session of the context is changed in this way. */
function through(context: Context, change: (session: Session) => Partial<Session>): Context {
  return {
    ...context,
    provider: async (kind): Promise<Provider | undefined> => {
      const provider = await context.provider(kind);
      return (
        provider && {
          ...provider,
          connect: async (...args) => {
            const session = await provider.connect(...args);
            return { ...session, ...change(session) };
          },
        }
      );
    },
  };
}

describe("a clock that is wrong", () => {
  beforeEach(async () => {
    w = await world();
  });

  it.each([-26 * HOUR, -3 * HOUR, -40 * MINUTE, -5 * MINUTE, 5 * MINUTE, 40 * MINUTE, 26 * HOUR])(
    "D8: an applier that is %i ms off opens nothing before its time and keeps nothing after it",
    async (off) => {
      await w.askAndMerge({ id: "one", duration: "1h" });
      const merged = w.now() - SECOND;
      for (let round = 0; round < 5; round += 1) {
        await apply(await skewed(off));
        await w.expire();
        if (w.now() >= merged + HOUR) expect(can(), "open after its end").toBe(false);
        w.tick(20 * MINUTE);
      }
      for (const { from, to = Infinity } of w.shop.history()) {
        expect(from).toBeGreaterThanOrEqual(merged);
        expect(to).toBeLessThanOrEqual(merged + HOUR + 20 * MINUTE);
      }
    },
    120_000,
  );

  it.each([-40 * MINUTE, -2 * MINUTE, 2 * MINUTE, 15 * MINUTE])(
    "D8: an applier that is %i ms off by the forge's clock grants nothing, and says why",
    async (off) => {
      const begins = (w.now() + 10 * MINUTE) as Instant;
      await w.askAndMerge({ id: "later", duration: "1h", more: `  notBefore: ${printInstant(begins)}\n` });
      await w.apply();
      // It believes that the window is open: it is not yet, or has just gone by.
      const edge = begins + (off > 0 ? 0 : HOUR);
      w.tick(edge - Math.abs(off) / 2 - w.now());
      await w.expire();
      if (off < 0) w.tick(-off);
      const { plan } = await apply(await skewed(off));
      expect(plan.held.map(({ reason }) => reason)).toEqual([
        expect.stringMatching(off > 0 ? /ahead of the forge's/ : /behind the forge's/),
      ]);
      expect(w.shop.history()).toEqual([]);
    },
  );

  it("D8: a few seconds off are nothing", async () => {
    await w.askAndMerge({ id: "one" });
    await apply(await skewed(20 * SECOND));
    expect(can()).toBe(true);
  });

  it("D8: a sweep that is a day ahead ends access early, and is not taken for a sign of life", async () => {
    await w.askAndMerge({ id: "one", duration: "4h" });
    await w.apply();
    await expire(await skewed(26 * HOUR));
    expect(can()).toBe(false);
    await w.askAndMerge({ id: "two", subject: "bob", duration: "1h" });
    const report = await w.apply();
    expect(
      report.plan.held.map(({ request, reason }) => [request, reason.includes("the sweep last ran at")]),
    ).toEqual([["two", true]]);
    await w.expire();
    await w.apply();
    expect(can("bob")).toBe(true);
  });

  it("D9: granted hours late, by a commit of the year 2036, it ends when it was to end", async () => {
    const ask = { id: "late", duration: "4h" };
    const dir = (await w.context()).dir;
    await run("git", ["-C", dir, "fetch", "-q", w.forge.gitUrlFor("ann"), "main"]);
    await run("git", ["-C", dir, "checkout", "-q", "FETCH_HEAD"]);
    await mkdir(join(dir, "requests/orders-read"), { recursive: true });
    await writeFile(join(dir, requestPath(ask)), requestFile(ask));
    const future = "2036-01-01T00:00:00Z";
    const who = { NAME: "ann", EMAIL: "ann@example.invalid", DATE: future };
    const env = Object.fromEntries(
      Object.entries(who).flatMap(([key, value]) => [
        [`GIT_AUTHOR_${key}`, value],
        [`GIT_COMMITTER_${key}`, value],
      ]),
    );
    await run("git", ["-C", dir, "add", "."]);
    await run("git", ["-C", dir, "commit", "-qm", "Access: late"], { env: { ...process.env, ...env } });
    await run("git", ["-C", dir, "push", "-q", w.forge.gitUrlFor("ann"), "HEAD:refs/heads/access/late"]);
    w.tick(SECOND);
    const pull = await w.forge.openPull("ann", { branch: "access/late", title: "Access: late" });
    await w.approve(pull, "carol");
    await w.merge(pull);
    const merged = w.now() - SECOND;
    w.tick(3 * HOUR);
    await w.expire();
    await w.apply();
    expect(can()).toBe(true);
    const seen = await w.context();
    await seen.repo.fetch();
    expect((await seen.ledger.read()).live.map(({ end }) => end)).toEqual([merged + 4 * HOUR]);
    w.tick(HOUR - 2 * SECOND);
    await w.expire();
    expect(can()).toBe(true);
    w.tick(2 * SECOND);
    await w.expire();
    expect(can()).toBe(false);
  });
});

describe("a read that shows not everything", () => {
  beforeEach(async () => {
    w = await world();
    await w.askAndMerge({ id: "one", duration: "2h" });
    await w.apply();
  });

  it("D12: a list that was cut short proves nothing and is reported", async () => {
    w.shop.fault("list", "partial", Infinity);
    const report = await w.expire();
    expect(report.unseen).toEqual([{ target: "shop", reason: "its list was cut short" }]);
    expect([can(), report.outcomes]).toEqual([true, []]);
  });

  it("D12: an empty answer where something was is no end: it is given again once, reported, and ends on time", async () => {
    const empty: Partial<Session> = {
      observe: (all) => Promise.resolve(all.map(() => ({ state: "absent" as const }))),
      list: () => Promise.resolve({ items: [], complete: true }),
    };
    const report = await apply(through(await w.context(), () => empty));
    expect(report.plan.ends).toEqual([]);
    expect(report.plan.violations.map(({ code }) => code)).toEqual(["LPS450"]);
    expect(w.shop.history().length).toBe(1);
    w.tick(2 * HOUR);
    await expire(
      through(await w.context(), (session) => ({ ...empty, observe: (all) => session.observe(all) })),
    );
    expect(can()).toBe(false);
  });

  it("D12: a read that fails half way grants nothing and drops nothing", async () => {
    await w.askAndMerge({ id: "two", subject: "bob" });
    w.shop.fault("observe", "timeout-after", Infinity);
    const report = await w.apply();
    expect(report.plan.unseen.map(({ target: name }) => name)).toEqual(["shop"]);
    expect([can(), can("bob"), report.plan.ends]).toEqual([true, false, []]);
  });
});

describe("somebody on the target", () => {
  beforeEach(async () => {
    w = await world();
    await w.askAndMerge({ id: "one", duration: "2h" });
    await w.apply();
  });
  const ours = () => {
    const [found] = [...w.shop.objects];
    if (!found) throw new Error("nothing was granted");
    return found;
  };

  it("D15: who puts something else under our name between the list and the deletion, keeps it, and it is reported", async () => {
    const [name, stored] = ours();
    const replaced = async (listed: Promise<{ items: readonly Listed[]; complete: boolean }>) => {
      const answer = await listed;
      const other = { ...stored, mark: "", members: [w.shop.subject("mallory") ?? 0] };
      w.shop.write(() => w.shop.objects.set(name, other));
      return answer;
    };
    const seen = await apply(through(await w.context(), (s) => ({ list: () => replaced(s.list()) })));
    expect(seen.plan.ends).toEqual([]);
    const next = await w.apply();
    expect(next.plan.warnings.map(({ code }) => code)).toContain("LPS450");
    w.tick(2 * HOUR);
    await w.expire();
    expect([can(), can("mallory")]).toEqual([false, true]);
  });

  it.each([
    ["takes the mark off", (mark: string) => ({ mark: mark.slice(0, 0) })],
    ["lets somebody else in with it", () => ({ members: [1, 2] })],
    ["puts off its end", () => ({ end: 4e12 as Instant })],
    ["widens its role", () => ({ role: "admin" })],
  ])("D16: who %s is found out, and it ends all the same", async (_, change) => {
    const [name, stored] = ours();
    w.shop.write(() => w.shop.objects.set(name, { ...stored, ...change(stored.mark) }));
    const report = await w.apply();
    const found = [...report.plan.warnings, ...report.plan.violations].map(({ code }) => code);
    if (!("end" in change(""))) expect(found).toContain("LPS450");
    w.tick(2 * HOUR);
    await w.expire();
    // What is not any more what was granted is found by its mark, as soon as its case is closed.
    w.tick(15 * MINUTE);
    await w.expire();
    expect(w.shop.history().filter(({ to }) => to === undefined)).toEqual([]);
  });
});

describe("two requests for the same right", () => {
  const ORDERS = ["s1 s2 e1 e2", "s1 s2 e2 e1", "s2 s1 e1 e2", "s2 s1 e2 e1", "s1 e1 s2 e2", "s2 e2 s1 e1"];

  it.each(["object", "container", "marked", "bare"] as const)(
    "D17: in all six orders of two starts and two ends ann has it exactly while one of them runs (%s)",
    async (ownership) => {
      const clock = () => Number(made.now());
      const edge = simTarget({ name: "edge", ownership, clock });
      const offer = (policies()["policies/entitlements/orders-read.yaml"] ?? "")
        .replace("name: orders-read", "name: edge-use")
        .replace("target: shop", "target: edge");
      const made = await world({
        providers: { "sim-edge": edge.provider },
        files: {
          "policies/people/ann.yaml": (policies()["policies/people/ann.yaml"] ?? "").replace(
            /identities: .*/,
            "identities: { sim-edge: ann, memory: ann }",
          ),
          "policies/targets/edge.yaml": target("edge", "sim-edge", {}),
          "policies/entitlements/edge-use.yaml": offer,
        },
      });
      w = made;
      for (const [n, order] of ORDERS.entries()) {
        const steps = order.split(" ");
        const running = new Set<string>();
        for (const [i, step] of steps.entries()) {
          const which = step.slice(1);
          if (step.startsWith("s")) {
            const minutes = 20 * (steps.indexOf(`e${which}`) - i);
            const id = `o${String(n)}-${which}`;
            await w.askAndMerge({ id, entitlement: "edge-use", duration: `${String(minutes)}m` });
            await w.apply();
            running.add(which);
          } else {
            await w.expire();
            running.delete(which);
          }
          expect(edge.server.can("ann", "reader"), `${order}, after ${step}`).toBe(running.size > 0);
          w.tick(20 * MINUTE);
        }
      }
    },
    240_000,
  );
});

describe("a forge that is busy", () => {
  beforeEach(async () => {
    w = await world();
    await w.askAndMerge({ id: "one", duration: "1h" });
    await w.apply();
  });

  it("D18: a limit that grants have used up keeps nobody in", async () => {
    await w.askAndMerge({ id: "two", subject: "bob" });
    w.forge.fault({
      on: /^[A-Z]+ \/repos\//,
      do: { is: "throttled", status: 403, retryAfter: 3_600 },
      times: 1_000,
    });
    w.tick(HOUR);
    const report = await w.expire();
    expect([report.outcomes.map(({ ok }) => ok), can()]).toEqual([[true], false]);
    w.forge.clearFaults();
  });

  it("D22: a revert pull request that the forge refuses changes nothing about the end, and comes later, once", async () => {
    const tidy = async () => {
      const context = await w.context();
      const report = await expire(context);
      return report.main && revertEnded(context, report.main, report.ledger);
    };
    w.tick(HOUR);
    w.forge.fault({ on: /^POST .*\/pulls/, do: { is: "error", status: 403 }, times: 1_000 });
    await tidy().catch(() => undefined);
    expect(can()).toBe(false);
    w.forge.clearFaults();
    const first = await tidy();
    const again = await tidy();
    expect([first?.requests, again?.number]).toEqual([["one"], first?.number]);
  });
});
