// Is the ledger what Lapse wrote? (every entry in its place, and every index what the log adds up to)
import { canonical, isCanonical, tameObject } from "./canonical.ts";
import { GENESIS, hashOfLine, vouchedIn, type Hash } from "./chain.ts";
import type { Entry, LiveGrant, OpenReview, Tip } from "./entry.ts";
import { error } from "./finding.ts";
import { foldReview } from "./fold-reviews.ts";
import { foldInto } from "./fold.ts";
import { parseEntry } from "./ledger-lines.ts";
import { idPath, seqOfPath } from "./ledger-paths.ts";
import type { Finding, Place } from "./model.ts";

/** One line of the log, as it is in git. */
export interface RawLine {
  readonly path: string;
  readonly line: string;
}

/** The indexes that stand beside the log. */
export interface Checkpoint {
  readonly tip: Tip | undefined;
  /** Lines of `live.jsonl`. */
  readonly live: readonly string[];
  /** Lines of `reviews.jsonl`. */
  readonly reviews: readonly string[];
  /** Content by path below `ids/`. */
  readonly ids: ReadonlyMap<string, string>;
}

/** Takes the log line by line and keeps only what the indexes need. */
export interface Verifier {
  /** The entry, if the line is one, whatever is wrong with its place. */
  add(raw: RawLine): Entry | undefined;
  /** `add`, and how well the line fits to the one before. */
  judge(raw: RawLine): Judged | undefined;
  /** The last entry that counts. */
  tip(): Tip;
  /** What is wrong with the chain so far, in its order. */
  chain(): readonly Finding[];
  /** What is wrong with the indexes, once every line was added. */
  indexes(checkpoint: Checkpoint): readonly Finding[];
}

export interface Judged {
  readonly entry: Entry;
  /** `next`: in its place, and written after the entry before. `astray`: neither. `passed`: it does not count at all. */
  readonly fit: "next" | "astray" | "passed";
  readonly isCanonical: boolean;
}

interface State {
  /** Sequence number and hash of the last entry in unbroken order. */
  seq: number;
  hash: string;
  place: Place;
  readonly chain: Finding[];
  readonly against: Finding[];
  readonly live: Map<string, LiveGrant>;
  readonly reviews: Map<string, OpenReview>;
  readonly ids: Map<string, string>;
  vouched: Tip["vouched"];
  /** Grants that a run was about to make and has not told of. */
  readonly intended: Set<string>;
}

/** More entries than are ever lost at once: a number beyond is an attempt to use all numbers up. */
const LONGEST_GAP = 1_000_000;
const COMPARE = "compare with another clone of the ledger branch, and look at who pushed to it";

export function verifier(hash: Hash): Verifier {
  const state: State = {
    seq: 0,
    hash: GENESIS,
    place: { file: "", line: 0, column: 1 },
    chain: [],
    against: [],
    live: new Map(),
    reviews: new Map(),
    ids: new Map(),
    vouched: undefined,
    intended: new Set(),
  };
  return {
    add: (raw) => judge(state, raw, hash)?.entry,
    judge: (raw) => judge(state, raw, hash),
    tip: () => ({ seq: state.seq, hash: state.hash }),
    chain: () => state.chain,
    indexes: (checkpoint) => [...state.against, ...compare(state, checkpoint)],
  };
}

/** What is wrong with the chain of these lines: edited, dropped, reordered and inserted entries, each with its place. */
export function verifyChain(lines: Iterable<RawLine>, hash: Hash): readonly Finding[] {
  const verify = verifier(hash);
  for (const raw of lines) verify.add(raw);
  return verify.chain();
}

function judge(state: State, { path, line }: RawLine, hash: Hash): Judged | undefined {
  const before = state.place;
  const at = { file: path, line: path === before.file ? before.line + 1 : 1, column: 1 };
  state.place = at;
  const read = parseEntry(line);
  const written = isCanonical(read, line);
  if (!written || !isInPlace(at, read)) {
    state.chain.push(
      error("LPS504", `no readable entry ${state.seq + 1} at ${path}:${at.line}`, COMPARE, at),
    );
  }
  if (!read) return undefined;
  const entry = written ? read : (tameObject(read) as unknown as Entry);
  const fit = fitOf(state, entry, { before, at });
  if (fit !== "passed") {
    state.seq = entry.seq;
    state.hash = hashOfLine(line, hash);
    remember(state, entry, at, hash);
    state.vouched = vouchedIn([entry]) ?? state.vouched;
  }
  return { entry, fit, isCanonical: written };
}

/** A file is named after its first entry. */
function isInPlace(
  { file, line }: { readonly file: string; readonly line: number },
  entry: Entry | undefined,
): boolean {
  return line > 1 || seqOfPath(file) === entry?.seq;
}

