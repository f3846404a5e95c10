// One request's whole life, and several at once, on any target: through a forge, from asking to the proof that it is gone.
import { expect, test } from "vitest";
import { isSkip, type World as Bench, type WorldMaker } from "../../src/conformance/world.ts";
import type { Applied } from "../../src/core/outcome.ts";
import { apply } from "../../src/reconcile.ts";
import { policies, target } from "../support/company.ts";
import { counting, killed } from "../support/kill.ts";
import { HOUR, MINUTE, world, type World } from "../support/world.ts";

/** An asynchronous target has carried an order out by then. */
const RUNS = 3;

interface Life {
  readonly w: World;
  readonly can: (who: "ann" | "bob") => Promise<boolean>;
  /** Runs again until orders that the target took are carried out, as scheduled runs do; the last report. */
  readonly granted: () => Promise<Applied>;
  readonly ended: () => Promise<void>;
}

export function livesItsLife(maker: WorldMaker): void {
  test(`${maker.name}: asked, approved, merged, granted, used, ended; overlap, extension, standing access, crash`, async () => {
    const bench = await maker.make();
    const w = await companyOn(bench);
    try {
      const life = lifeOn(bench, w);
      await overlapAndExtension(life);
      await standingAccess(bench, life);
      await crashBeforeTheReceipt(life);
      expect((await ledgerOf(w)).live).toEqual([]);
    } finally {
      await w.stop();
      await bench.close();
    }
  }, 300_000);
}

/** The small company, with its shop on this target. */
async function companyOn(bench: Bench): Promise<World> {
  const { kind } = bench.provider;
  const all = policies();
  const [ann, bob] = bench.subjects;
  const identified = (name: string, identity: string) =>
    (all[`policies/people/${name}.yaml`] ?? "").replace(
      /identities: .*/,
      `identities: { ${kind}: ${JSON.stringify(identity)} }`,
    );
  const offered = (name: string) =>
    (all[`policies/entitlements/${name}.yaml`] ?? "").replace(
      /target: shop\n {2}role: .*/,
      `target: target\n  role: ${JSON.stringify(bench.role)}`,
    );
  const { advance, now, provider, secret, timeout } = bench;
  return world({
    start: now,
    secrets: secret,
    providers: { [kind]: provider },
    ...(timeout !== undefined && { timeout }),
    ...(!isSkip(advance) && { onTick: advance }),
    files: {
      "policies/people/ann.yaml": identified("ann", ann),
      "policies/people/bob.yaml": identified("bob", bob),
      "policies/targets/target.yaml": target("target", kind, bench.connection),
      ...Object.fromEntries(
        ["orders-read", "orders-write", "open-read", "crown"].map((name) => [
          `policies/entitlements/${name}.yaml`,
          offered(name),
        ]),
      ),
    },
  });
}

function lifeOn(bench: Bench, w: World): Life {
  const settle = () => {
    if (!isSkip(bench.settle)) bench.settle();
  };
  const orders = bench.provider.capabilities.async;
  return {
    w,
    can: (who) => bench.can(bench.subjects[who === "ann" ? 0 : 1]),
    granted: async () => {
      let report = await w.apply();
      for (let run = 1; orders && run < RUNS && failures(report).length > 0; run += 1) {
        settle();
        report = await w.apply();
      }
      return report;
    },
    ended: async () => {
      for (let run = 1; run <= (orders ? RUNS : 1); run += 1) {
        await w.expire();
        settle();
      }
    },
  };
}

const ledgerOf = async (w: World) => {
  const context = await w.context();
  await context.repo.fetch();
  return context.ledger.read();
};
/** Whatever went otherwise than it should, in words. */
const failures = ({ plan, outcomes }: Applied): readonly string[] => [
  ...plan.refused.flatMap((one) => one.findings.map(({ message }) => message)),
  ...plan.held.map((one) => `${one.request} held: ${one.reason}`),
  ...outcomes.filter((o) => !o.ok).map((o) => `${o.op} ${o.request}: ${o.notes.join(", ")}`),
];

/** Three requests for the same access, one after the other running out: nobody is cut off, nobody stays in. */
async function overlapAndExtension({ w, can, granted, ended }: Life): Promise<void> {
  expect(await can("ann")).toBe(false);
  await w.askAndMerge({ id: "short", duration: "1h" });
  expect(failures(await granted())).toEqual([]);
  expect(await can("ann")).toBe(true);
  await w.askAndMerge({ id: "long", duration: "3h" });
  expect(failures(await granted())).toEqual([]);
  w.tick(HOUR);
  await ended();
  expect(await can("ann"), "the end of the short one ended the long one").toBe(true);
  w.tick(HOUR);
  await ended();
  await w.askAndMerge({ id: "longer", duration: "1h", more: "  extends: long\n" });
  expect(failures(await granted())).toEqual([]);
  w.tick(HOUR + MINUTE);
  await ended();
  expect(await can("ann"), "the extension did not hold").toBe(true);
  w.tick(HOUR);
  await ended();
  expect(await can("ann"), "the access outlived its end").toBe(false);
  expect(await can("bob")).toBe(false);
}

/** What somebody had before is neither granted nor taken away. */
async function standingAccess(bench: Bench, { w, can, granted, ended }: Life): Promise<void> {
  const bob = bench.subjects[1];
  await bench.standing(bob);
  await w.askAndMerge({ id: "had-it", subject: "bob", duration: "1h" });
  const report = await w.apply();
  await granted();
  if (!isSkip(bench.otherWay) || bench.provider.capabilities.ownership !== "object")
    expect(report.outcomes.flatMap((o) => o.notes).join()).toContain("has this access already");
  w.tick(2 * HOUR);
  await ended();
  expect(await can("bob"), "standing access was taken away").toBe(true);
  await bench.endStanding(bob);
  expect(await can("bob")).toBe(false);
}

/** Killed right after the target did it and before anybody wrote that down: the next run knows its own. */
async function crashBeforeTheReceipt({ w, can, granted, ended }: Life): Promise<void> {
  await w.askAndMerge({ id: "crashed", duration: "1h" });
  const { context, died } = counting(await w.context(), "grant");
  await killed(() => apply(context));
  expect(died()).toBe(true);
  expect(failures(await granted())).toEqual([]);
  expect(await can("ann")).toBe(true);
  w.tick(HOUR + MINUTE);
  await ended();
  expect(await can("ann"), "what a crash left behind outlived its end").toBe(false);
}
