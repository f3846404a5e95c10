// `lapse ledger verify|restore|accept`: is it whole, and what if it is not? (a clone and git; no forge, no target)
import type { Context, ExitCode } from "../context.ts";
import { checkLedger } from "../ledger-check.ts";
import { json } from "../report/json.ts";
import { ledgerCheckJson, ledgerCheckText } from "../report/ledger-check.ts";

export async function verify(context: Context, options: { readonly expectTip?: string }): Promise<ExitCode> {
  const checked = await checkLedger(context, options.expectTip);
  context.io.out(context.json ? json(ledgerCheckJson(checked)) : ledgerCheckText(checked, context.io));
  return checked.findings.length > 0 ? 3 : 0;
}

/** 3 where the two histories have parted: that is for a person to judge. */
export async function restore({ repo, ledger, io }: Context): Promise<ExitCode> {
  await repo.fetch();
  const done = await ledger.restore();
  if (done.is === "forked") {
    io.err(
      `the remote's ledger (${done.theirs.slice(0, 12)}) has entries that this clone's (${done.ours.slice(0, 12)}) lacks\n` +
        `  fix: compare them, end by hand what only one of them knows, then \`lapse ledger accept ${done.theirs}\``,
    );
    return 3;
  }
  io.out(`${done.is === "same" ? "Nothing to restore" : "Restored"}: the remote's ledger is at ${done.tip}.`);
  return 0;
}

export async function accept(
  { repo, ledger, io }: Context,
  { commit }: { readonly commit: string },
): Promise<ExitCode> {
  await repo.fetch();
  const done = await ledger.accept(commit);
  if (done) io.out(`This clone follows the remote's ledger at ${commit}.`);
  else
    io.err(
      `the remote's ledger is not at ${commit}\n  fix: \`git ls-remote origin lapse/ledger\` says where it is`,
    );
  return done ? 0 : 3;
}
