// `lapse ledger accept <commit>`: after an audit, follow the remote's ledger although it was rewritten.
import type { Context, ExitCode } from "../context.ts";
import { visible } from "../report/encode.ts";

export async function ledgerAccept(
  { repo, ledger, io }: Context,
  { commit }: { readonly commit: string },
): Promise<ExitCode> {
  await repo.fetch();
  const done = await ledger.accept(commit);
  if (done) io.out(`This clone follows the remote's ledger at ${commit}.`);
  else
    io.err(
      `the remote's ledger is not at ${visible(commit)}\n  fix: \`git ls-remote origin lapse/ledger\` says where it is`,
    );
  return done ? 0 : 3;
}
