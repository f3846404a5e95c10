// What is in one simulated world? (forge, git, targets, machines and books, all from one seed)
import type { Forge } from "../../src/forge/forge.ts";
import type { Provider } from "../../src/providers/provider.ts";
import { refMoved } from "../../src/sandbox/github/refs.ts";
import { CARELESS } from "../../src/sandbox/github/settings.ts";
import { store } from "../../src/sandbox/github/store.ts";
import { account, verbs, type Verbs } from "../../src/sandbox/github/verbs.ts";
import { exclusively, type World as Hub } from "../../src/sandbox/github/world.ts";
import { BOT, MALLORY, PEOPLE, policyFiles } from "./company.ts";
import { Faults } from "./faults.ts";
import { simForge } from "./forge.ts";
import { Gits } from "./git/clones.ts";
import { at, files } from "./git/trees.ts";
import { machinesOf, type Machine } from "./machines.ts";
import { random as randomOf, type Random } from "./random.ts";
import { Books, changed, LEDGER, MAIN } from "./record.ts";
import { Scheduler, type Proc } from "./scheduler.ts";
import { stand } from "./seams/ground.ts";
import { onPush } from "./seams/network.ts";
import { serverGit } from "./seams/sandbox-git.ts";
import { KINDS, simTarget } from "./targets.ts";
import type { Hook, SimTarget, Time } from "./types.ts";

export interface World {
  readonly seed: number;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly record: Books;
  readonly gits: Gits;
  readonly hub: Hub;
  readonly verbs: Verbs;
  readonly forge: Forge;
  readonly targets: readonly SimTarget[];
  readonly providers: ReadonlyMap<string, Provider>;
  readonly sweepers: ReadonlySet<string>;
  readonly machines: readonly Machine[];
  readonly bugs: string[];
  readonly outages: Set<string>;
  lastRun: number;
  skewOf(machine: Machine): number;
  downNow(): string[];
  said(proc: Proc, text: string): void;
  bug(what: string, problem: unknown): void;
  /** A number that was not given before. */
  count(): number;
  /** Told of each move of main. */
  onMain: () => void;
  fileOnMain(path: string): string | undefined;
  filesOnMain(under: string): readonly string[];
  /** The tip of main that a person vouches for whatever led to it. */
  vouchedTip: string | undefined;
  /** When faults stopped. */
  quietFrom: Time;
  /** Until then no schedule rings. */
  silentUntil: Time;
  deaf(machine: Machine): boolean;
  /** All runs that go on now have felt an outage. */
  felt(what: string): void;
}

export interface WorldOptions {
  readonly seed: number;
  /** Which targets there are, and beside which of them a sweeper stands; by chance where it is not said. */
  readonly kinds?: readonly (keyof typeof KINDS)[];
  readonly sweepers?: readonly string[];
  readonly print?: (line: string) => void;
}

const START: Time = Date.UTC(2026, 10, 23, 8);

/** An empty company with its policies on main. Nothing has run yet. */
export async function worldOf(options: WorldOptions): Promise<World> {
  const { seed, print } = options;
  const random = randomOf(seed);
  const faults = new Faults(random);
  const gits = new Gits();
  const now = (): Time => scheduler.time;
  const record = new Books(now, print);
  const scheduler = new Scheduler(START, random, faults, record.note);
  const outages = new Set<string>();
  const hook = outaged(scheduler.hook, outages, faults);
  const disk = new Map<string, Buffer>();
  const { local, after, cancel } = bound(scheduler);
  stand({ gits, disk, random, now, hook, local, after, cancel });
  const targets = (options.kinds ?? someKinds(random)).map((name) =>
    simTarget({ name, ...KINDS[name], hook, clock: now }),
  );
  const sweepers = new Set(options.sweepers ?? someSweepers(random, targets));
  const hub = hubOf(now);
  onPush(receiverOf({ hub, gits, record, scheduler }));
  const first = policyFiles(
    targets.map(({ name }) => name),
    sweepers,
  );
  for (const [path, text] of Object.entries(first)) disk.set(`/etc/lapse/${path}`, Buffer.from(text));
  let counted = 0;
  const lag = () => random.int(1, 8);
  const opened = (pull: number, head: string): void => {
    record.event({ at: now(), kind: "opened", pull, by: BOT.id, head });
  };
  const world: World = {
    ...{ seed, random, scheduler, faults, record, gits, hub, targets, sweepers, outages },
    verbs: verbs(hub),
    forge: simForge({ world: hub, gits, hook, lag, opened }),
    providers: new Map(targets.map(({ provider }) => [provider.kind, provider])),
    machines: machinesOf({ random, sweepers }),
    bugs: [],
    lastRun: 0,
    skewOf: skews(random, faults),
    downNow: () => [...outages, ...targets.filter(({ down }) => down).map(({ name }) => name)],
    said: (proc, text) => {
      for (const line of print ? text.trimEnd().split("\n") : []) record.note(`    ${proc.name} | ${line}`);
    },
    bug(what, problem) {
      const why = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
      world.bugs.push(`${what}: ${why}`);
    },
    count: () => (counted += 1),
    onMain: () => undefined,
    silentUntil: 0,
    quietFrom: Infinity,
    vouchedTip: undefined,
    deaf: () => world.scheduler.time < world.silentUntil,
    felt: (what) => {
      for (const run of record.runs.slice(-20)) if (run.to === undefined) run.down.push(what);
    },
    filesOnMain: (under) => {
      const folder = world.fileOnMain(under);
      return folder === undefined ? [] : [...files(gits.objects, folder, under)].map(([path]) => path);
    },
    fileOnMain: (path) => {
      const tip = gits.server.refs.get(MAIN);
      return tip === undefined ? undefined : at(gits.objects, gits.objects.known(tip).tree, path)?.oid;
    },
  };
  await scheduler.outside(() => world.verbs.push("grace", "main", first));
  record.event({ at: START, kind: "main", after: gits.server.refs.get(MAIN) ?? "", files: first, by: 1008 });
  return world;
}

