// `lapse controller`: ends to the second, in one process beside the workflows; several of them take turns.
import { writeFileSync } from "node:fs";
import type { Context, ExitCode, Life } from "../context.ts";
import { control } from "../controller.ts";
import { printInstant } from "../core/time.ts";
import { logJson, logText } from "../report/log-line.ts";

export interface ControllerCommandOptions {
  /** How often the remote is asked, in milliseconds. */
  readonly poll?: number;
  /** A file that is touched in every round. */
  readonly alive?: string;
}

const POLL = 30_000;

/** Goes on for ever, whatever fails; 0 when it was asked to stop. */
export async function controller(
  context: Context,
  { poll = POLL, alive }: ControllerCommandOptions,
  life: () => Life,
): Promise<ExitCode> {
  await control(context, life(), {
    poll,
    tell: (told, at) => {
      context.io.out(context.json ? logJson(told, at) : logText(told, at));
    },
    alive: () => {
      if (alive !== undefined) writeFileSync(alive, `${printInstant(context.clock())}\n`);
    },
  });
  return 0;
}
