// How does commander come to run a command? (each is imported only when it is called)
import type { Command } from "commander";
import type { Context, ExitCode, Life } from "../context.ts";
import type { Redactor } from "../core/redact.ts";

interface Global {
  readonly directory: string;
  readonly json?: boolean;
  readonly color: boolean;
}

/** Any command: `never` because each shapes its own options. */
type Run = (context: Context, options: never, life: () => Life) => Promise<ExitCode>;

type Load = () => Promise<Run>;
type Shape = (args: readonly string[], options: object) => object;
/** Turns a command's loader into what commander calls; `anywhere` is for those that need no repository. */
export type Action = (
  load: Load,
  shape: Shape,
  anywhere?: "anywhere",
) => (...given: readonly unknown[]) => Promise<void>;

/** Builds the context, runs the command and hands its exit code on. */
export function actions(exit: (code: ExitCode) => void, redactor?: Redactor): Action {
  return (load, shape, anywhere) =>
    async (...given) => {
      const command = given.at(-1) as Command;
      const { directory, json, color } = command.optsWithGlobals<Global>();
      const [{ wire, wireLife }, run] = await Promise.all([import("../wire.ts"), load()]);
      const options = {
        ...{ directory, anywhere: anywhere !== undefined, json: json === true, color },
        ...(redactor && { redactor }),
      };
      const life = () => wireLife(options);
      exit(await run(wire(options), shape(command.args, command.opts()) as never, life));
    };
}
