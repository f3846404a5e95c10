#!/usr/bin/env node
// argv → command → exit code. (the only process.exit; every command is loaded only when it is called)
import { Command, CommanderError } from "commander";
import { register } from "./commands/index.ts";
import type { ExitCode } from "./context.ts";
import { Problem } from "./core/problem.ts";
import { redactor } from "./core/redact.ts";
import { messageText } from "./report/encode.ts";

const EXAMPLES = `Examples:
  lapse request orders-db-read --for 2h --reason "Backfill of stuck orders" --ticket INC-4711
  lapse check requests/orders-db-read/my-request.yaml
  lapse status --all
  lapse demo
`;

const EXIT_CODES = `
Exit codes: 0 done · 1 failed · 2 usage · 3 a check failed · 4 credentials or permission missing
            5 there are changes · 6 something failed or could not be read · 7 access outlived its end · 130 interrupted`;

const program = new Command("lapse")
  .description("Access is a pull request, and it lapses by itself.")
  .version("0.1.0")
  .option("-C, --directory <dir>", "the access repository", ".")
  .option("--json", "one JSON object on stdout, for programs")
  .option("--no-color", "no colours (NO_COLOR works too)")
  .showSuggestionAfterError()
  .addHelpText("before", EXAMPLES)
  .addHelpText("after", EXIT_CODES)
  .exitOverride();

const secrets = redactor();
register(
  program,
  (code) => {
    process.exitCode = code;
  },
  secrets,
);
speak(program, "lapse");

/** Usage errors in the voice of all others: what is wrong, and the way out. */
function speak(command: Command, name: string): void {
  command.configureOutput({
    outputError: (text, write) => {
      write(safely(usageError(text.trim(), name)));
    },
  });
  for (const sub of command.commands) speak(sub, `${name} ${sub.name()}`);
}

/** Neither a secret nor a line that a runner takes for a command, whoever wrote the message. */
function safely(message: string): string {
  return `${messageText(secrets.text(message)).trimEnd()}\n`;
}

function usageError(text: string, name: string): string {
  const [what = text, suggestion] = text.split("\n");
  const meant = /Did you mean (.+)\?/u.exec(suggestion ?? "")?.[1];
  return `${what}\n  fix: ${meant === undefined ? `see \`${name} --help\`` : `did you mean ${meant}?`}\n`;
}

const PROBLEM_EXITS: Readonly<Record<Problem["kind"], ExitCode>> = {
  unavailable: 1,
  forbidden: 4,
  misconfigured: 2,
};

/** What could not be handled below: our own Problems with their fix, commander's usage errors, and bugs. */
function failed(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Problem) {
    process.stderr.write(safely(`error: ${error.message}\n  fix: ${error.fix}\n`));
    return PROBLEM_EXITS[error.kind];
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(safely(`error: this is a bug in lapse, please report it with this trace\n${trace}\n`));
  return 1;
}

/** An exit, so that whatever must not outlive us is removed (`providers/at-exit.ts`). 128 + the signal's number. */
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  process.on(signal, () => {
    // A command that stops by itself listens, too, and ends in its own time.
    if (process.listenerCount(signal) > 1) return;
    process.stderr.write(
      "interrupted; what was done is in the ledger, and the next run goes on from there\n",
    );
    process.exit(code);
  });
}

// Whoever reads us may stop early (`| head`): that is no failure.
process.stdout.on("error", (problem: NodeJS.ErrnoException) => {
  if (problem.code !== "EPIPE") throw problem;
});

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = failed(error);
}
// A call that hangs in the background (a share, a socket) must not keep a finished run from ending.
process.stdout.write("", () => process.stderr.write("", () => process.exit()));
