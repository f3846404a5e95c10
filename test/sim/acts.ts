// How do people act on the forge? (each act is done there, and noted in the books as it really was)
import { PEOPLE, requestFile, requestPath, type Ask } from "./company.ts";
import { knownPull } from "../../src/sandbox/github/world.ts";
import { changed, MAIN } from "./record.ts";
import type { World } from "./world.ts";

export type Files = Readonly<Record<string, string | null>>;

/** A request on its way, as the people who work on it know it. */
export interface Wish {
  readonly ask: Ask;
  readonly author: string;
  readonly branch: string;
  readonly pull: number;
  state: "open" | "merged" | "closed";
}

const ids = new Map([...PEOPLE.map(({ name, id }) => [name, id] as const), ["mallory", 1666] as const]);

export function idOf(name: string): number {
  return ids.get(name) ?? 0;
}

/** A push by somebody; to main too, since nothing here forbids that. */
export async function push(
  world: World,
  by: string,
  branch: string,
  files: Files,
  how: { readonly force?: boolean; readonly pull?: number } = {},
): Promise<string> {
  const { gits, record, scheduler, verbs } = world;
  const ref = `refs/heads/${branch}`;
  const before = gits.server.refs.get(ref);
  const force = how.force === true;
  const after = await scheduler.outside(() => verbs.push(by, branch, files, { force }));
  record.note(`${by} ${force ? "force-pushes" : "pushes"} to ${branch}: ${Object.keys(files).join(", ")}`);
  const at = scheduler.time;
  const pull = how.pull === undefined ? {} : { pull: how.pull };
  record.event({ at, kind: "pushed", branch, by: idOf(by), after, force, files, ...pull });
  if (ref === MAIN) mainMoved(world, before, by);
  return after;
}

/** Notes what is new on main; whoever listens for it hears of it. */
export function mainMoved(world: World, before: string | undefined, by: string, pull?: number): void {
  const { gits, record, scheduler } = world;
  const after = gits.server.refs.get(MAIN) ?? "";
  const files = Object.fromEntries(changed(gits, before, after));
  record.event({
    ...{ at: scheduler.time, kind: "main", after, files, by: idOf(by) },
    ...(pull !== undefined && { pull }),
  });
  world.onMain();
}

export async function open(world: World, author: string, ask: Ask, more: Files = {}): Promise<Wish> {
  const { record, scheduler, verbs } = world;
  const branch = `access/${ask.id}-${String(world.count())}`;
  const head = await push(world, author, branch, { [requestPath(ask)]: requestFile(ask), ...more });
  const pull = await scheduler.outside(() => verbs.openPull(author, { branch, title: `Access: ${ask.id}` }));
  record.event({ at: scheduler.time, kind: "opened", pull, by: idOf(author), head });
  record.note(
    `${author} opens #${String(pull)} for ${ask.subject}: ${ask.entitlement}, ${String(ask.minutes)}m`,
  );
  return { ask, author, branch, pull, state: "open" };
}

/** A change of the rules: proposed by one, approved and merged by others. */
export async function change(
  world: World,
  by: string,
  files: Files,
  voters: readonly string[],
): Promise<void> {
  const { record, scheduler, verbs } = world;
  const branch = `rules/${String(world.count())}`;
  const head = await push(world, by, branch, files);
  const pull = await scheduler.outside(() => verbs.openPull(by, { branch, title: "Change the rules" }));
  record.event({ at: scheduler.time, kind: "opened", pull, by: idOf(by), head });
  await scheduler.advance(scheduler.time + 2_000);
  for (const voter of voters) await review(world, voter, pull, "APPROVED");
  await scheduler.advance(scheduler.time + 2_000);
  await merge(world, by, pull);
}

export async function review(
  world: World,
  by: string,
  pull: number,
  state: "APPROVED" | "CHANGES_REQUESTED",
  body = "",
): Promise<void> {
  const { hub, record, scheduler, verbs } = world;
  await scheduler.outside(() => verbs.review(by, pull, state, { body }));
  const seen = knownPull(hub.store.now(), pull).head.sha;
  record.event({ at: scheduler.time, kind: "reviewed", pull, by: idOf(by), state, seen });
  record.note(`${by} says ${state} on #${String(pull)}`);
}

/** Dismisses the last review of somebody. */
export async function dismiss(world: World, by: string, pull: number): Promise<void> {
  const { hub, record, scheduler, verbs } = world;
  const last = hub.store.now().reviews.findLast((one) => one.pull === pull && one.state !== "DISMISSED");
  if (!last) return;
  await scheduler.outside(() => verbs.dismiss(by, pull, last.id));
  record.event({
    at: scheduler.time,
    kind: "reviewed",
    pull,
    by: last.user,
    state: "DISMISSED",
    seen: last.commit,
  });
  record.note(`${by} dismisses the review of ${String(last.user)} on #${String(pull)}`);
}

/** False where it cannot be merged. `alter`: changes that nobody saw. */
export async function merge(
  world: World,
  by: string,
  pull: number,
  how: { readonly squash?: boolean; readonly alter?: Files } = {},
): Promise<boolean> {
  const { gits, record, scheduler, verbs } = world;
  const before = gits.server.refs.get(MAIN);
  const method = how.squash === true ? "squash" : "merge";
  const options = { method, ...(how.alter && { alter: how.alter }) } as const;
  const after = await scheduler.outside(() => verbs.merge(by, pull, options).catch(() => undefined));
  record.note(
    `${by} merges #${String(pull)}${how.alter ? " and changes it" : ""}${after === undefined ? ", in vain" : ""}`,
  );
  if (after === undefined) return false;
  const kind = how.alter ? "altered" : "clean";
  record.event({ at: scheduler.time, kind: "merged", pull, by: idOf(by), after, how: kind });
  mainMoved(world, before, by, pull);
  return true;
}
