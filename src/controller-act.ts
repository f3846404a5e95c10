// What does a controller do when something is due? (the same reconcile as the workflows', with what it has to tell)
import { askForReviews } from "./ask-reviews.ts";
import type { Context } from "./context.ts";
import type { Duration } from "./core/model.ts";
import type { SweepView } from "./core/snapshot.ts";
import { applyLines, sweepLines, type LogLine } from "./core/log-line.ts";
import { apply, expire } from "./reconcile.ts";
import { revertEnded } from "./revert.ts";
import { reasonOf } from "./session.ts";

/** `sweep`: what has ended. `apply`: what main says now. `whole`: both, and the revert pull request. */
export type What = "sweep" | "apply" | "whole";

export interface Acted {
  readonly told: readonly LogLine[];
  /** The commit of main that was judged, if one was. */
  readonly main?: string;
  /** How often the sweep should run, where that could be read. */
  readonly interval?: Duration;
}

/** Without a turn nothing is given, so that sweeping is all. Never throws: what goes wrong is told. */
export async function act(context: Context, what: What, isOurTurn: boolean): Promise<Acted> {
  const gives = isOurTurn && what !== "sweep";
  const sweeps = !gives || what === "whole";
  const swept = sweeps ? await safely(() => sweepNow(context, gives && what === "whole")) : { told: [] };
  const applied = gives ? await safely(() => applyNow(context)) : { told: [] };
  return { ...swept, ...applied, told: [...swept.told, ...applied.told] };
}

async function safely(go: () => Promise<Acted>): Promise<Acted> {
  try {
    return await go();
  } catch (problem) {
    return { told: [trouble(problem)] };
  }
}

async function sweepNow(context: Context, tidy: boolean): Promise<Acted> {
  const report = await expire(context);
  const { main, ledger } = report;
  const tidied = tidy && main ? await safely(() => tidyNow(context, main, ledger)) : { told: [] };
  const interval = intervalOf(main);
  return { told: [...sweepLines(report), ...tidied.told], ...(interval !== undefined && { interval }) };
}

async function tidyNow(context: Context, ...now: Tail<Parameters<typeof revertEnded>>): Promise<Acted> {
  const pull = await revertEnded(context, ...now);
  if (!pull || pull.change === "unchanged") return { told: [] };
  return { told: [{ event: "pull request", about: pull.url, ok: true, says: [pull.change] }] };
}

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;

function intervalOf(main: SweepView["main"]): Duration | undefined {
  const settings = main?.rules.catalog.settings;
  return settings?.is === "found" ? settings.value.sweepInterval : undefined;
}

async function applyNow(context: Context): Promise<Acted> {
  const report = await askForReviews(context, await apply(context));
  const { main } = report.plan;
  return { told: applyLines(report), ...(main !== undefined && { main }) };
}

export function trouble(problem: unknown): LogLine {
  return { event: "trouble", about: "", ok: false, says: [reasonOf(problem)] };
}
