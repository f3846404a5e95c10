// Once nothing fails any more, does everything come to rest? (everybody finishes, a few rounds of runs, and long after the last end)
import { MINUTE, SWEEP_EVERY } from "./company.ts";
import { merge } from "./acts.ts";
import { startRun, type Machine } from "./machines.ts";
import type { Life } from "./people.ts";
import { push } from "./acts.ts";
import type { World } from "./world.ts";

const HOUR = 60 * MINUTE;
/** The longest that a request can wait and then last here. */
const LONGEST = 24 * HOUR;
const ROUNDS = 4;
/** No run makes more calls than this. */
const CALLS = 20_000;

/** Ends all faults, lets what runs finish, and checks rest twice: now, and when everything must be over. */
export async function calmDown(world: World, life: Life): Promise<void> {
  world.record.note("—— quiet ——");
  world.faults.quiet = true;
  world.outages.clear();
  for (const target of world.targets) target.down = false;
  world.silentUntil = Infinity;
  await finish(world);
  if (life.changed.size > 0) await push(world, "grace", "main", Object.fromEntries(life.changed));
  for (let round = 1; round <= ROUNDS; round += 1) await everybodyRuns(world);
  await mustRest(world);
  await world.scheduler.advance(world.scheduler.time + LONGEST);
  for (let round = 1; round <= ROUNDS; round += 1) await everybodyRuns(world);
  await mustRest(world);
  await revertsMerge(world);
}

async function everybodyRuns(world: World): Promise<void> {
  for (const machine of world.machines) await runAlone(world, machine);
  await world.scheduler.advance(world.scheduler.time + SWEEP_EVERY);
}

async function runAlone(world: World, machine: Machine): Promise<void> {
  await startRun(world, machine);
  await finish(world);
}

/** All calls get their answers; what waits for a timer gets its time. */
async function finish(world: World): Promise<void> {
  const { random, scheduler } = world;
  for (let calls = 0; calls < CALLS; calls += 1) {
    const running = scheduler.running();
    if (running.length > 0) await scheduler.release(random.pick(running));
    else if (world.machines.some(({ busy }) => busy))
      await scheduler.advance(scheduler.due ?? scheduler.time);
    else return;
  }
  world.bug("some run never ends", new Error(`more than ${String(CALLS)} calls`));
}

/** Of two runs at one time the second finds nothing to do. */
async function mustRest(world: World): Promise<void> {
  const { record } = world;
  for (const kind of ["apply", "expire"] as const) {
    const machine = world.machines.find((one) => one.kind === kind);
    if (!machine) continue;
    await runAlone(world, machine);
    const before = record.ledger.length;
    await runAlone(world, machine);
    const news = record.ledger.slice(before).flatMap(({ lines }) => lines);
    const acts = news.filter((line) => !line.includes('"kind":"heartbeat"'));
    if (acts.length > 0) world.bug(`${kind} does not come to rest`, new Error(acts.join("\n")));
  }
}

/** What is open is one pull request; when it is merged, no ended request is left on main. */
async function revertsMerge(world: World): Promise<void> {
  const open = () =>
    world.hub.store.now().pulls.filter((one) => one.state === "open" && one.head.ref.startsWith("lapse/"));
  for (let round = 0; round < 5 && open().length > 0; round += 1) {
    if (open().length > 1)
      world.bug("reverts", new Error(`${String(open().length)} revert pull requests are open`));
    await merge(world, "grace", open()[0]?.number ?? 0);
    await everybodyRuns(world);
  }
  const left = world.filesOnMain("requests").filter((path) => path !== "requests/README.md");
  if (open().length > 0 || left.length > 0)
    world.bug("main does not get tidy", new Error(`${String(open().length)} open; ${left.join(", ")}`));
}
