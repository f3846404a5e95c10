// What happens in one seed? (so many steps in which anybody may act and anything may fail; then quiet, and all must be well)
import { entitlementsOf, MINUTE } from "./company.ts";
import { nextRing, startRun, type Machine } from "./machines.ts";
import { somebodyActs, type Life } from "./people.ts";
import { fateActs } from "./fate.ts";
import { judge, type Verdict } from "./judge.ts";
import { calmDown } from "./quiet.ts";
import { worldOf, type World, type WorldOptions } from "./world.ts";

export interface SeedOptions extends WorldOptions {
  readonly steps: number;
  /** Nothing goes wrong: people act and schedules ring, that is all. */
  readonly calm?: boolean;
}

export async function runSeed({ steps, calm = false, ...options }: SeedOptions): Promise<Verdict> {
  const world = await worldOf(options);
  world.faults.quiet = calm;
  const life: Life = {
    entitlements: entitlementsOf(world.targets.map(({ name }) => name)),
    wishes: [],
    gone: new Set(),
    changed: new Map(),
    asked: 0,
  };
  for (const machine of world.machines) ring(world, machine);
  world.onMain = () => {
    pushed(world);
  };
  const pace = { ...paceOf(world), ...(calm && CALM) };
  for (let step = 0; step < steps && world.bugs.length === 0; step += 1) await one(world, life, pace);
  await calmDown(world, life);
  return judge(world);
}

/** Of each world: how far a program gets before another has its turn, and how long people think. */
interface Pace {
  readonly burst: number;
  readonly people: number;
  readonly patience: number;
  /** How likely time goes by while a program waits for an answer. */
  readonly pause: number;
  readonly fate: number;
}

/** No machine stands still. */
const CALM: Partial<Pace> = { burst: 1, fate: 0, pause: 0, patience: MINUTE };

function paceOf({ random }: World): Pace {
  return {
    burst: random.pick([0, 0.5, 0.9, 0.98, 0.98, 1]),
    people: random.pick([1, 2, 4]),
    fate: random.pick([0, 0.05, 0.15]),
    patience: random.pick([MINUTE, 4 * MINUTE, 15 * MINUTE]),
    pause: 0.01,
  };
}

async function one(world: World, life: Life, pace: Pace): Promise<void> {
  const { random, scheduler } = world;
  const running = scheduler.running();
  const due = world.machines.filter((machine) => machine.due && !machine.busy);
  const next = random.weighted({
    run: running.length > 0 ? 6 : 0,
    start: due.length > 0 ? 4 : 0,
    people: pace.people,
    wait: running.length > 0 ? pace.pause : 2,
    fate: pace.fate,
  });
  if (next === "run") await burst(world, pace.burst);
  else if (next === "start") await startRun(world, random.pick(due));
  else if (next === "people") await somebodyActs(world, life);
  else if (next === "fate") await fateActs(world);
  else await scheduler.advance(scheduler.time + random.int(1000, pace.patience));
}

/** One program goes on for a while, but for no more calls than this. */
const CALLS_A_STEP = 6;

async function burst({ random, scheduler }: World, odds: number): Promise<void> {
  const proc = random.pick(scheduler.running());
  for (let calls = 1; calls <= CALLS_A_STEP; calls += 1) {
    await scheduler.release(proc);
    await scheduler.advance(scheduler.time + random.int(1, 400));
    if (!scheduler.running().includes(proc) || !random.chance(odds)) return;
  }
}

/** The schedule of a machine: it rings, whether anybody hears it or not. */
function ring(world: World, machine: Machine): void {
  world.scheduler.after(nextRing(world, machine, world.scheduler.time), () => {
    if (!world.deaf(machine)) machine.due = true;
    ring(world, machine);
  });
}

/** A push to main starts an apply soon: mostly once. */
function pushed(world: World): void {
  const { random, faults, scheduler } = world;
  const appliers = world.machines.filter(({ kind }) => kind === "apply");
  const times = faults.quiet ? 1 : random.weighted({ 0: 1, 1: 8, 2: 1 });
  if (times === "0") faults.count("lost-trigger");
  if (times === "2") faults.count("doubled-trigger");
  for (const machine of appliers.slice(0, Number(times)))
    scheduler.after(random.int(5_000, 90_000), () => {
      machine.due = true;
    });
}