function bound(scheduler: Scheduler): Pick<Scheduler, "local" | "after" | "cancel"> {
  return {
    local: scheduler.local,
    after: (ms, act) => scheduler.after(ms, act),
    cancel: (id) => {
      scheduler.cancel(id);
    },
  };
}

/** Nothing gets through to what is down, whatever else is simulated about the call. */
function outaged(hook: Hook, outages: ReadonlySet<string>, faults: Faults): Hook {
  return (port, call, act, stale) => {
    const tried = async <T>(attempt: () => Promise<T>): Promise<T> => {
      if (outages.has(port)) throw faults.error(port, "before");
      return attempt();
    };
    return hook(port, call, () => tried(act), stale && (() => tried(stale)));
  };
}

/** A few of them in each world: the fewer there are, the more requests meet. */
function someKinds(random: Random): readonly (keyof typeof KINDS)[] {
  const kinds = Object.keys(KINDS) as (keyof typeof KINDS)[];
  const some = new Set(Array.from({ length: random.int(2, 5) }, () => random.int(0, kinds.length - 1)));
  return kinds.filter((_, i) => some.has(i));
}

function someSweepers(random: Random, targets: readonly SimTarget[]): readonly string[] {
  return targets.filter((one) => sweepable(one) && random.chance(0.7)).map(({ name }) => name);
}

function sweepable({ provider }: SimTarget): boolean {
  return provider.capabilities.sweepable;
}

function hubOf(clock: () => Time): Hub {
  const staff = [...PEOPLE, MALLORY].map(({ name, id, permission }) => ({ login: name, id, permission }));
  const users = [...staff, { login: BOT.name, id: BOT.id, type: "Bot" as const }];
  return {
    store: store({
      accounts: users.map((one) => account({ ...one, token: "" })),
      ...{
        refs: new Map(),
        pulls: [],
        reviews: [],
        activity: [],
        events: [],
        comments: [],
        checks: [],
        issues: [],
        settings: CARELESS,
      },
    }),
    git: serverGit(),
    clock,
    owner: "acme",
    name: "access",
    repositoryId: 4711,
    defaultBranch: "main",
    origin: () => "https://forge.invalid",
    exclusive: exclusively(),
  };
}

/** What the server does when Lapse pushes: its books move with its refs. */
function receiverOf({ hub, gits, record, scheduler }: Pick<World, "hub" | "gits" | "record" | "scheduler">) {
  return async (ref: string, before: string | undefined, after: string): Promise<void> => {
    const at = scheduler.time;
    if (ref === LEDGER) {
      record.appended(gits, after, before);
      return;
    }
    await hub.exclusive(() => {
      hub.store.begin();
      return refMoved(hub, { actor: BOT.id, ref, before: before ?? "0".repeat(40), after, at });
    });
    const now = Object.fromEntries(changed(gits, gits.server.refs.get(MAIN), after));
    const branch = ref.slice("refs/heads/".length);
    record.event({ at, kind: "pushed", branch, by: BOT.id, after, force: before !== undefined, files: now });
  };
}

/** Some worlds have clocks that are minutes off; few have one that is hours off. */
function skews(random: Random, faults: Faults): World["skewOf"] {
  const odds = random.chance(0.4) ? random.next() * 0.5 : 0;
  return () => {
    if (faults.quiet || !random.chance(odds)) return 0;
    faults.count("clock-skew");
    const most = random.chance(0.03) ? 3 * 3_600_000 : 3 * 60_000;
    return random.int(-most, most);
  };
}
