// Which secrets has this process seen, and how are they kept out of whatever it says?
import { partsOf, SHORTEST, spellings } from "./secret-parts.ts";
import { starred } from "./secret.ts";

/** One for a process: whoever reads a secret tells it, whatever leaves goes through it. */
export interface Redactor {
  /** Remembers a secret. Returns its parts that nobody but us knows to be secret. */
  readonly learn: (secret: string) => readonly string[];
  /** The text without any secret that is known by its value, however it is written, or by its form. */
  readonly text: (text: string) => string;
  /** The same for a JSON document, which stays one: only what is in its strings changes. */
  readonly json: (text: string) => string;
}

/** What stands in a secret's place. */
const GONE = "***";
/** So many characters in a row of a secret are enough to be taken out: it may have been cut or wrapped. */
const WINDOW = 16;
/** Size of the sieve that tells most places apart from the start of a secret; a power of two. */
const SIEVE = 1 << 18;

/** What is looked for, by how it begins. */
interface Known {
  readonly sieve: Uint8Array;
  readonly windows: Set<string>;
  /** Forms that are looked for as a whole, by their first characters. */
  readonly wholes: Map<string, Set<string>>;
  readonly learnt: Set<string>;
}

export function redactor(): Redactor {
  const known: Known = {
    sieve: new Uint8Array(SIEVE),
    windows: new Set(),
    wholes: new Map(),
    learnt: new Set(),
  };
  const text = (given: string) => starred(without(known, given), () => GONE);
  return {
    learn: (secret) => {
      if (known.learnt.has(secret)) return [];
      known.learnt.add(secret);
      const { pure, whole, derived } = partsOf(secret);
      for (const form of pure.flatMap(spellings)) add(known, form, WINDOW);
      for (const form of whole.flatMap(spellings)) add(known, form, Infinity);
      return derived;
    },
    text,
    json: (given) => (text(given) === given ? given : eachString(given, text)),
  };
}

/** A long form by each stretch of `window` characters, a short one as a whole. */
function add({ sieve, windows, wholes }: Known, form: string, window: number): void {
  if (form.length < SHORTEST) return;
  if (form.length <= window) {
    const start = form.slice(0, SHORTEST);
    wholes.set(start, (wholes.get(start) ?? new Set()).add(form));
    sieve[placeOf(form, 0)] = 1;
    return;
  }
  for (let i = 0; i + window <= form.length; i += 1) {
    windows.add(form.slice(i, i + window));
    sieve[placeOf(form, i)] = 1;
  }
}

/** Of four characters. */
function placeOf(text: string, at: number): number {
  const a = text.charCodeAt(at) ^ (text.charCodeAt(at + 1) << 5);
  return (a ^ (text.charCodeAt(at + 2) << 9) ^ (text.charCodeAt(at + 3) << 13)) & (SIEVE - 1);
}

/** Finds every place first, and joins those that overlap: taking one out must not hide another. */
function without(known: Known, text: string): string {
  if (known.learnt.size === 0) return text;
  const parts: string[] = [];
  let kept = 0;
  let start = 0;
  let end = 0;
  const cut = (): void => {
    if (end > start) parts.push(text.slice(kept, start), GONE);
    kept = Math.max(kept, end);
  };
  for (let i = 0; i + SHORTEST <= text.length; i += 1) {
    const length = known.sieve[placeOf(text, i)] === 1 ? lengthAt(known, text, i) : 0;
    if (length === 0) continue;
    if (i > end) {
      cut();
      start = i;
    }
    end = Math.max(end, i + length);
  }
  cut();
  return parts.length === 0 ? text : parts.join("") + text.slice(kept);
}

/** How much of a secret begins here; 0 where none does. */
function lengthAt({ windows, wholes }: Known, text: string, at: number): number {
  const window = windows.has(text.slice(at, at + WINDOW)) ? WINDOW : 0;
  const forms = wholes.get(text.slice(at, at + SHORTEST)) ?? [];
  return [...forms].reduce(
    (most, form) => (text.startsWith(form, at) ? Math.max(most, form.length) : most),
    window,
  );
}

const JSON_STRING = /"(?:[^"\\]|\\.)*"/g;

function eachString(document: string, redact: (text: string) => string): string {
  return document.replace(JSON_STRING, (literal) => {
    const value = JSON.parse(literal) as string;
    const safe = redact(value);
    return safe === value ? literal : inert(safe);
  });
}

/** As `jsonText` writes strings: nothing that could act on a terminal or in a log. */
function inert(text: string): string {
  return JSON.stringify(text)
    .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll("##[", "##\\u005b");
}
