// Which cases are open when the checkpoint cannot be believed? (the log is folded again, and no doubt closes a case)
import { vouchedIn, type Hash } from "./chain.ts";
import type { Entry, LiveGrant, OpenReview, Tip } from "./entry.ts";
import { doubtReview, foldReview } from "./fold-reviews.ts";
import { foldInto, requestOf, turn } from "./fold.ts";
import type { Finding, Instant } from "./model.ts";
import { verifier, type Judged, type RawLine } from "./verify.ts";

export interface Refolded {
  /** The last entry that counts, and the last sweep that is beyond doubt. */
  readonly tip: Tip;
  readonly live: Map<string, LiveGrant>;
  readonly reviews: Map<string, OpenReview>;
  /** What is wrong with the chain, in its order. */
  readonly findings: readonly Finding[];
}

/** Takes the log line by line, as `Verifier` does. Never throws. */
export interface Refolder {
  /** The last entry that counts so far. */
  add(raw: RawLine): Pick<Tip, "seq" | "hash">;
  /** Once every line was added. */
  done(): Refolded;
}

interface State {
  readonly live: Map<string, LiveGrant>;
  readonly reviews: Map<string, OpenReview>;
  /** Requests whose admission is beyond doubt. */
  readonly admitted: Set<string>;
  /** Open cases whose admission is in doubt, and when it was written. */
  readonly doubted: Map<string, Instant>;
  heartbeat: Instant | undefined;
  /** Taken from an entry in doubt only where none is beyond doubt: a damaged log must not begin trust anew. */
  vouched: Tip["vouched"];
}

/**
 * An entry is beyond doubt when it was written after the one before and the next one was written after it: a changed
 * entry is shown by the next one alone. What comes after the entry that `known` names was not written by Lapse.
 */
export function refolder(hash: Hash, known?: Tip): Refolder {
  const verify = verifier(hash);
  const state: State = {
    live: new Map(),
    vouched: undefined,
    reviews: new Map(),
    admitted: new Set(),
    doubted: new Map(),
    heartbeat: undefined,
  };
  let isPast = false;
  let last: (Judged & { readonly isPast: boolean }) | undefined;
  const settle = (vouched: boolean): void => {
    if (!last) return;
    if (vouched && !last.isPast && last.isCanonical && last.fit === "next") believe(state, last.entry);
    else doubt(state, last.entry);
  };
  return {
    add(raw) {
      const judged = verify.judge(raw);
      if (judged?.fit === "passed") doubt(state, judged.entry);
      const tip = verify.tip();
      if (!judged || judged.fit === "passed") return tip;
      settle(judged.fit === "next");
      last = { ...judged, isPast };
      isPast ||= tip.seq === known?.seq && tip.hash === known.hash;
      return tip;
    },
    done() {
      const tip = verify.tip();
      settle(tip.seq !== known?.seq || tip.hash === known.hash);
      endDoubted(state);
      const { live, reviews, heartbeat, vouched } = state;
      const findings = verify.chain();
      const more = { ...(heartbeat !== undefined && { heartbeat }), ...(vouched && { vouched }) };
      return { tip: { ...tip, ...more }, live, reviews, findings };
    },
  };
}

function believe(state: State, entry: Entry): void {
  const { live, admitted, doubted } = state;
  if (entry.kind === "heartbeat") state.heartbeat = entry.at;
  state.vouched = vouchedIn([entry]) ?? state.vouched;
  if (entry.kind === "admitted") {
    const open = live.get(entry.request);
    admitted.add(entry.request);
    if (open && doubted.delete(entry.request)) live.set(entry.request, { ...open, ...entry.admission });
  }
  foldInto(live, entry);
  foldReview(state.reviews, entry);
}

/** Takes from an entry in doubt that there is access, or that it must end; nothing that lets us leave it be. */
function doubt(state: State, entry: Entry): void {
  const { live, reviews, admitted, doubted } = state;
  state.vouched ??= vouchedIn([entry]);
  const request = requestOf(entry);
  if (request === undefined) return;
  doubtReview(reviews, entry);
  const before = live.get(request);
  if (entry.kind === "admitted" && (before || admitted.has(request))) return;
  const { open } = turn(before, entry);
  if (!open) return;
  live.set(request, { ...open, ...keptOf(before) });
  if (entry.kind === "admitted") doubted.set(request, entry.at);
}

/** What is to be taken away, and that it is ours to take: no doubt changes that. */
function keptOf(before: LiveGrant | undefined): Partial<LiveGrant> {
  if (!before) return { standing: false };
  const { standing, assignment } = before;
  return { standing, ...(assignment && { assignment }) };
}

/** A case whose admission is in doubt has no end that we could wait for. */
function endDoubted({ live, doubted }: State): void {
  for (const [request, since] of doubted) {
    const open = live.get(request);
    if (!open || open.phase === "ending") continue;
    live.set(request, { ...open, phase: "ending", ending: { because: "expired", since } });
  }
}
