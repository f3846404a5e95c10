// How does an expression call our versions of functions without changing anything else?
import { OURS } from "./cel-calls.ts";
import { isCall, walk, type Tree } from "./cel-tree.ts";

type Names = Readonly<Record<string, string>>;

/** `has` as a plain function, so that its argument is type-checked like any other field. */
export const PRESENCE_PROBE: Names = { ...OURS, has: "_ha" };

/**
 * The text with names of called functions replaced by names of equal length, so that every position stays right.
 * Whether each replacement hit the right place is for `sameBut` to say.
 */
export function rename(text: string, tree: Tree, names: Names): string {
  let renamed = text;
  for (const node of walk(tree)) {
    const other = isCall(node) && Object.hasOwn(names, node.label) ? names[node.label] : undefined;
    if (other === undefined) continue;
    const at = nameOffset(text, node);
    renamed = renamed.slice(0, at) + other + renamed.slice(at + node.label.length);
  }
  return renamed;
}

/** A function's name starts its node; a method's is the last one before its first argument. */
function nameOffset(text: string, node: Tree): number {
  if (node.op === "call") return node.start;
  const first = node.parts[1] ?? node;
  return text.lastIndexOf(node.label, first.start - node.label.length);
}

/** Is `other` the same tree but for those names of calls? */
export function sameBut(tree: Tree, other: Tree, names: Names): boolean {
  const expected = isCall(tree) ? (names[tree.label] ?? tree.label) : tree.label;
  return (
    tree.op === other.op &&
    other.label === expected &&
    tree.value === other.value &&
    tree.parts.length === other.parts.length &&
    tree.parts.every((part, i) => sameBut(part, other.parts[i] ?? tree, names))
  );
}
