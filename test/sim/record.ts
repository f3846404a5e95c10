// What did really happen? (the books that the oracle reads and the code under test never sees)
import { createHash } from "node:crypto";
import type { Gits } from "./git/clones.ts";
import { EMPTY_TREE } from "./git/objects.ts";
import { compare } from "./git/trees.ts";
import type { Event, LedgerPush, Run, Time } from "./types.ts";

export const LEDGER = "refs/heads/lapse/ledger";
export const MAIN = "refs/heads/main";

export class Books {
  readonly events: Event[] = [];
  readonly runs: Run[] = [];
  readonly ledger: LedgerPush[] = [];
  readonly #hash = createHash("sha256");
  readonly #clock: () => Time;
  readonly #print: ((line: string) => void) | undefined;
  lines = 0;

  constructor(clock: () => Time, print: ((line: string) => void) | undefined) {
    this.#clock = clock;
    this.#print = print;
  }

  /** One line of the trace. Two runs of a seed have the same lines, or something is not decided by the seed. */
  readonly note = (line: string): void => {
    const text = `${new Date(this.#clock()).toISOString().slice(5, 23)} ${line}`;
    this.lines += 1;
    this.#hash.update(text);
    this.#print?.(text);
  };

  event(event: Event): void {
    this.events.push(event);
  }

  /** What a push to the ledger appended. */
  appended(gits: Gits, commit: string, before: string | undefined): void {
    const lines = [...changed(gits, before, commit)].flatMap(([path, text]) =>
      path.startsWith("log/") && text !== null ? text.trimEnd().split("\n") : [],
    );
    for (const line of lines) this.note(`  ledger: ${wordsOf(line)}`);
    this.ledger.push({ at: this.#clock(), commit, before: before ?? "", lines });
  }

  digest(): string {
    return this.#hash.digest("hex").slice(0, 16);
  }
}

function wordsOf(line: string): string {
  const {
    seq,
    kind,
    op = "",
    request = "",
    because = "",
    run,
  } = JSON.parse(line) as Readonly<Record<string, string | number | undefined>>;
  return [seq, kind, op, request, because, `by ${String(run)}`].filter((word) => word !== "").join(" ");
}

/** Contents of what differs between two commits; null for what is gone. */
export function changed(gits: Gits, before: string | undefined, after: string): Map<string, string | null> {
  const { objects } = gits;
  const old = before === undefined ? EMPTY_TREE : (objects.find(before)?.tree ?? EMPTY_TREE);
  const changes = [...compare(objects, old, objects.known(after).tree)];
  return new Map(
    changes.map(({ path, after: there }) => [
      path,
      there ? (objects.get(there.oid)?.data.toString() ?? "") : null,
    ]),
  );
}
