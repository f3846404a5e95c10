// Who owns a path by CODEOWNERS? (the last line that matches wins; one without owners takes ownership away)

/** GitHub does not load a larger file. In bytes. */
export const LARGEST = 3 * 1024 * 1024;

export interface OwnerLine {
  readonly line: number;
  readonly owners: readonly string[];
  /** Segments of the pattern, anchored at the root: `**` is any number of folders. */
  readonly segments: readonly string[];
  /** The pattern covers what is below a folder that it matches. */
  readonly deep: boolean;
}

export interface Codeowners {
  readonly lines: readonly OwnerLine[];
  /** Lines that GitHub skips, with the reason. */
  readonly skipped: readonly { readonly line: number; readonly why: string }[];
}

/** Longest pattern that is looked at, in characters. */
const LONGEST = 500;

/** Reads the file as GitHub does: no negation, no character ranges, comments after blanks. */
export function readCodeowners(text: string): Codeowners {
  const lines: OwnerLine[] = [];
  const skipped: { line: number; why: string }[] = [];
  text.split(/\r?\n/).forEach((raw, i) => {
    const line = i + 1;
    const [pattern, ...owners] = wordsOf(raw);
    if (pattern === undefined) return;
    const why = refusal(pattern, owners);
    if (why === undefined) lines.push({ line, owners, ...shapeOf(pattern) });
    else skipped.push({ line, why });
  });
  return { lines, skipped };
}

/** Words up to a comment; a backslash keeps the blank or `#` after it. */
function wordsOf(raw: string): readonly string[] {
  const words = raw.match(/(?:\\.|[^\s\\])+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith("#"));
  const kept = comment === -1 ? words : words.slice(0, comment);
  return kept.map((word) => word.replace(/\\(.)/g, "$1"));
}

const OWNER = /^(@[\w-]+(\/[\w.-]+)?|[^\s@]+@[^\s@]+\.[^\s@]+)$/;

function refusal(pattern: string, owners: readonly string[]): string | undefined {
  if (pattern.startsWith("!")) return "patterns cannot be negated";
  if (/[[\]]/.test(pattern)) return "patterns cannot have character ranges";
  if (pattern.length > LONGEST) return `the pattern is longer than ${LONGEST} characters`;
  const bad = owners.find((owner) => !OWNER.test(owner));
  return bad === undefined ? undefined : `"${bad}" is no owner`;
}

/** A slash at the start or in the middle ties a pattern to the root; without one it matches at any depth. */
function shapeOf(pattern: string): Pick<OwnerLine, "segments" | "deep"> {
  const path = pattern.replace(/\/+$/, "");
  const anchored = path.includes("/") || pattern.startsWith("/");
  const segments = path.split("/").filter((segment) => segment !== "");
  // `docs/*` is what lies directly in docs, and nothing below.
  const flat = anchored && segments.at(-1) === "*" && segments.length > 1;
  return { segments: anchored ? segments : ["**", ...segments], deep: !flat };
}

/** The line that decides about a path, if any does. */
export function ownerLineOf({ lines }: Codeowners, path: string): OwnerLine | undefined {
  const parts = path.split("/");
  return lines.findLast(({ segments, deep }) => matches(segments, parts, deep));
}

/** Walks pattern and path together; `reach` holds how many parts of the path each way has used up. */
function matches(segments: readonly string[], parts: readonly string[], deep: boolean): boolean {
  let reach = new Set([0]);
  for (const segment of segments) {
    const next = new Set<number>();
    for (const at of reach) {
      const part = parts[at];
      if (segment === "**") for (let to = at; to <= parts.length; to += 1) next.add(to);
      else if (part !== undefined && globMatches(segment, part)) next.add(at + 1);
    }
    reach = next;
  }
  return deep ? [...reach].some((at) => at > 0) : reach.has(parts.length);
}

/** `*` and `?` within one name; linear but for one step back per character. */
function globMatches(glob: string, name: string): boolean {
  let [g, n, star, mark] = [0, 0, -1, 0];
  while (n < name.length) {
    if (glob[g] === "*") [star, mark, g] = [g, n, g + 1];
    else if (glob[g] === "?" || glob[g] === name[n]) [g, n] = [g + 1, n + 1];
    else if (star !== -1) [mark, g, n] = [mark + 1, star + 1, mark + 1];
    else return false;
  }
  return /^\**$/.test(glob.slice(g));
}