/** Judges an entry's place; one that was passed already does not count. */
function fitOf(state: State, entry: Entry, { before, at }: { before: Place; at: Place }): Judged["fit"] {
  const expected = state.seq + 1;
  if (entry.seq < expected || entry.seq > expected + LONGEST_GAP) {
    const message = `entry ${entry.seq} stands where entry ${expected} belongs`;
    state.chain.push(error("LPS503", message, COMPARE, at));
    return "passed";
  }
  if (entry.seq > expected) {
    const last = entry.seq - 1;
    const gap = last === expected ? `entry ${expected} is` : `entries ${expected} to ${last} are`;
    state.chain.push(error("LPS502", `${gap} missing before ${at.file}:${at.line}`, COMPARE, at));
    return "astray";
  }
  if (entry.prev === state.hash) return "next";
  const message = `entry ${state.seq} is not the one that entry ${entry.seq} was written after`;
  state.chain.push(error("LPS501", message, COMPARE, state.seq === 0 ? at : before));
  return "astray";
}

function remember(state: State, entry: Entry, at: Place, hash: Hash): void {
  if (entry.kind === "admitted" || entry.kind === "refused" || entry.kind === "missed") {
    const path = idPath(entry.request, hash);
    const used = state.ids.has(path) && entry.kind === "admitted";
    if (used) state.against.push(against(entry, "its id was used before", at));
    if (!state.ids.has(path)) state.ids.set(path, `${blobOf(entry)}\n`);
  }
  const objections = [ofCase(state, entry), foldReview(state.reviews, entry)];
  state.against.push(...objections.flatMap((why) => (why === undefined ? [] : [against(entry, why, at)])));
}

/** What does not fit the cases so far; a receipt of a grant that was intended fits, however late it is told. */
function ofCase(state: State, entry: Entry): string | undefined {
  const late = isLateReceipt(state, entry);
  const why = foldInto(state.live, entry);
  const intends = entry.kind === "intent" && entry.op === "grant" && why === undefined;
  if (intends) state.intended.add(actOf(entry));
  return late ? undefined : why;
}

/** Told after another run had ended the case: by a slow run, or from a clone whose receipts had to wait. */
function isLateReceipt({ intended }: State, entry: Entry): boolean {
  return entry.kind === "granted" && intended.delete(actOf(entry));
}

function actOf({ run, request }: Pick<Entry, "run"> & { readonly request: string }): string {
  return `${run} ${request}`;
}

function against(entry: Entry, why: string, at: Place): Finding {
  const request = "request" in entry ? entry.request : "";
  return error("LPS508", `entry ${entry.seq} (${entry.kind} ${request}): ${why}`, COMPARE, at);
}

/** The blob that an id was used up with. */
export function blobOf(entry: Extract<Entry, { readonly kind: "admitted" | "refused" | "missed" }>): string {
  return entry.kind === "admitted" ? entry.admission.blob : entry.blob;
}

function compare(state: State, { tip, live, reviews, ids }: Checkpoint): readonly Finding[] {
  const found: Finding[] = [];
  if (tip?.seq !== state.seq || tip.hash !== state.hash) {
    const named = tip ? `entry ${tip.seq} with hash ${tip.hash.slice(0, 12)}` : "nothing readable";
    const message = `the tip names ${named}; the log ends with entry ${state.seq} with hash ${state.hash.slice(0, 12)}`;
    found.push(error("LPS505", message, COMPARE));
  }
  const [named, said] = [tip?.vouched, state.vouched].map(nameOf) as [string, string];
  if (named !== said) {
    const message = `the tip says that main was vouched for at ${named}; the log says at ${said}`;
    found.push(error("LPS505", message, COMPARE));
  }
  const lines = (open: ReadonlyMap<string, object>) => [...open.values()].map((one) => canonical(one));
  found.push(...differences(lines(state.live), live, "LPS506", "open cases"));
  found.push(...differences(lines(state.reviews), reviews, "LPS506", "owed reviews"));
  const line = ([path, content]: readonly [string, string]): string => `${path} ${content.trim()}`;
  found.push(...differences([...state.ids].map(line), [...ids].map(line), "LPS507", "used ids"));
  return found;
}

function nameOf(vouched: Tip["vouched"]): string {
  return vouched ? `${vouched.commit.slice(0, 12)} (${vouched.digest.slice(0, 12)})` : "no commit";
}

function differences(
  log: readonly string[],
  index: readonly string[],
  code: "LPS506" | "LPS507",
  what: string,
): readonly Finding[] {
  const [should, is] = [new Set(log), new Set(index)];
  const missing = log.filter((line) => !is.has(line));
  const extra = index.filter((line) => !should.has(line));
  if (missing.length + extra.length === 0) return [];
  const first = (missing[0] ?? extra[0] ?? "").slice(0, 120);
  const message = `${what}: ${missing.length} missing, ${extra.length} that the log does not have, e.g. ${first}`;
  return [error(code, message, COMPARE)];
}
