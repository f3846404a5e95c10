// What carries our mark on a target, though no request stands behind it? (the ledger is asked again before anything is touched)
import type { Context } from "./context.ts";
import { error } from "./core/finding.ts";
import { groupBy } from "./core/group.ts";
import type { Assignment, Claim, Finding } from "./core/model.ts";
import type { Outcome } from "./core/outcome.ts";
import { Problem } from "./core/problem.ts";
import type { VouchedRules } from "./core/snapshot.ts";
import { lateOrders, listing, type LateOrders } from "./late-orders.ts";
import { attempt, perTarget } from "./per-target.ts";
import type { Session } from "./providers/provider.ts";
import { readAgain } from "./read-again.ts";
import type { LedgerState } from "./repo/ledger.ts";
import { addressOf, reasonOf, withSession } from "./session.ts";

type Address = Pick<Claim, "target" | "provider" | "owner" | "connection">;

export interface Orphans {
  readonly outcomes: readonly Outcome[];
  /** Targets that could not be listed: whether anything is left there is not known. */
  readonly unseen: readonly { readonly target: string; readonly reason: string }[];
  /** What gave nothing any more and was removed, in words. */
  readonly cleaned: readonly string[];
  /** Who is in a container of ours, though Lapse did not put them there. */
  readonly unmanaged: readonly Finding[];
}

/**
 * Takes away what a dead or sleeping run left behind: every target that vouched rules declare or the ledger knows is listed, and
 * what has our mark but no open case in the ledger, read again after the listing, is revoked. With `tidy`, husks and
 * expired leftovers go, too. Never throws.
 */
export async function sweepOrphans(
  context: Context,
  rules: VouchedRules | undefined,
  ledger: LedgerState,
  tidy: "tidy" | undefined,
): Promise<Orphans> {
  const unseen: { target: string; reason: string }[] = [];
  if (rules && "unread" in rules) unseen.push({ target: "policies/targets", reason: rules.unread });
  const cleaned: string[] = [];
  const addresses = await addressesOf(context, rules, ledger);
  const orders = once(() => lateOrders(context));
  const listed = await Promise.all(
    addresses.map(async (address) => {
      try {
        const late = await ordersOn(context, address, ledger, orders);
        const { items, complete } = await withSession(context, address, async (session) => {
          const shown = await listing(session, late);
          if (tidy) cleaned.push(...(await cleanUp(session, address.target)));
          return shown;
        });
        if (!complete) unseen.push({ target: address.target, reason: "its list was cut short" });
        return items.map((item) => ({ item, claim: address }));
      } catch (problem) {
        unseen.push({ target: address.target, reason: reasonOf(problem) });
        return [];
      }
    }),
  );
  const suspects = caseless(listed.flat(), ledger);
  const orphans = suspects.length > 0 ? caseless(suspects, await readAgain(context)) : [];
  const marked = orphans.filter(({ item }) => item.mark !== undefined);
  const others = orphans.filter(({ item }) => item.mark === undefined);
  const unmarked = await judgeUnmarked(orders, others);
  return {
    outcomes: await takeAway(context, [...marked, ...unmarked.ours]),
    unseen: [...unseen, ...unmarked.unseen],
    cleaned: cleaned.sort(),
    unmanaged: unmarked.strangers.map(stranger),
  };
}

const UNREAD = "the ledger's past cannot be read";

