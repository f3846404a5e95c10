// `lapse ledger restore`: put back what this clone remembers, where the remote was rolled back. (never forces)
import type { Context, ExitCode } from "../context.ts";

/** 3 where the two histories have parted: that is for a person to judge. */
export async function ledgerRestore({ repo, ledger, io }: Context): Promise<ExitCode> {
  await repo.fetch();
  const done = await ledger.restore();
  if (done.is !== "forked") {
    io.out(
      `${done.is === "same" ? "Nothing to restore" : "Restored"}: the remote's ledger is at ${done.tip}.`,
    );
    return 0;
  }
  const [ours, theirs] = [done.ours, done.theirs].map((commit) => commit.slice(0, 12));
  io.err(
    `the remote's ledger (${theirs ?? ""}) has entries that this clone's (${ours ?? ""}) lacks\n` +
      `  fix: compare them, end by hand what only one of them knows, then \`lapse ledger accept ${done.theirs}\``,
  );
  return 3;
}
