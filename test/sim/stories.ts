// Which lives of an access must survive that any call is the last one of its run? (golden stories, told step by step)
import { change, merge, open, push, review } from "./acts.ts";
import { groupFile, GROUPS, MINUTE, PEOPLE, personFile, requestPath, type Ask } from "./company.ts";
import type { Machine } from "./machines.ts";
import { runAlone } from "./quiet.ts";
import type { SimTarget } from "./types.ts";
import type { World } from "./world.ts";

type Program = Machine["kind"];
const SECONDS = 1000;

/** What a story is told with. */
export interface Stage {
  readonly world: World;
  readonly target: SimTarget;
  /** ann asks for it for half an hour, unless said otherwise; these approve, and it is merged. */
  readonly ask: (ask: Partial<Ask> & { readonly id: string }, approvers: readonly string[]) => Promise<Ask>;
  /** One run; where it dies, the next one follows. */
  readonly run: (program: Program) => Promise<void>;
  readonly later: (minutes: number) => Promise<void>;
  /** Does ann have the role now? What carries out orders late gets its time. */
  readonly has: (role: string, wanted: boolean) => Promise<void>;
  /** How often the ledger says this of a request. */
  readonly told: (kind: string, request: string) => number;
}

export function stageOf(world: World): Stage {
  const target = world.targets.at(-1);
  if (!target) throw new Error("a story has a target");
  const { scheduler } = world;
  let last: Program = "expire";
  const later = (ms: number) => scheduler.advance(scheduler.time + ms);
  const once = async (program: Program): Promise<boolean> => {
    const machine = world.machines.find(({ kind }) => kind === program);
    if (!machine) throw new Error(`nobody runs ${program} here`);
    await runAlone(world, machine);
    await later(10 * SECONDS);
    return world.record.runs.at(-1)?.died === undefined;
  };
  const run = async (program: Program): Promise<void> => {
    last = program;
    if (!(await once(program))) await once(program);
  };
  const holds = (role: string): boolean =>
    target.history().some((one) => one.subject === "ann" && one.role === role && one.to === undefined);
  return {
    world,
    target,
    run,
    later: (minutes) => later(minutes * MINUTE),
    async ask(given, approvers) {
      const ask: Ask = { subject: "ann", entitlement: `${target.name}-read`, minutes: 30, ...given };
      const { pull } = await open(world, "ann", ask);
      await later(2 * SECONDS);
      for (const by of approvers) await review(world, by, pull, "APPROVED");
      await later(2 * SECONDS);
      await merge(world, "grace", pull);
      await later(10 * SECONDS);
      return ask;
    },
    async has(role, wanted) {
      for (let tries = 0; target.settles > 0 && tries < 3 && holds(role) !== wanted; tries += 1) {
        await later(MINUTE);
        await run(last);
      }
      if (holds(role) !== wanted)
        world.bug("the story", new Error(`ann ${wanted ? "does not have" : "still has"} ${role}`));
    },
    told: (kind, request) =>
      world.record.ledger
        .flatMap(({ lines }) => lines)
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
        .filter((line) => line["kind"] === kind && line["request"] === request).length,
  };
}

export interface Story {
  readonly tell: (stage: Stage) => Promise<void>;
  /** Only where a sweeper stands beside the target. */
  readonly sweeper?: true;
}

export const STORIES: Readonly<Record<string, Story>> = {
  "a request is granted and ends": {
    async tell({ ask, run, later, has }) {
      await ask({ id: "one" }, ["carol"]);
      await run("apply");
      await has("reader", true);
      await later(31);
      await run("expire");
      await has("reader", false);
    },
  },
  "a request ends early: its file is deleted": {
    async tell({ world, ask, run, has }) {
      const one = await ask({ id: "one", minutes: 240 }, ["carol"]);
      await run("apply");
      await has("reader", true);
      await push(world, "ann", "main", { [requestPath(one)]: null });
      await run("apply");
      await has("reader", false);
    },
  },
  "two requests share one edge, and the first to end does not end the other": {
    async tell({ target, ask, run, later, has }) {
      await ask({ id: "one" }, ["carol"]);
      await ask({ id: "two", entitlement: `${target.name}-look`, minutes: 60 }, []);
      await run("apply");
      await has("reader", true);
      await later(31);
      await run("expire");
      await has("reader", true);
      await later(31);
      await run("expire");
      await has("reader", false);
    },
  },
  "a request goes on where another ends": {
    async tell({ ask, run, later, has }) {
      await ask({ id: "one" }, ["carol"]);
      await run("apply");
      await later(20);
      await ask({ id: "two", extends: "one" }, ["dan"]);
      await run("expire");
      await run("apply");
      await later(15);
      await run("expire");
      await has("reader", true);
      await later(30);
      await run("expire");
      await has("reader", false);
    },
  },
  "a request starts later": {
    async tell({ world, ask, run, later, has }) {
      await ask({ id: "one", notBefore: world.scheduler.time + 60 * MINUTE }, ["carol"]);
      await run("apply");
      await has("reader", false);
      await later(61);
      await run("expire");
      await run("apply");
      await has("reader", true);
      await later(31);
      await run("expire");
      await has("reader", false);
    },
  },
  "a glass is broken": {
    async tell({ world, target, ask, run, later, has }) {
      await ask({ id: "one", entitlement: `${target.name}-fix`, breakGlass: true }, []);
      await run("apply");
      await has("fixer", true);
      await run("apply");
      const { issues } = world.hub.store.now();
      if (issues.length !== 1)
        world.bug("the story", new Error(`${String(issues.length)} issues ask for one review`));
      await later(31);
      await run("expire");
      await has("fixer", false);
    },
  },
  "somebody has had it anyway, and keeps it": {
    async tell({ target, ask, run, later, has }) {
      target.admin.give("ann", "reader");
      await ask({ id: "one" }, ["carol"]);
      await run("apply");
      await has("reader", true);
      await later(31);
      await run("expire");
      await has("reader", true);
    },
  },
  "a request without consent is refused, once": {
    async tell({ world, ask, run, has, told }) {
      await ask({ id: "one" }, []);
      await run("apply");
      await run("apply");
      await has("reader", false);
      if (told("refused", "one") !== 1)
        world.bug("the story", new Error(`refused ${String(told("refused", "one"))} times`));
    },
  },
  "somebody leaves": {
    async tell({ world, ask, run, has }) {
      await ask({ id: "one", minutes: 240 }, ["carol"]);
      await run("apply");
      await has("reader", true);
      const groups = Object.entries(GROUPS).map(([name, members]) =>
        groupFile(
          name,
          members.filter((one) => one !== "ann"),
        ),
      );
      const files = PEOPLE.filter(({ name }) => name === "ann").map(
        (ann) => [personFile(ann)[0], null] as const,
      );
      await change(world, "grace", { ...Object.fromEntries(files), ...Object.fromEntries(groups) }, ["erin"]);
      await run("apply");
      await has("reader", false);
    },
  },
  "a sweeper beside the target is first": {
    sweeper: true,
    async tell({ ask, run, later, has }) {
      await ask({ id: "one" }, ["carol"]);
      await run("apply");
      await later(31);
      await run("sweep");
      await has("reader", false);
      await run("expire");
      await has("reader", false);
    },
  },
};
