// What if a run dies at one of its calls? (each story as often as it makes calls, twice: before the effect, and after it)
import type { Fault } from "./faults.ts";
import { judge } from "./judge.ts";
import { calmDown } from "./quiet.ts";
import { stageOf, STORIES } from "./stories.ts";
import { KINDS } from "./targets.ts";
import { worldOf } from "./world.ts";

type Kind = keyof typeof KINDS;

export interface CrashOrder {
  readonly story: string;
  readonly kind: Kind;
  /** One death alone: `12-after`. */
  readonly only?: string;
  readonly trace: boolean;
}

export interface CrashVerdict extends CrashOrder {
  /** How many deaths were died. */
  readonly points: number;
  readonly problems: readonly string[];
}

type Options = CrashOrder & { readonly print?: (line: string) => void };

/** Where a run dies. */
interface Death {
  readonly call: number;
  readonly fault: Extract<Fault, "crash-before" | "crash-after">;
}

/** Every story on every kind of target that can have it. */
export function crashOrders(): readonly CrashOrder[] {
  const kinds = Object.keys(KINDS) as Kind[];
  return Object.entries(STORIES).flatMap(([story, { sweeper }]) =>
    kinds.filter((kind) => !sweeper || isSweepable(kind)).map((kind) => ({ story, kind, trace: false })),
  );
}

function isSweepable(kind: Kind): boolean {
  const { ownership } = KINDS[kind];
  return ownership === "object" || ownership === "marked";
}

/** Tells the story undisturbed, and then once for each death. */
export async function everyCrash(options: Options): Promise<CrashVerdict> {
  const { calls, problems } = await told(options, undefined);
  if (problems.length > 0) return { ...options, points: 0, problems };
  const all = Array.from({ length: calls }, (_, i) => i + 1).flatMap((call): Death[] => [
    { call, fault: "crash-before" },
    { call, fault: "crash-after" },
  ]);
  const deaths = all.filter((death) => options.only === undefined || options.only === nameOf(death));
  const found: string[] = [];
  for (const death of deaths) {
    const one = await told(options, death);
    found.push(...one.problems.map((problem) => `${nameOf(death)}: ${problem}`));
  }
  return { ...options, points: deaths.length, problems: found };
}

function nameOf({ call, fault }: Death): string {
  return `${String(call)}-${fault.slice("crash-".length)}`;
}

async function told({ story, kind, print }: Options, death: Death | undefined) {
  const { tell, sweeper } = STORIES[story] ?? {};
  if (!tell) throw new Error(`there is no story "${story}"`);
  // The third target of a company is the one that has a glass to break.
  const kinds: readonly Kind[] = story.includes("glass") ? ["bare", "object", kind] : [kind];
  const world = await worldOf({
    seed: 1,
    kinds,
    sweepers: sweeper ? [kind] : [],
    ...(print && { print }),
  });
  const { faults } = world;
  faults.quiet = true;
  const stage = stageOf(world);
  await stage.run("expire");
  faults.dieAt(death);
  await tell(stage);
  const calls = faults.calls;
  faults.dieAt(undefined);
  await calmDown(world, { entitlements: [], wishes: [], gone: new Set(), changed: new Map(), asked: 0 });
  const { problems } = await judge(world);
  return { calls, problems };
}
