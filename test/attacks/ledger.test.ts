// A ledger that somebody edited, cut or shuffled: the audit says so and exits 3, and two appliers never trip over it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { audit } from "../../src/commands/audit.ts";
import type { Context, ExitCode } from "../../src/context.ts";
import { apply } from "../../src/reconcile.ts";
import { HOUR, world, type World } from "../support/world.ts";

interface Said {
  readonly code: ExitCode;
  readonly report: { readonly addsUp: boolean; readonly text: string };
}

describe("the ledger", () => {
  let w: World;
  beforeAll(async () => {
    w = await world();
    await w.askAndMerge({ id: "first" });
    await w.askAndMerge({ id: "second", subject: "bob" });
    await w.askAndMerge({ id: "alone" }, []);
    await w.apply();
    w.tick(2 * HOUR);
    await w.expire();
  });
  afterAll(() => w.stop());

  const audited = async (): Promise<Said> => {
    const lines: string[] = [];
    const context = await w.context({ json: true });
    const io = { ...context.io, out: (text: string) => void lines.push(text) };
    const code = await audit({ ...context, io }, {});
    return { code, report: { addsUp: code === 0, text: lines.join("") } };
  };

  it("as it was written adds up: exit 0, and the JSON counts what the plan did", async () => {
    const { code, report } = await audited();
    expect(JSON.parse(report.text)).toMatchObject({ schemaVersion: 1 });
    expect(code).toBe(0);
  });

  const tampering: readonly (readonly [string, (lines: readonly string[]) => readonly string[]])[] = [
    ["one line edited", (lines) => lines.map((l) => l.replace(/"end":(\d)/, '"end":9'))],
    ["one line dropped", (lines) => lines.filter((_, i) => i !== 1)],
    ["two lines swapped", ([a = "", b = "", ...rest]) => [b, a, ...rest]],
    ["one line said twice", (lines) => lines.flatMap((l, i) => (i === 1 ? [l, l] : [l]))],
  ];

  it.each(tampering)("%s: exit 3", async (_, change) => {
    const tip = w.forge.tip("lapse/ledger") ?? "";
    const clean = await w.context();
    await clean.repo.fetch();
    const logs = [...(await clean.repo.tree(tip, "log"))].reverse();
    const blobs = await clean.repo.blobs(logs.map((l) => l.oid));
    const texts = logs.map((l) => [l.path, new TextDecoder().decode(blobs.get(l.oid))] as const);
    const [path, text] = texts.find(([, t]) => t.trim().split("\n").length > 3) ?? ["", ""];
    const lines = text.trim().split("\n");
    const bent = change(lines);
    expect(bent).not.toEqual(lines);
    await w.forge.push("mallory", "lapse/ledger", { [path]: `${bent.join("\n")}\n` });
    const { code, report } = await audited();
    expect(code).toBe(3);
    expect(report.text).toMatch(/LPS50\d/);
    await w.forge.push("mallory", "lapse/ledger", {}, { force: true, to: tip });
  });

  it("D7: two appliers at once grant each request once, and the chain holds", async () => {
    await w.expire();
    for (const id of ["race-1", "race-2", "race-3"]) await w.askAndMerge({ id, subject: "bob" });
    const seats: readonly Context[] = [await w.context(), await w.context()];
    await Promise.all(seats.map((seat) => apply(seat)));
    await w.apply();
    const opened = w.shop.history().filter((i) => i.to === undefined);
    expect(opened.map((i) => i.via.replace(/.*:/, "")).sort()).toEqual(["race-1", "race-2", "race-3"]);
    w.tick(2 * HOUR);
    await w.expire();
    expect(w.shop.history().every((i) => i.to !== undefined)).toBe(true);
    expect((await audited()).code).toBe(0);
  });
});
