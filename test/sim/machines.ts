// Which programs run where, and when do they start? (runners that are new each time, machines that remember, sweepers)
import { apply } from "../../src/commands/apply.ts";
import { expire } from "../../src/commands/expire.ts";
import { sweep } from "../../src/commands/sweep.ts";
import type { Context, ExitCode } from "../../src/context.ts";
import { Problem } from "../../src/core/problem.ts";
import { fromEpoch } from "../../src/core/time.ts";
import { gitLedger } from "../../src/repo/git-ledger.ts";
import { gitRepo } from "../../src/repo/git.ts";
import { SWEEP_EVERY, MINUTE } from "./company.ts";
import type { Proc } from "./scheduler.ts";
import type { Run, Time } from "./types.ts";
import type { World } from "./world.ts";

type Kind = Run["kind"];

export interface Machine {
  readonly name: string;
  readonly kind: Kind;
  /** The target that it stands beside. */
  readonly target?: string;
  /** Its clone is there again in the next run. */
  readonly remembers: boolean;
  readonly every: number;
  /** One run at a time; another that is due waits, and all further ones are the same. */
  busy: boolean;
  due: boolean;
  clones: number;
}

type Start = (context: Context, target: string, acceptMain: string | undefined) => Promise<ExitCode>;
const COMMANDS: Readonly<Record<Kind, Start>> = {
  apply: (context, _, acceptMain) => apply(context, acceptMain === undefined ? {} : { acceptMain }),
  expire: (context) => expire(context),
  sweep: (context, target) => sweep(context, { target }),
};

/** Two appliers, two that expire, and a sweeper beside each target that can have one and has. */
export function machinesOf(world: Pick<World, "random" | "sweepers">): readonly Machine[] {
  const { random, sweepers } = world;
  const machine = (name: string, kind: Kind, every: number, target?: string): Machine => ({
    ...{ name, kind, every, busy: false, due: false, clones: 0 },
    remembers: kind === "sweep" || random.chance(0.5),
    ...(target !== undefined && { target }),
  });
  return [
    machine("apply-1", "apply", SWEEP_EVERY),
    machine("apply-2", "apply", 4 * SWEEP_EVERY),
    machine("expire-1", "expire", SWEEP_EVERY),
    machine("expire-2", "expire", 4 * SWEEP_EVERY),
    ...[...sweepers].map((target) => machine(`sweep-${target}`, "sweep", 5 * MINUTE, target)),
  ];
}

/** Starts a run now. It goes on in the steps that follow. */
export async function startRun(world: World, machine: Machine): Promise<void> {
  const { scheduler, record } = world;
  const proc: Proc = {
    name: `${machine.name}#${String((world.lastRun += 1))}`,
    kind: machine.kind,
    skew: world.skewOf(machine),
    dead: false,
    faults: [],
  };
  const run: Run = {
    kind: machine.kind,
    by: proc.name,
    from: scheduler.time,
    skew: proc.skew,
    faults: proc.faults,
    down: world.downNow(),
    ...(machine.target !== undefined && { target: machine.target }),
  };
  record.runs.push(run);
  machine.busy = true;
  machine.due = false;
  const ended = (): void => {
    machine.busy = false;
    if (!machine.remembers) world.gits.forget(directory(machine));
  };
  record.note(`${proc.name}: starts${proc.skew === 0 ? "" : `, clock ${String(proc.skew / 1000)} s off`}`);
  if (!machine.remembers) machine.clones += 1;
  await scheduler.start(
    proc,
    async () => {
      run.code = await carryOut(world, machine, proc);
      run.to = scheduler.time;
      record.note(`${proc.name}: ends with ${String(run.code)}`);
      ended();
    },
    () => {
      run.died = scheduler.time;
      ended();
    },
  );
}

async function carryOut(world: World, machine: Machine, proc: Proc): Promise<ExitCode> {
  const { vouchedTip } = world;
  // Whoever vouches starts one run by hand.
  if (machine.kind === "apply") world.vouchedTip = undefined;
  try {
    const context = contextOf(world, machine, proc);
    return await COMMANDS[machine.kind](context, machine.target ?? "", vouchedTip);
  } catch (problem) {
    if (!(problem instanceof Problem)) world.bug(`${proc.name} threw`, problem);
    world.record.note(`${proc.name}: ${problem instanceof Problem ? problem.message : String(problem)}`);
    return 1;
  }
}

function directory({ name, kind, remembers, clones }: Machine): string {
  if (kind === "sweep") return "/etc/lapse";
  return remembers ? `/${name}` : `/${name}/${String(clones)}`;
}

function contextOf(world: World, machine: Machine, proc: Proc): Context {
  const dir = directory(machine);
  const repo = gitRepo({ dir });
  const clock = () => fromEpoch(world.scheduler.time + proc.skew);
  return {
    dir,
    now: clock(),
    clock,
    run: proc.name,
    repo,
    ledger: gitLedger(repo),
    forge: () => Promise.resolve(world.forge),
    provider: (kind) => Promise.resolve(world.providers.get(kind)),
    providerKinds: [...world.providers.keys()],
    timeout: 15_000,
    secret: () => undefined,
    io: {
      out: (text) => {
        world.said(proc, text);
      },
      err: (text) => {
        world.said(proc, text);
      },
      color: false,
      interactive: false,
      annotates: false,
      summary: () => undefined,
    },
    json: false,
  };
}

/** When the schedule next rings for a machine: GitHub's is late by minutes, now and then. */
export function nextRing(world: Pick<World, "random">, machine: Machine, now: Time): number {
  const { random } = world;
  const on = machine.every - (now % machine.every);
  return on + random.int(0, random.chance(0.2) ? 5 * MINUTE : 20_000);
}
