// Whose rules say where a session is opened, and whom a gate lets in? (never those of a change that nobody vouched for)
import { createHash } from "node:crypto";
import type { Context } from "./context.ts";
import type { Tip } from "./core/entry.ts";
import { guardedText } from "./core/guarded.ts";
import type { VouchedRules } from "./core/snapshot.ts";
import type { Main } from "./read-main.ts";
import { reasonOf } from "./session.ts";

/** Names what a commit, or a tree, has of what decides: SHA-256, as lower-case hex. */
export async function guardedDigest({ repo }: Context, tree: string): Promise<string> {
  return createHash("sha256")
    .update(guardedText(await repo.top(tree)))
    .digest("hex");
}

/** The rules on main, or those that stood when main was vouched for last. Never throws: ends do not wait for it. */
export async function vouchedRules(
  context: Context,
  { view, books }: Main,
  { vouched }: Tip,
): Promise<VouchedRules | undefined> {
  if (!view) return undefined;
  const now = { catalog: view.rules.catalog };
  if (!vouched || vouched.commit === view.commit) return now;
  try {
    if ((await guardedDigest(context, view.commit)) === vouched.digest) return now;
    // A shallow clone is deepened by the question.
    await context.repo.isAncestor(vouched.commit, view.commit);
    return { catalog: (await books.at(vouched.commit)).catalog };
  } catch (problem) {
    return { unread: reasonOf(problem) };
  }
}
