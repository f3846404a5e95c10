// Does one long-running process end access to the second, whatever happens around it? (in virtual time)
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { control } from "../src/controller.ts";
import type { LogLine } from "../src/core/log-line.ts";
import type { Instant } from "../src/core/model.ts";
import { gitRepo } from "../src/repo/git.ts";
import { logJson, logText } from "../src/report/log-line.ts";
import { policies } from "./support/company.ts";
import { virtualLife, type Happening } from "./support/life.ts";
import { HOUR, MINUTE, SECOND, world, type World } from "./support/world.ts";

interface Line extends LogLine {
  readonly at: Instant;
}

let w: World;
beforeEach(async () => {
  w = await world();
});
afterEach(() => w.stop());

/** Runs a controller in a clone of its own for so long, and says what it told and how it slept. */
async function live(ms: number, happenings: readonly Happening[] = [], poll = 5 * MINUTE) {
  const context = await w.context();
  const life = virtualLife(
    w,
    gitRepo({ dir: context.dir, env: process.env }),
    (w.now() + ms) as Instant,
    happenings,
  );
  const lines: Line[] = [];
  let rounds = 0;
  await control(context, life, {
    poll,
    tell: (told, at) => void lines.push({ ...told, at }),
    alive: () => void (rounds += 1),
  });
  return { lines, rounds, naps: life.naps };
}

const events = (lines: readonly Line[]) => lines.map(({ event, about }) => `${event} ${about}`.trim());
const lateness = (lines: readonly Line[]) =>
  lines.flatMap(({ event, at, end }) => (event === "revoked" && end !== undefined ? [at - end] : []));

describe("a controller", { timeout: 120_000 }, () => {
  it("gives what is merged, ends it at its very second, and lets go of its lease", async () => {
    const ask = { at: w.now() + 7 * MINUTE, what: () => w.askAndMerge({ id: "short", duration: "8m" }) };
    const { lines, naps } = await live(34 * MINUTE, [ask]);
    expect(events(lines)).toEqual([
      "turn ours",
      "granted short",
      "revoked short",
      "pull request " + (lines.find((l) => l.event === "pull request")?.about ?? "-"),
      "stopped",
    ]);
    expect(lateness(lines)).toEqual([0]);
    expect(w.shop.can("ann", "reader")).toBe(false);
    expect(Math.max(...naps)).toBeLessThanOrEqual(60 * SECOND);
    const other = await live(MINUTE, [], MINUTE);
    expect(events(other.lines)[0]).toBe("turn ours");
  });

  it("D10: a grant of 40 days is neither ended early nor waited for in one sleep", async () => {
    const long = Number.MAX_SAFE_INTEGER;
    const settings = { "policies/lapse.yaml": LONG_SETTINGS };
    await w.forge.push("grace", "main", settings);
    await w.forge.push("grace", "main", { "policies/entitlements/long.yaml": LONG });
    await w.askAndMerge({ id: "weeks", entitlement: "long", duration: "40d" });
    const { lines, naps } = await live(3 * MINUTE, [], 10 * MINUTE);
    expect(events(lines)).toContain("granted weeks");
    expect(w.shop.can("ann", "reader")).toBe(true);
    expect(naps.every((ms) => ms > 0 && ms <= MINUTE && ms < long)).toBe(true);
    w.tick(40 * 24 * HOUR - 10 * MINUTE);
    await w.expire();
    const last = await live(10 * MINUTE, [], 10 * MINUTE);
    expect(lateness(last.lines)).toEqual([0]);
  });

  it("goes on for ever when a target refuses, with longer and longer waits, says so once, and ends it when it can", async () => {
    await w.askAndMerge({ id: "stuck", duration: "10m" });
    await w.apply();
    w.shop.fault("revoke", "forbidden", 6);
    const { lines, naps } = await live(20 * MINUTE, [], 10 * MINUTE);
    const failed = lines.filter(({ event }) => event === "failed");
    expect(failed.map(({ says }) => says)).toEqual([["revoke on shop", "forbidden (forbidden)"]]);
    expect(events(lines)).toContain("revoked stuck");
    expect(w.shop.can("ann", "reader")).toBe(false);
    expect(Math.max(...naps)).toBeLessThanOrEqual(MINUTE);
  });

  it("ends what is deleted from main as soon as it looks, and starts what is scheduled at its second", async () => {
    const begins = new Date(w.now() + 20 * MINUTE).toISOString().replace(/\.\d+/, "");
    await w.askAndMerge({ id: "later", subject: "bob", duration: "1h", more: `  notBefore: ${begins}\n` });
    await w.askAndMerge({ id: "gone", duration: "2h" });
    const drop = {
      at: w.now() + 6 * MINUTE,
      what: () => w.forge.push("ann", "main", { "requests/orders-read/gone.yaml": null }),
    };
    const { lines } = await live(25 * MINUTE, [drop]);
    const gone = lines.find(({ event, about }) => event === "revoked" && about === "gone");
    expect((gone?.at ?? 0) - drop.at).toBeLessThanOrEqual(5 * MINUTE);
    const later = lines.find(({ event, about }) => event === "granted" && about === "later");
    expect(new Date(later?.at ?? 0).toISOString().replace(/\.\d+/, "")).toBe(begins);
  });

  it("tells in one line a person or a program can read, whatever was typed", () => {
    const told: LogLine = {
      event: "revoked",
      about: "a\n::error::b",
      ok: true,
      says: ["on shop"],
      end: w.now(),
    };
    const at = (w.now() + 3 * SECOND) as Instant;
    expect(logText(told, at)).toMatch(
      /^2026-11-23T09:01:0\dZ {2}✓ revoked {6}a\\n::error::b · on shop · 3 s after/,
    );
    expect(logText(told, at)).not.toContain("\n");
    expect(logJson(told, at)).not.toContain("\n");
    expect(JSON.parse(logJson(told, at))).toMatchObject({ schemaVersion: 1, event: "revoked", ok: true });
  });
});

const HEAD = "apiVersion: lapse.dev/v1\n";
const LONG_SETTINGS = (policies()["policies/lapse.yaml"] ?? "").replace(
  "maxDuration: 12h",
  "maxDuration: 60d",
);
const LONG = `${HEAD}kind: Entitlement
metadata: { name: long }
spec:
  title: For weeks
  target: shop
  role: { role: reader }
  risk: medium
  eligible: [group:backend]
  maxDuration: 60d
  approvals: "[]"
`.replace('"[]"', "[{ from: [group:owners], count: 1 }]");
