// What does fate do to whole systems? (outages, silent schedules, a ledger that goes back in time)
import { MINUTE } from "./company.ts";
import type { World } from "./world.ts";

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const WEIGHTS = { forge: 1, git: 1, target: 2, weeks: 0.1, silence: 0.7, jump: 3 } as const;

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
  target: (world) => down(world, spell(world, 12 * HOUR)),
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

function down({ faults, random, record, scheduler, targets, ...world }: World, long: number): Promise<void> {
  const target = random.pick(targets);
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
