// What is the API server asked, to learn whether somebody has a role's rights? (a few of its rights, the strongest first)
import type { Right, Rule } from "./rules.ts";

/** An operation on a resource; `resource` holds the subresource, too. */
export interface Asked extends Right {
  readonly name?: string;
  readonly namespace?: string;
}

/** One question; `words` say it to people, e.g. `create pods/exec`. */
export interface Ask {
  readonly words: string;
  readonly about: Asked | { readonly path: string; readonly verb: string };
}

/** Each is a call, made before and after every grant. */
const MOST = 8;
/** Who can do this can hardly be a reader by some other way. */
const STRONGEST: readonly string[] = ["*", "create", "delete", "update", "patch", "deletecollection"];

/**
 * One right of each rule in turn, until there are enough. All of them must be allowed for the role to work, and to be
 * had by another way: with only the strongest right of each rule asked, whoever may only read is not taken for
 * somebody who has the role.
 */
export function asksOf(rules: readonly Rule[], namespace: string | undefined): readonly Ask[] {
  const perRule = rules.map((rule) => [...resourceAsks(rule, namespace), ...pathAsks(rule, namespace)]);
  const longest = Math.max(0, ...perRule.map((asks) => asks.length));
  const inTurn = Array.from({ length: longest }, (_, i) => perRule.flatMap((asks) => asks[i] ?? [])).flat();
  const byWords = new Map(inTurn.map((ask) => [ask.words, ask]));
  return [...byWords.values()].slice(0, MOST);
}

function rank(verb: string): number {
  const found = STRONGEST.indexOf(verb);
  return found === -1 ? STRONGEST.length : found;
}

function resourceAsks(rule: Rule, namespace: string | undefined): readonly Ask[] {
  const verbs = [...rule.verbs].sort((a, b) => rank(a) - rank(b));
  return verbs.flatMap((verb) =>
    rule.resources.flatMap((full) =>
      rule.groups.map((group) => ask({ verb, full, group, namespace }, rule.names[0])),
    ),
  );
}

interface Wanted {
  readonly verb: string;
  readonly full: string;
  readonly group: string;
  readonly namespace: string | undefined;
}

function ask({ verb, full, group, namespace }: Wanted, name: string | undefined): Ask {
  const object = name === undefined ? {} : { name };
  const about = { verb, group, resource: full, ...(namespace !== undefined && { namespace }), ...object };
  const named = group === "" || group === "*" ? full : `${full}.${group}`;
  return { words: [verb, named, ...Object.values(object)].join(" "), about };
}

/** Paths such as `/metrics` count only where the role is bound for the whole cluster. */
function pathAsks({ paths, verbs }: Rule, namespace: string | undefined): readonly Ask[] {
  if (namespace !== undefined) return [];
  return paths.flatMap((path) => verbs.map((verb) => ({ words: `${verb} ${path}`, about: { path, verb } })));
}
