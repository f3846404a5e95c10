// A ledger in memory, for stories of thousands of runs: the same chain and the same fold, without git.
import { createHash } from "node:crypto";
import type { Context } from "../../src/context.ts";
import { EMPTY_TIP, nextTip, sealAll } from "../../src/core/chain.ts";
import type { Draft, Entry, LiveGrant } from "../../src/core/entry.ts";
import { fold } from "../../src/core/fold.ts";
import type { Instant } from "../../src/core/model.ts";
import { Problem } from "../../src/core/problem.ts";
import type { Appended, Ledger, LedgerState, Stamp } from "../../src/repo/ledger.ts";
import type { Repo } from "../../src/repo/repo.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const away = (): Promise<never> =>
  Promise.reject(new Problem("unavailable", "there is no such thing here", "none"));

export function memoryLedger(): Ledger {
  const entries: Entry[] = [];
  let live: ReadonlyMap<string, LiveGrant> = new Map();
  let tip = EMPTY_TIP;
  const state = (): LedgerState => ({ tip, live: [...live.values()], reviews: [], commit: tip.hash });
  const append = (drafts: readonly Draft[], { at, run }: Stamp, main?: string): Promise<Appended> => {
    const sealed = sealAll([{ drafts, at, run }], tip, sha256);
    entries.push(...sealed.entries);
    live = fold(live, sealed.entries);
    tip = nextTip(tip, sealed.entries, sealed.hash, main);
    return Promise.resolve({ is: "appended", entries: sealed.entries, state: state() });
  };
  return {
    read: () => Promise.resolve(state()),
    owed: () => Promise.resolve([]),
    used: (ids) =>
      Promise.resolve(new Set(ids.filter((id) => entries.some((e) => "request" in e && e.request === id)))),
    since: (at) => Promise.resolve(entries.filter((entry) => entry.at >= at)),
    lines: async function* () {
      for (const entry of entries) yield await Promise.resolve({ path: "log", line: JSON.stringify(entry) });
    },
    decide: (drafts, stamp, expect, main) =>
      expect.tip.hash === tip.hash ? append(drafts, stamp, main) : Promise.resolve({ is: "lost-race" }),
    record: append,
    check: away,
    restore: away,
    accept: away,
  };
}

/** A run that has this ledger, this clock and some targets, and nothing else: neither forge nor default branch. */
export function ledgerOnly(ledger: Ledger, clock: () => Instant, provider: Context["provider"]): Context {
  const nothing = { fetch: () => Promise.resolve(true) };
  return {
    dir: "/",
    now: clock(),
    clock,
    run: "test",
    repo: new Proxy(nothing, {
      get: (has, name) => (Reflect.get(has, name) as unknown) ?? away,
    }) as unknown as Repo,
    ledger,
    forge: away,
    provider,
    providerKinds: ["memory"],
    timeout: 1_000,
    secret: () => undefined,
    io: {
      out: () => undefined,
      err: () => undefined,
      color: false,
      interactive: false,
      annotates: false,
      summary: () => undefined,
    },
    json: false,
  };
}
