// What does fate do to whole systems? (outages, silent schedules, a ledger that goes back in time)
import { MINUTE } from "./company.ts";
import type { World } from "./world.ts";

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const WEIGHTS = { nothing: 4, forge: 1, git: 1, target: 1.5, silence: 1, weeks: 0.1, jump: 1.5 } as const;

export async function fateActs(world: World): Promise<void> {
  const what = world.random.weighted(WEIGHTS);
  await ACTS[what](world);
}

const ACTS: Readonly<Record<keyof typeof WEIGHTS, (world: World) => Promise<void>>> = {
  nothing: () => Promise.resolve(),
  forge: (world) => outage(world, "forge", world.random.int(MINUTE, DAY)),
  git: (world) => outage(world, "git", world.random.int(MINUTE, 4 * HOUR)),
  target: (world) => down(world, world.random.int(MINUTE, 6 * HOUR)),
  weeks: (world) => down(world, world.random.int(5 * DAY, 20 * DAY)),
  /** No schedule rings, for hours or days. */
  silence(world) {
    const { faults, random, record, scheduler } = world;
    const long = random.chance(0.2) ? random.int(DAY, 3 * DAY) : random.int(HOUR, 6 * HOUR);
    faults.count("dropped-schedule");
    record.note(`no schedule rings for ${String(Math.round(long / MINUTE))} minutes`);
    world.silentUntil = Math.max(world.silentUntil, scheduler.time + long);
    return Promise.resolve();
  },
  /** Nights and weekends. */
  async jump({ random, record, scheduler }) {
    const to = scheduler.time + random.int(HOUR, 10 * HOUR);
    record.note("time goes by");
    await scheduler.advance(to);
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
