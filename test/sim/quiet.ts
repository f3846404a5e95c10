// Once nothing fails any more, does everything come to rest? (everybody finishes, a few rounds of runs, and long after the last end)
import { MINUTE, SWEEP_EVERY } from "./company.ts";
import { merge, push } from "./acts.ts";
import { restoreLedger } from "./fate.ts";
import { MAIN } from "./record.ts";
import { startRun, type Machine } from "./machines.ts";
import type { Life } from "./people.ts";
import type { World } from "./world.ts";

const HOUR = 60 * MINUTE;
/** The longest that a request can wait and then last here. */
const LONGEST = 24 * HOUR;
const ROUNDS = 2;
/** No run makes more calls than this. */
const CALLS = 20_000;

/** Ends all faults, lets what runs finish, and checks rest twice: now, and when everything must be over. */
export async function calmDown(world: World, life: Life): Promise<void> {
  world.record.note("—— quiet ——");
  world.faults.quiet = true;
  world.quietFrom = world.scheduler.time;
  world.outages.clear();
  for (const target of world.targets) target.down = false;
  world.silentUntil = Infinity;
  restoreLedger(world);
  await finish(world);
  await peopleTidyUp(world, life);
  await rounds(world);
  await world.scheduler.advance(world.scheduler.time + LONGEST);
  await rounds(world);
  await revertsMerge(world);
}

/** Broken rules are mended; of two files with one id, neither of which was ever judged, both go. */
async function peopleTidyUp(world: World, life: Life): Promise<void> {
  const paths = world.filesOnMain("requests");
  const idOf = (path: string): string => path.slice(path.lastIndexOf("/"));
  const twins = paths.filter((path) => paths.some((other) => other !== path && idOf(other) === idOf(path)));
  const gone = Object.fromEntries(twins.map((path) => [path, null]));
  const files = { ...Object.fromEntries(life.changed), ...gone };
  if (Object.keys(files).length > 0) await push(world, "grace", "main", files);
  // Whatever was changed without approval: after a look, somebody vouches for it by hand.
  world.vouchedTip = world.gits.server.refs.get(MAIN);
}

async function rounds(world: World): Promise<void> {
  for (let round = 1; round <= ROUNDS; round += 1) await someRun(world);
  for (const machine of world.machines.filter(({ kind }) => kind === "sweep")) await runAlone(world, machine);
  await mustRest(world);
}

/** One applier and one that expires, whose turns come in time. */
async function someRun(world: World): Promise<void> {
  for (const kind of ["apply", "expire"])
    await runAlone(world, world.random.pick(world.machines.filter((one) => one.kind === kind)));
  await world.scheduler.advance(world.scheduler.time + SWEEP_EVERY);
}

/** A run from its start to its end, and nobody else's. */
export async function runAlone(world: World, machine: Machine): Promise<void> {
  await startRun(world, machine);
  await finish(world);
}

/** All calls get their answers; what waits for a timer gets its time. */
async function finish(world: World): Promise<void> {
  const { random, scheduler } = world;
  for (let calls = 0; calls < CALLS; calls += 1) {
    const running = scheduler.running();
    if (running.length > 0) {
      await scheduler.release(random.pick(running));
      await scheduler.advance(scheduler.time + random.int(1, 50));
    } else if (world.machines.some(({ busy }) => busy))
      await scheduler.advance(scheduler.due ?? scheduler.time);
    else return;
  }
  world.bug("some run never ends", new Error(`more than ${String(CALLS)} calls`));
}

/** Soon a run of each program finds nothing to do; targets that take their time get a minute between some tries. */
async function mustRest(world: World): Promise<void> {
  for (const machine of world.machines.filter(({ name }) => name === "apply-1" || name === "expire-1")) {
    let acts = await actsOf(world, machine);
    for (let attempt = 2; attempt <= 7 && acts.length > 0; attempt += 1) {
      if (attempt % 2 === 0) await world.scheduler.advance(world.scheduler.time + MINUTE);
      acts = await actsOf(world, machine);
    }
    if (acts.length > 0) world.bug(`${machine.kind} does not come to rest`, new Error(acts.join("\n")));
  }
}

/** What a run writes to the ledger, other than that it lives. */
async function actsOf(world: World, machine: Machine): Promise<readonly string[]> {
  const before = world.record.ledger.length;
  await runAlone(world, machine);
  const lines = world.record.ledger.slice(before).flatMap((push) => push.lines);
  return lines.filter((line) => !line.includes('"kind":"heartbeat"'));
}

/** The one open pull request is merged, and then no ended request is left on main. */
async function revertsMerge(world: World): Promise<void> {
  const open = () =>
    world.hub.store.now().pulls.filter((one) => one.state === "open" && one.head.ref.startsWith("lapse/"));
  for (let round = 0; round < 5 && open().length > 0; round += 1) {
    await closeDoubles(world, open());
    await merge(world, "grace", open()[0]?.number ?? 0);
    await someRun(world);
  }
  const left = world.filesOnMain("requests").filter((path) => path !== "requests/README.md");
  if (open().length > 0 || left.length > 0)
    world.bug("main does not get tidy", new Error(`${String(open().length)} open; ${left.join(", ")}`));
}

/** Two programs that open it in the same seconds make two, and go on with one: the other is for people to close. */
async function closeDoubles(
  world: World,
  [, ...doubles]: readonly { readonly head: { readonly ref: string } }[],
): Promise<void> {
  if (doubles.length > 2)
    world.bug("reverts", new Error(`${String(doubles.length)} pull requests too many are open`));
  for (const { head } of doubles) {
    world.record.note(`grace closes ${head.ref}`);
    await world.scheduler.outside(() => world.verbs.deleteBranch("grace", head.ref));
  }
}
