// What does fate do to whole systems? (outages, silent schedules, a ledger that goes back in time)
import { MINUTE } from "./company.ts";
import type { Repository } from "./git/clones.ts";
import { directory, type Machine } from "./machines.ts";
import { LEDGER } from "./record.ts";
import type { World } from "./world.ts";

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const WEIGHTS = { forge: 1, git: 1, target: 4, weeks: 0.1, silence: 0.7, jump: 3, rewind: 1 } as const;

export async function fateActs(world: World): Promise<void> {
  const what = world.random.weighted(WEIGHTS);
  await ACTS[what](world);
}

/** Mostly minutes, sometimes hours, rarely as long as it can be. */
function spell({ random }: World, longest: number): number {
  return Math.max(MINUTE, Math.round(random.next() ** 8 * longest));
}

const ACTS: Readonly<Record<keyof typeof WEIGHTS, (world: World) => Promise<void>>> = {
  forge: (world) => outage(world, "forge", spell(world, 30 * HOUR)),
  git: (world) => outage(world, "git", spell(world, 8 * HOUR)),
  target: (world) => down(world, world.random.chance(0.5) ? HOUR : spell(world, 12 * HOUR)),
  weeks: (world) => down(world, world.random.int(5 * DAY, 20 * DAY)),
  /** No schedule rings, for hours or days. */
  silence(world) {
    const { faults, record, scheduler } = world;
    const long = spell(world, 3 * DAY);
    faults.count("dropped-schedule");
    record.note(`no schedule rings for ${String(Math.round(long / MINUTE))} minutes`);
    world.silentUntil = Math.max(world.silentUntil, scheduler.time + long);
    return Promise.resolve();
  },
  rewind: (world) => {
    rewindLedger(world);
    return Promise.resolve();
  },
  /** Nights and weekends. */
  async jump(world) {
    const { record, scheduler } = world;
    record.note("time goes by");
    await scheduler.advance(scheduler.time + spell(world, 24 * HOUR));
  },
};

function outage(
  { faults, outages, record, scheduler, ...world }: World,
  port: string,
  long: number,
): Promise<void> {
  if (outages.has(port)) return Promise.resolve();
  faults.count(`${port}-down`);
  record.note(`${port} is down for ${String(Math.round(long / MINUTE))} minutes`);
  outages.add(port);
  world.felt(port);
  scheduler.after(long, () => {
    outages.delete(port);
    record.note(`${port} is back`);
  });
  return Promise.resolve();
}

/** Mostly one that somebody has access to: there something can be missed. */
function down({ faults, random, record, scheduler, targets, ...world }: World, long: number): Promise<void> {
  const used = targets.filter((one) =>
    one.history().some(({ to, via }) => to === undefined && via !== "foreign"),
  );
  const target = random.pick(used.length > 0 && random.chance(0.8) ? used : targets);
  if (target.down) return Promise.resolve();
  faults.count("target-down");
  record.note(`${target.name} is down for ${String(Math.round(long / MINUTE))} minutes`);
  target.down = true;
  world.felt(target.name);
  scheduler.after(long, () => {
    target.down = false;
    record.note(`${target.name} is back`);
  });
  return Promise.resolve();
}

/**
 * The server's ledger goes back to what it was: a restored backup, a force-push. Only while every machine that reads it
 * has seen all of it: a runner that is new each time cannot know, and one that lags behind goes on from where it stands.
 */
function rewindLedger(world: World): void {
  const { faults, gits, machines, random, record, scheduler } = world;
  const readers = machines.filter(({ kind }) => kind !== "sweep");
  const last = record.ledger.at(-1)?.commit ?? "";
  const back = record.ledger.at(-random.int(2, 12))?.commit;
  const ready = readers.every(isReady) && gits.server.refs.get(LEDGER) === last;
  if (!ready || back === undefined) return;
  for (const reader of readers) hasSeen(gits.at(directory(reader)), last);
  faults.count("ledger-rewound");
  record.note(`all have seen the ledger, and on the server it is what it was: ${back.slice(0, 8)}`);
  gits.server.refs.set(LEDGER, back);
  scheduler.after(spell(world, 12 * HOUR), () => {
    restoreLedger(world);
  });
}

function isReady({ remembers, busy }: Machine): boolean {
  return remembers && !busy;
}

function hasSeen({ refs }: Repository, tip: string): void {
  refs.set("refs/lapse/ledger", tip);
  refs.set("refs/remotes/origin/lapse/ledger", tip);
}

/** Somebody pushes back what clones remember. A run that was under way may have done so already. */
export function restoreLedger({ gits, record }: World): void {
  const last = record.ledger.at(-1)?.commit;
  const now = gits.server.refs.get(LEDGER);
  if (last === undefined || now === undefined || now === last) return;
  record.note(`the ledger on the server is restored: ${last.slice(0, 8)}`);
  gits.server.refs.set(LEDGER, last);
}
