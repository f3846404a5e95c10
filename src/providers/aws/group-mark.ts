// Which groups exist for Lapse alone? (their own description says so)
import type { Group } from "./group-store.ts";

/**
 * A group is lent only if its description has the word `lapse:<owner>/<target>`. Whoever administers groups writes it
 * once, and thereby says that every member is Lapse's to remove. A group that is named in an entitlement by mistake has
 * no such word, and nobody in it is ever touched; and `list` finds the groups without knowing any entitlement.
 */
export function declaration(owner: string, target: string): string {
  return `lapse:${owner}/${target}`;
}

/** The target that the group is declared for; undefined if it is not declared, or for more than one. */
export function declaredTarget({ description }: Group, owner: string): string | undefined {
  const targets = declaredTargets(description, owner);
  return targets.length === 1 ? targets[0] : undefined;
}

/** More than one, or an empty one, is a declaration that cannot be honoured. */
export function declaredTargets(description: string, owner: string): readonly string[] {
  const start = declaration(owner, "");
  const words = description.split(/\s+/).filter((word) => word.startsWith(start));
  return [...new Set(words.map((word) => word.slice(start.length)))];
}
