// What do the nodes of a YAML document hold, as plain values with places?
import { isMap, isScalar, isSeq, Scalar, type Node, type YAMLMap } from "yaml";
import { error } from "./finding.ts";
import type { Finding, Json, Place } from "./model.ts";
import { hiddenFinding, LIMITS, notComposed, notComposedAt, tooLarge, type Locate } from "./source.ts";
import { hiddenAt } from "./text.ts";

export type Path = readonly (string | number)[];
export type Which = "key" | "value" | "content";

interface Walk {
  readonly text: string;
  readonly locate: Locate;
  readonly findings: Finding[];
}

/** Plain values without prototypes, and what is wrong with keys and escapes. */
export function plainTree(
  root: Node,
  text: string,
  locate: Locate,
): { value: Json; findings: readonly Finding[] } {
  const walk: Walk = { text, locate, findings: [] };
  return { value: plain(root, walk, 1), findings: walk.findings };
}

function plain(node: unknown, walk: Walk, depth: number): Json {
  if (isScalar(node)) return scalar(node, walk);
  if (depth > LIMITS.depth) {
    walk.findings.push(tooLarge(`more than ${LIMITS.depth} levels`, span(node, walk.locate)));
  } else if (isSeq(node)) {
    return node.items.map((item) => plain(item, walk, depth + 1));
  } else if (isMap(node)) {
    return map(node, walk, depth);
  } else {
    walk.findings.push(
      error("LPS101", "not a plain value", "write text, a list or a map", span(node, walk.locate)),
    );
  }
  return "";
}

function map(node: YAMLMap, walk: Walk, depth: number): Json {
  const result = Object.create(null) as Record<string, Json>;
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? scalar(key, walk) : "";
    const problem = keyProblem(name, value, span(key, walk.locate));
    if (problem) walk.findings.push(problem);
    else result[name] = plain(value, walk, depth + 1);
  }
  return result;
}

function keyProblem(name: string, value: unknown, at: Place): Finding | undefined {
  if (name === "<<") return error("LPS106", "a merge key is not allowed", "write the values out", at);
  if (["__proto__", "constructor", "prototype"].includes(name)) {
    return error("LPS108", `"${name}" is a reserved key`, "choose another name", at);
  }
  const isEmpty = value === null || (isScalar(value) && value.type === Scalar.PLAIN && value.value === "");
  return isEmpty
    ? error("LPS109", `"${name}" has no value`, "write the value, or leave the line out", at)
    : undefined;
}

/** Escapes in double quotes can spell what the text itself may not hold. */
function scalar(node: Scalar, walk: Walk): string {
  const value = typeof node.value === "string" ? node.value : "";
  if (node.type !== Scalar.QUOTE_DOUBLE) return value;
  const here = () => span(node, walk.locate);
  const hidden = hiddenAt(value);
  if (hidden !== undefined) walk.findings.push(hiddenFinding(value, hidden, here));
  else if (notComposedAt(value) !== undefined) walk.findings.push(notComposed(here()));
  return value;
}

/** The value at a path of a plain tree, when there is one. */
export function valueAt(value: Json, path: Path): Json | undefined {
  let found: Json | undefined = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Readonly<Record<string, Json>>)[step];
  }
  return found;
}

function span(node: unknown, locate: Locate): Place {
  const range = (node as Node | null)?.range ?? [0, 0];
  return locate(range[0], range[1] - range[0]);
}

/** The node at a path, with its key; the nearest parent when there is none. */
export function nodeAt(root: Node, path: Path): { key: unknown; node: unknown } {
  let found: { key: unknown; node: unknown } = { key: root, node: root };
  for (const step of path) {
    const { node } = found;
    if (isSeq(node)) {
      const item = node.items[Number(step)];
      if (item === undefined) return found;
      found = { key: item, node: item };
    } else {
      const pair = isMap(node)
        ? node.items.find(({ key }) => isScalar(key) && key.value === step)
        : undefined;
      if (!pair) return found;
      found = { key: pair.key, node: pair.value };
    }
  }
  return found;
}

export function placeOf(root: Node, path: Path, which: Which, text: string, locate: Locate): Place {
  const { key, node } = nodeAt(root, path);
  if (which === "key") return span(key, locate);
  if (which === "content" && isScalar(node)) return locate(contentStart(node, text));
  return span(node, locate);
}

function contentStart(node: Scalar, text: string): number {
  const start = node.range?.[0] ?? 0;
  if (node.type === Scalar.PLAIN) return start;
  if (node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE) return start + 1;
  const body = text.indexOf("\n", start) + 1;
  const first = /\S/.exec(text.slice(body));
  return body + (first?.index ?? 0);
}
