// Does one pattern of a policy allow all that another one stands for?
import { canonical } from "../../core/canonical.ts";
import type { Statement } from "./statements.ts";

/** Does the pattern match all that the text stands for? The text's own `*` is matched by `*` alone, its `?` by both. */
export function covers(pattern: string, text: string): boolean {
  let [at, star, from] = [0, -1, 0];
  for (let i = 0; i < text.length;) {
    const [want, is] = [pattern[at], text[i]];
    if (want === "*") [star, from] = [at++, i];
    else if (want === is || (want === "?" && is !== "*")) [at, i] = [at + 1, i + 1];
    else if (star < 0) return false;
    else [at, i] = [star + 1, ++from];
  }
  return /^\**$/.test(pattern.slice(at));
}

/** Conditions narrow, so only a statement without any, or with just the same ones, is sure to cover another. */
export function coversStatement(wide: readonly Statement[], narrow: Statement): boolean {
  return narrow.Action.every((action) =>
    narrow.Resource.every((resource) =>
      wide.some(
        (one) =>
          one.Effect === "Allow" &&
          coversAction(one, action.toLowerCase()) &&
          one.Resource.some((pattern) => covers(pattern, resource)) &&
          (Object.keys(one.Condition).length === 0 || same(one.Condition, narrow.Condition)),
      ),
    ),
  );
}

function coversAction({ Action, NotAction }: Statement, action: string): boolean {
  if (Action.some((pattern) => covers(pattern.toLowerCase(), action))) return true;
  const apart = (other: string) => !covers(other, action) && !covers(action, other);
  return NotAction.length > 0 && NotAction.every((other) => apart(other.toLowerCase()));
}

function same(a: unknown, b: unknown): boolean {
  try {
    return canonical(a) === canonical(b);
  } catch {
    return false;
  }
}
