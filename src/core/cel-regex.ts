// Does a text match a pattern, in time linear in the text? (the only import of RE2)
import { RE2JS } from "@bufbuild/re2";

const MAX_PATTERN = 200;

const compiled = new Map<string, RE2JS>();

/** What is wrong with a pattern, or undefined when it is a good RE2 pattern. RE2 has no lookaround and no back-references. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > MAX_PATTERN) return `it is longer than ${MAX_PATTERN} characters`;
  try {
    compiled.set(pattern, RE2JS.compile(pattern));
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message.replace(/^error parsing regexp: /, "") : "it is malformed";
  }
}

/** Whether the pattern is found anywhere in the text; anchor it with `^` and `$` to match all of it. */
export function found(text: string, pattern: string): boolean {
  return (compiled.get(pattern) ?? RE2JS.compile(pattern)).test(text);
}
