// Which commands only look?
import type { Command } from "commander";
import { Problem } from "../core/problem.ts";
import type { Action } from "./index-action.ts";
import { asAccount, asDuration, asInstant } from "./values.ts";

/** Who has what, one story, what adds up; may somebody pass; is all set up. */
export function reading(program: Command, action: Action): void {
  cases(program, action);
  questions(program, action);
  keeping(program, action);
}

function asHash(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  const fix = "copy the tip that `lapse ledger verify` printed";
  throw new Problem("misconfigured", "--expect-tip is no hash of an entry", fix);
}

function keeping(program: Command, action: Action): void {
  const ledger = program.command("ledger").description("is the ledger whole, and the way back if not");
  ledger
    .command("verify")
    .description(
      "every entry, the chain, the list of open cases and the used ids; exit 3 with the first bad place",
    )
    .option(
      "--expect-tip <hash>",
      "an entry with this hash must be there: finds a tail that was cut off",
      asHash,
    )
    .action(
      action(
        async () => (await import("./ledger-verify.ts")).ledgerVerify,
        (_, options) => options,
      ),
    );
  ledger
    .command("restore")
    .description("push back what this clone remembers, where the remote was rolled back; never forces")
    .action(
      action(
        async () => (await import("./ledger-restore.ts")).ledgerRestore,
        () => ({}),
      ),
    );
  ledger
    .command("accept")
    .description("after an audit: follow the remote's ledger at this commit, though it was rewritten")
    .argument("<commit>", "the remote branch's full commit id")
    .action(
      action(
        async () => (await import("./ledger-accept.ts")).ledgerAccept,
        ([commit]) => ({ commit }),
      ),
    );
}

function cases(program: Command, action: Action): void {
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
    .option("--compare <address>", "another copy of the repository: does its ledger tell the same?")
    .action(
      action(
        async () => (await import("./audit.ts")).audit,
        (_, options) => options,
      ),
    );
}

function questions(program: Command, action: Action): void {
  program
    .command("can")
    .description("may this account pass, right now? exit 0 yes, 3 no (for gates, e.g. a deploy job)")
    .requiredOption("--actor <login>", "who wants to pass: a forge login, e.g. $GITHUB_ACTOR")
    .option("--actor-id <number>", "its numeric id, which never changes", asAccount)
    .requiredOption("--on <entitlement>", "what guards the way (policies/entitlements)")
    .action(
      action(
        async () => (await import("./can.ts")).can,
        (_, options) => options,
      ),
    );
  program
    .command("watchdog")
    .description(
      "exit 7 when access has outlived its end, 3 when the sweep has stopped (for cron and pagers)",
    )
    .option("--within <duration>", "how old the last sweep may be (default: 3 sweep intervals)", asDuration)
    .action(
      action(
        async () => (await import("./watchdog.ts")).watchdog,
        (_, options) => options,
      ),
    );
  program
    .command("doctor")
    .description("is all set up so that nobody gets around it? repository, people, ledger, targets")
    .option("--target <name>", "only this target")
    .action(
      action(
        async () => (await import("./doctor.ts")).doctor,
        (_, options) => options,
      ),
    );
}
