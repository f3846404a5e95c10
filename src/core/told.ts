// Was this told, or could it not be read? (what is not told is neither fine nor wrong)
import { warning } from "./finding.ts";
import type { Finding } from "./model.ts";

/** An answer, or why there is none and what would help. */
export type Told<T> =
  | { readonly is: "told"; readonly value: T }
  | { readonly is: "untold"; readonly why: string; readonly fix: string };

/** What `judge` finds in an answer; where there is none, that it could not be read. */
export function whereTold<T>(
  what: string,
  told: Told<T>,
  judge: (value: T) => readonly Finding[],
): readonly Finding[] {
  return told.is === "told" ? judge(told.value) : [unread(what, told)];
}

/** For a finding, what could not be read and what the token lacks. */
export function unread(what: string, { why, fix }: Extract<Told<unknown>, { is: "untold" }>): Finding {
  return warning("LPS910", `${what} could not be read: ${why}`, fix);
}

/** The forge answered, and left this out, as it does for whoever may not change it. */
export function hidden(what: string): Finding {
  const fix = "run lapse doctor with the token of an administrator (Administration: write shows it)";
  return warning("LPS910", `${what} is not shown to this token`, fix);
}
