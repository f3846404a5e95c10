// Which commands teach or try out?
import type { Command } from "commander";
import type { Action } from "./index-action.ts";

/** Rules in practice, findings in words, the whole story on this machine, and plugins of one's own. */
export function learning(program: Command, action: Action): void {
  extending(program, action);
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
