// Which commands are there, and how are they called? (one table; each is imported only when it runs)
import type { Command } from "commander";
import type { Context, ExitCode } from "../context.ts";
import { asDuration, asInstant, asNumber, asScope } from "./values.ts";

interface Global {
  readonly directory: string;
  readonly json?: boolean;
  readonly color: boolean;
}

/** Any command: `never` because each shapes its own options. */
type Run = (context: Context, options: never) => Promise<ExitCode>;

type Load = () => Promise<Run>;
type Shape = (args: readonly string[], options: object) => object;
/** Turns a command's loader into what commander calls; `anywhere` is for those that need no repository. */
type Action = (
  load: Load,
  shape: Shape,
  anywhere?: "anywhere",
) => (...given: readonly unknown[]) => Promise<void>;

/** Builds the context, runs the command and hands its exit code on. */
function actions(exit: (code: ExitCode) => void): Action {
  return (load, shape, anywhere) =>
    async (...given) => {
      const command = given.at(-1) as Command;
      const { directory, json, color } = command.optsWithGlobals<Global>();
      const [{ wire }, run] = await Promise.all([import("../wire.ts"), load()]);
      const context = wire({ directory, anywhere: anywhere !== undefined, json: json === true, color });
      exit(await run(context, shape(command.args, command.opts()) as never));
    };
}

/** Adds every command, the common ones first. */
export function register(program: Command, exit: (code: ExitCode) => void): void {
  const action = actions(exit);
  asking(program, action);
  reading(program, action);
  enforcing(program, action);
  learning(program, action);
  extending(program, action);
}

function asking(program: Command, action: Action): void {
  program
    .command("request")
    .description("ask for access: writes the file, pushes a branch, opens the pull request")
    .argument("<entitlement>", "what to ask for (policies/entitlements)")
    .requiredOption("--for <duration>", "how long, e.g. 90m or 4h", asDuration)
    .requiredOption("--reason <text>", "why; kept in git history")
    .option("--subject <person>", "who gets it (default: you)")
    .option("--ticket <id>", "e.g. INC-4711")
    .option("--id <id>", "name of the request, used once (default: made up)")
    .option("--not-before <time>", "start later, e.g. 2026-11-24T20:00:00Z", asInstant)
    .option("--extends <id>", "run on from the end of a live request")
    .option("--scope <key=value>", "narrow it, as far as the entitlement allows", asScope)
    .option("--break-glass", "emergency: see the entitlement's breakGlass block")
    .option("-n, --dry-run", "show the file and what it would mean; write nothing")
    .action(
      action(
        async () => (await import("./request.ts")).request,
        ([entitlement], options) => {
          const { for: length, ...rest } = options as { readonly for: number };
          return { entitlement, duration: length, ...rest };
        },
      ),
    );
  program
    .command("check")
    .description("judge requests: schema, policy, who must approve, when it would end")
    .argument("[files...]", "request files (default: everything in the work tree)")
    .option("--base <sha>", "with --head: judge what this pull request changes")
    .option("--head <sha>", "with --base")
    .option("--pull <number>", "also write this pull request's comment and check run", asNumber)
    .action(
      action(
        async () => (await import("./check.ts")).check,
        (files, options) => ({ files, ...options }),
      ),
    );
}

function reading(program: Command, action: Action): void {
  program
    .command("status")
    .description("who has what, until when")
    .option("--all", "ended ones too")
    .option("--subject <person>", "only of this person")
    .option("--target <name>", "only on this target")
    .option("--state <state>", "only in this state, e.g. active or overdue")
    .option("--check", "exit 7 when access has outlived its end")
    .action(
      action(
        async () => (await import("./status.ts")).status,
        (_, options) => options,
      ),
    );
  program
    .command("show")
    .description("one request's whole story")
    .argument("<id>", "the request's name: its file without .yaml")
    .action(
      action(
        async () => (await import("./show.ts")).show,
        ([id]) => ({ id }),
      ),
    );
  program
    .command("audit")
    .description("everything that was granted and removed, and what does not add up")
    .option("--from <time>", "first instant, e.g. 2026-01-01T00:00:00Z", asInstant)
    .option("--to <time>", "first instant after it", asInstant)
    .option("--observe", "ask the targets too")
    .action(
      action(
        async () => (await import("./audit.ts")).audit,
        (_, options) => options,
      ),
    );
}

function enforcing(program: Command, action: Action): void {
  program
    .command("plan")
    .description("show what apply would do now")
    .option("--detailed-exitcode", "exit 5 when there are changes")
    .action(
      action(
        async () => (await import("./plan.ts")).plan,
        (_, options) => options,
      ),
    );
  program
    .command("apply")
    .description("carry it out: revocations first, then what was approved and merged")
    .option("--accept-main <commit>", "vouch once for a default branch that was rewritten on purpose")
    .action(
      action(
        async () => (await import("./apply.ts")).apply,
        (_, options) => options,
      ),
    );
  program
    .command("expire")
    .description("take away what has ended (needs no forge), then open the revert pull request")
    .action(
      action(
        async () => (await import("./expire.ts")).expire,
        () => ({}),
      ),
    );
}

function learning(program: Command, action: Action): void {
  const policy = program.command("policy").description("work on policies/");
  policy
    .command("test")
    .description("run policies/tests on the production evaluator, with coverage of rules")
    .action(
      action(
        async () => (await import("./policy-test.ts")).policyTest,
        () => ({}),
      ),
    );
  program
    .command("explain")
    .description("what a finding means and how to mend it")
    .argument("[code]", "e.g. LPS306 (default: all of them)")
    .action(
      action(
        async () => (await import("./explain.ts")).explain,
        ([code]) => ({ code }),
        "anywhere",
      ),
    );
  program
    .command("demo")
    .description("the whole story on this machine: a PostgreSQL, a forge, one access from asking to audit")
    .option("--keep", "leave the servers up to play with")
    .action(
      action(
        async () => (await import("./demo.ts")).demo,
        (_, options) => options,
        "anywhere",
      ),
    );
}

function extending(program: Command, action: Action): void {
  const provider = program.command("provider").description("work on a target kind of your own");
  provider
    .command("test")
    .description("does this exec plugin keep the contract? (src/providers/README.md)")
    .argument("<program>", "the plugin: one file that runs by itself")
    .argument("[args...]", "its arguments, after --")
    .requiredOption("--world <command>", "makes targets for the test and administers them")
    .option("--case <case>", "only this one, e.g. 9c")
    .action(
      action(
        async () => (await import("./provider-test.ts")).providerTest,
        ([program, ...args], options) => ({ program, args, ...options }),
        "anywhere",
      ),
    );
}
