// Which commands are there, and how are they called? (one table; each is imported only when it runs)
import type { Command } from "commander";
import type { ExitCode } from "../context.ts";
import type { Redactor } from "../core/redact.ts";
import { actions, type Action } from "./index-action.ts";
import { learning } from "./index-learning.ts";
import { reading } from "./index-reading.ts";
import { settingUp } from "./index-setup.ts";
import { asDuration, asInstant, asNumber, asScope } from "./values.ts";

/** Adds every command, the common ones first. What a command reads is known to `redactor`, whatever it throws. */
export function register(program: Command, exit: (code: ExitCode) => void, redactor?: Redactor): void {
  const action = actions(exit, redactor);
  asking(program, action);
  reading(program, action);
  enforcing(program, action);
  besides(program, action);
  settingUp(program, action);
  learning(program, action);
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
    .option("--allow-pat", "in a workflow: act with a person's token")
    .action(
      action(
        async () => (await import("./apply.ts")).apply,
        (_, options) => options,
      ),
    );
  program
    .command("expire")
    .description("take away what has ended (needs no forge), then open the revert pull request")
    .option("--allow-pat", "in a workflow: act with a person's token")
    .action(
      action(
        async () => (await import("./expire.ts")).expire,
        (_, options) => options,
      ),
    );
}

function besides(program: Command, action: Action): void {
  program
    .command("controller")
    .description("a process that ends access to the second and applies what is merged, beside the workflows")
    .option("--poll <duration>", "how often to ask the remote (default: 30s)", asDuration)
    .option("--alive <file>", "touched in every round, for a liveness probe")
    .action(
      action(
        async () => (await import("./controller.ts")).controller,
        (_, options) => options,
      ),
    );
  program
    .command("sweep")
    .description("beside a target: end what is over by its marks alone, without ledger, git or forge")
    .requiredOption("--target <name>", "reads policies/lapse.yaml and policies/targets/<name>.yaml below -C")
    .action(
      action(
        async () => (await import("./sweep.ts")).sweep,
        (_, options) => options,
        "anywhere",
      ),
    );
}