/** What a run that nobody heard of again may have ordered on bare edges: of those the target itself can list none. */
async function ordersOn(
  context: Context,
  address: Address,
  { live }: LedgerState,
  orders: () => Promise<LateOrders>,
): Promise<readonly Assignment[]> {
  if ((await context.provider(address.provider))?.capabilities.ownership !== "bare") return [];
  const late = await orders();
  if (!late) throw new Problem("unavailable", UNREAD, "run `lapse ledger verify`");
  const open = new Set(live.flatMap((g) => g.assignment?.key ?? []));
  const here = addressOf(address.target, address);
  return [...late.values()].filter((one) => addressOf(one.target, one) === here && !open.has(one.key));
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

interface Unmarked {
  readonly ours: readonly Found[];
  readonly strangers: readonly Found[];
  readonly unseen: Orphans["unseen"];
}

/** Who is in a container without a case: put there by a run that died or sleeps, or by people? */
async function judgeUnmarked(orders: () => Promise<LateOrders>, found: readonly Found[]): Promise<Unmarked> {
  const late = found.length > 0 ? await orders() : new Map<string, Assignment>();
  if (!late)
    return {
      ours: [],
      strangers: [],
      unseen: found.map(({ claim: { target } }) => ({ target, reason: UNREAD })),
    };
  const ours = found.filter(({ item }) => late.has(item.key));
  return { ours, strangers: found.filter((one) => !ours.includes(one)), unseen: [] };
}

/** What cannot be removed gives nothing: the next run tries again, and the doctor names it. */
async function cleanUp(session: Session, target: string): Promise<readonly string[]> {
  try {
    return (await session.cleanup()).map((what) => `${target}: ${what}`);
  } catch {
    return [];
  }
}

interface Found {
  readonly item: Assignment;
  readonly claim: Address;
}

/** What no open case stands behind: by our mark on the target or, where the target holds no marks, by what is held. */
function caseless(found: readonly Found[], ledger: LedgerState | undefined): readonly Found[] {
  if (!ledger) return [];
  const marks = new Set(ledger.live.flatMap((g) => g.assignment?.mark ?? []));
  const keys = new Set(ledger.live.flatMap((g) => g.assignment?.key ?? []));
  return found.filter(({ item }) => (item.mark === undefined ? !keys.has(item.key) : !marks.has(item.mark)));
}

function stranger({ item, claim }: Found): Finding {
  const { name, login, id } = item.principal;
  const who = [name, login].find((one) => typeof one === "string") ?? JSON.stringify(id ?? item.principal);
  return error(
    "LPS452",
    `${who} is in ${JSON.stringify(item.role)} on ${claim.target}, and no request stands behind it`,
    "find out who did it and take them out on the target, or let them ask: Lapse removes only whom it added",
  );
}

async function addressesOf(
  context: Context,
  rules: VouchedRules | undefined,
  { live }: LedgerState,
): Promise<readonly Address[]> {
  const catalog = rules && "catalog" in rules ? rules.catalog : undefined;
  const owner = catalog?.settings.is === "found" ? catalog.settings.value.owner : undefined;
  const declared = (owner === undefined ? [] : (catalog?.targets ?? [])).map(
    ({ name, provider, connection }) => ({ target: name, provider, connection, owner: owner ?? "" }),
  );
  const known = [...declared, ...live.map((g) => g.claim)];
  const groups = groupBy(known, (a) => addressOf(a.target, a));
  const first = [...groups.values()].flatMap((group) => group.slice(0, 1));
  const acts = await Promise.all(
    first.map(async (a) => (await context.provider(a.provider))?.grants === true),
  );
  return first.filter((_, i) => acts[i] === true);
}

async function takeAway(context: Context, orphans: readonly Found[]): Promise<readonly Outcome[]> {
  return perTarget(
    context,
    orphans,
    (o) => o,
    async (session, mine) => {
      const done: Outcome[] = [];
      for (const one of mine) done.push(await attempt(one, failed, () => revoke(context, session, one)));
      return done;
    },
    failed,
  );
}

function requestOf({ item }: Found): string {
  const { request } = item.role;
  return typeof request === "string" ? request : (item.mark?.slice(item.owner.length + 1) ?? item.key);
}

async function revoke(context: Context, session: Session, orphan: Found): Promise<Outcome> {
  const { state, receipt, residue } = await session.revoke(orphan.item);
  const { target } = orphan.claim;
  const request = requestOf(orphan);
  const because = "no-open-case";
  return {
    ...{ request, target, op: "revoke", ok: state !== "sent" },
    notes: ["it had our mark, but no request stood behind it", ...residue],
    drafts: [
      { kind: "violation", code: "LPS451", subject: `${request} on ${target}` },
      { kind: "revoked", request, target, because, end: context.now, residue, receipt },
    ],
  };
}

function failed(orphan: Found, reason: string): Outcome {
  const notes = [`it has our mark, but no request stands behind it: ${reason}`];
  return {
    request: requestOf(orphan),
    target: orphan.claim.target,
    op: "revoke",
    ok: false,
    notes,
    drafts: [],
  };
}
