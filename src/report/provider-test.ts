// Which cases does a plugin pass, which do not apply, and what went wrong in the others?
import { page, visible, visibleLines } from "./encode.ts";
import { painter } from "./paint.ts";
import { counted } from "./table.ts";

export interface Tested {
  readonly title: string;
  readonly is: "passed" | "skipped" | "failed";
  /** Why it was skipped, or what went wrong. */
  readonly reason?: string;
}

/** What one case came to; with what the plugin wrote to its log, which is kept as the cause. */
export function testedOf(
  title: string,
  result: Omit<Tested, "title"> | { readonly is: "failed"; readonly error: Error },
): Tested {
  if (!("error" in result)) return { title, ...result };
  const { message, cause } = result.error;
  return { title, is: "failed", reason: cause instanceof Error ? `${message}\n${cause.message}` : message };
}

/** Said as soon as it is known: a whole run takes a while. */
export function testedText({ title, is, reason = "" }: Tested, options: { readonly color: boolean }): string {
  const paint = painter(options.color);
  if (is === "passed") return page([`${paint("good", "✓ passed ")} ${visible(title)}`]);
  if (is === "skipped") return page([`${paint("dim", "- skipped")} ${visible(title)}: ${visible(reason)}`]);
  const details = visibleLines(reason).map((line) => `            ${line}`);
  return page([`${paint("bad", "✕ failed ")} ${visible(title)}`, ...details]);
}

export function totalsText(results: readonly Tested[]): string {
  const count = (is: Tested["is"]) => results.filter((result) => result.is === is).length;
  return `${counted(count("passed"), "case")} passed, ${count("skipped")} skipped, ${count("failed")} failed.`;
}
