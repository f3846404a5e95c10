// Can one request, one target or one installation end, keep or hide the access of another? (each was possible once)
import { afterEach, describe, expect, it } from "vitest";
import type { Context } from "../../src/context.ts";
import type { Assignment } from "../../src/core/model.ts";
import { isSkip, type World as Bench } from "../../src/conformance/world.ts";
import { memory } from "../../src/providers/memory/index.ts";
import { memoryTarget, type MemoryTarget } from "../../src/providers/memory/target.ts";
import type { Provider, Session } from "../../src/providers/provider.ts";
import { expire } from "../../src/reconcile.ts";
import { fakes } from "../contract/fakes.ts";
import { policies, target } from "../support/company.ts";
import { HOUR, MINUTE, world, type World } from "../support/world.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const offer = (name: string, on: string, role: object): string =>
  (policies()["policies/entitlements/orders-read.yaml"] ?? "")
    .replace("name: orders-read", `name: ${name}`)
    .replace("target: shop", `target: ${on}`)
    .replace(/role: .*/, `role: ${JSON.stringify(role)}`);

interface Edge {
  readonly w: World;
  readonly bench: Bench;
  readonly can: () => Promise<boolean>;
}

/** The small company with one pretended target of this name, whose one edge `edge-use` lends to ann. */
async function onEdge(name: string): Promise<Edge> {
  const bench = await fakes.find((one) => one.name === name)?.make();
  if (!bench) throw new Error(`there is no world ${name}`);
  const { kind } = bench.provider;
  const identities = `identities: { ${kind}: ${JSON.stringify(bench.subjects[0])}, memory: ann }`;
  const w = await world({
    start: bench.now,
    secrets: bench.secret,
    providers: { [kind]: bench.provider },
    ...(!isSkip(bench.advance) && { onTick: bench.advance }),
    files: {
      "policies/people/ann.yaml": (policies()["policies/people/ann.yaml"] ?? "").replace(
        /identities: .*/,
        identities,
      ),
      "policies/targets/edge.yaml": target("edge", kind, bench.connection),
      "policies/entitlements/edge-use.yaml": offer("edge-use", "edge", bench.role),
    },
  });
  closers.push(() => w.stop(), bench.close);
  return { w, bench, can: () => bench.can(bench.subjects[0]) };
}

/** Two pretended targets in memory; `change` lies about or disturbs one of them. */
async function twoTargets(
  change: (session: Session, name: string) => Session,
  timeout = 5_000,
): Promise<{ readonly w: World; readonly at: Readonly<Record<"shop" | "other", MemoryTarget>> }> {
  const clock = () => made.now();
  const at = { shop: memoryTarget({ clock }), other: memoryTarget({ clock }) };
  const plain = memory((name) => (name === "shop" || name === "other" ? at[name] : undefined));
  const provider: Provider = {
    ...plain,
    connect: async (connection, options) =>
      change(
        await plain.connect(connection, options),
        JSON.stringify(connection["name"]).replaceAll('"', ""),
      ),
  };
  const made: World = await world({
    timeout,
    providers: { memory: provider },
    files: {
      "policies/targets/other.yaml": target("other", "memory", { name: "other" }),
      "policies/entitlements/other-use.yaml": offer("other-use", "other", { role: "reader" }),
    },
  });
  closers.push(() => made.stop());
  return { w: made, at };
}

/** Runs another run once, right before this context's first call of a kind. */
function interrupted(base: Context, before: "record" | "revoke", other: () => Promise<unknown>): Context {
  let done = false;
  const first = async (): Promise<void> => {
    if (done) return;
    done = true;
    await other();
  };
  const guarded = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (inner, name) => {
        const value: unknown = Reflect.get(inner, name);
        if (typeof value !== "function") return value;
        return async (...args: unknown[]) => {
          if (name === before) await first();
          return Reflect.apply(value, inner, args) as unknown;
        };
      },
    });
  return {
    ...base,
    ledger: guarded(base.ledger),
    provider: async (kind) => {
      const provider = await base.provider(kind);
      return (
        provider && { ...provider, connect: async (...args) => guarded(await provider.connect(...args)) }
      );
    },
  };
}

describe("a mark that anybody may have written", () => {
  it("closes no other target's case, although it bears its name", async () => {
    const { w, at } = await twoTargets((session) => session);
    await w.askAndMerge({ id: "ann-prod", entitlement: "other-use", duration: "1h" });
    await w.apply();
    const forged = structuredClone([...at.other.objects.values()][0]);
    if (!forged) throw new Error("nothing was granted");
    // The name of ann's request in the owner's form, on a target where mallory may write.
    forged.mark = "lapse:forged";
    at.shop.write(() => at.shop.objects.set("lapse:forged", { ...forged, target: "shop" }));
    const lying = (context: Context): Context => ({
      ...context,
      provider: async (kind) => {
        const provider = await context.provider(kind);
        const named = (item: Assignment) => ({ ...item, role: { ...item.role, request: "ann-prod" } });
        return (
          provider && {
            ...provider,
            connect: async (...args) => {
              const session = await provider.connect(...args);
              const list = async () => {
                const { items, complete } = await session.list();
                return {
                  complete,
                  items: items.map((one) => (one.mark === "lapse:forged" ? named(one) : one)),
                };
              };
              return { ...session, list };
            },
          }
        );
      },
    });
    await expire(lying(await w.context()));
    expect(at.shop.objects.size).toBe(0);
    const seen = await w.context();
    await seen.repo.fetch();
    expect((await seen.ledger.read()).live.map((one) => one.request)).toEqual(["ann-prod"]);
    w.tick(2 * HOUR);
    await w.expire();
    expect(at.other.can("ann", "reader")).toBe(false);
  });
});

describe("one edge that two requests stand behind", () => {
  const begun = async (): Promise<Edge> => {
    const edge = await onEdge("GitHub teams");
    const { w } = edge;
    await w.askAndMerge({ id: "one", entitlement: "edge-use", duration: "1h" });
    await w.apply();
    w.tick(50 * MINUTE);
    await w.expire();
    w.tick(11 * MINUTE);
    await w.askAndMerge({ id: "two", entitlement: "edge-use", duration: "4h" });
    return edge;
  };

  it.each(["record", "revoke"] as const)(
    "is not cut by a sweep that another run's grant overtakes before its %s",
    async (before) => {
      const { w, can } = await begun();
      await expire(interrupted(await w.context(), before, () => w.apply()));
      await w.apply();
      expect(await can(), "the end of `one` ended `two`").toBe(true);
      w.tick(5 * HOUR);
      await w.expire();
      expect(await can()).toBe(false);
    },
  );
});

describe("somebody else's access", () => {
  it("given by an administrator after a request has ended, is not Lapse's to take, and is reported", async () => {
    const { w, bench, can } = await onEdge("GitHub teams");
    await w.askAndMerge({ id: "one", entitlement: "edge-use", duration: "1h" });
    await w.apply();
    w.tick(HOUR + MINUTE);
    await w.expire();
    expect(await can()).toBe(false);
    await bench.standing(bench.subjects[0]);
    w.tick(10 * MINUTE);
    const report = await w.expire();
    expect(await can()).toBe(true);
    expect(report.warnings.map(({ code }) => code)).toEqual(["LPS452"]);
  });
});

describe("one request", () => {
  it("whose revocation hangs does not keep the others of its target, however it is called", async () => {
    const stuck = (session: Session): Session => ({
      ...session,
      revoke: (assignment) =>
        assignment.mark === "lapse:a-stuck"
          ? new Promise<never>(() => undefined)
          : session.revoke(assignment),
    });
    const { w, at } = await twoTargets(stuck, 100);
    await w.askAndMerge({ id: "a-stuck", duration: "1h" });
    await w.askAndMerge({ id: "b-fine", subject: "bob", duration: "1h" });
    await w.apply();
    w.tick(HOUR);
    await w.expire();
    w.tick(HOUR);
    await w.expire();
    expect(at.shop.can("bob", "reader")).toBe(false);
  });

  it("whose names mean something else by now stops nobody else's grant, and is not granted to what they mean", async () => {
    let made = 1;
    const renamed = (session: Session, name: string): Session => ({
      ...session,
      resolve: async (claim) => {
        const assignment = await session.resolve(claim);
        return name === "shop" ? { ...assignment, key: `${assignment.key}/${String(made)}` } : assignment;
      },
    });
    const { w, at } = await twoTargets(renamed);
    await w.askAndMerge({ id: "one", duration: "5h" });
    await w.apply();
    made = 2;
    at.shop.objects.clear();
    await w.askAndMerge({ id: "two", subject: "bob", entitlement: "other-use", duration: "1h" });
    const report = await w.apply();
    expect(at.other.can("bob", "reader")).toBe(true);
    expect(report.outcomes.filter((o) => !o.ok).map((o) => o.notes)).toEqual([["conflict (identity)"]]);
    expect(at.shop.can("ann", "reader")).toBe(false);
  });
});
