// What does an audit look at? (main's whole history, every line of the ledger, and the targets where they are asked)
import { createHash } from "node:crypto";
import { boundsOf } from "./bounds.ts";
import { loadCatalog } from "./catalog.ts";
import type { Context } from "./context.ts";
import type { AuditInput, Period } from "./core/audit.ts";
import type { Holding } from "./core/audit-targets.ts";
import { groupBy } from "./core/group.ts";
import { chronicler } from "./core/history.ts";
import type { LiveGrant } from "./core/entry.ts";
import type { Assignment, Catalog, JsonObject } from "./core/model.ts";
import { Problem } from "./core/problem.ts";
import { verifier } from "./core/verify.ts";
import { reasonOf, withSession } from "./session.ts";
import { copyAt } from "./audit-compare.ts";
import type { Session } from "./providers/provider.ts";

export interface AuditScope {
  readonly period: Period;
  /** Ask the targets too. */
  readonly observe: boolean;
  /** Another copy of the ledger: an address as git takes it. */
  readonly compare: string | undefined;
}

/** Reads everything once, the ledger line by line. Throws a Problem when main's history cannot be read. */
export async function gatherAudit(context: Context, scope: AuditScope): Promise<AuditInput> {
  const { repo, now } = context;
  await repo.fetch();
  const branch = await repo.defaultBranch();
  const commit = await repo.remoteTip(branch);
  if (commit === undefined) {
    throw new Problem("misconfigured", `${branch} was never fetched`, "run `git fetch origin`");
  }
  const state = await context.ledger.read();
  const { catalog } = await loadCatalog(context, { commit });
  const lines = await readLines(context);
  return {
    now,
    period: scope.period,
    main: { commit, steps: await repo.steps(undefined, commit), processed: state.tip.main },
    ledger: { commit: state.commit, live: state.live, ...lines },
    bounds: boundsOf(catalog),
    ...(scope.observe && { holdings: await holdingsOf(context, state.live, catalog) }),
    ...(scope.compare !== undefined && { copy: await copyAt(context, scope.compare, state) }),
  };
}

/** The chain is checked and the cases are counted in the same pass; no line is kept. */
async function readLines(context: Context): Promise<Pick<AuditInput["ledger"], "chain" | "chronicle">> {
  const verify = verifier((text) => createHash("sha256").update(text).digest("hex"));
  const cases = chronicler();
  for await (const raw of context.ledger.lines()) {
    const entry = verify.add(raw);
    if (entry) cases.add(entry);
  }
  return { chain: verify.chain(), chronicle: cases.chronicle() };
}

interface Address {
  readonly target: string;
  readonly provider: string;
  readonly owner: string;
  readonly connection: JsonObject;
}

/** Everything of ours on every target that the catalog or a live case names. */
async function holdingsOf(
  context: Context,
  live: readonly LiveGrant[],
  catalog: Catalog,
): Promise<readonly Holding[]> {
  const byTarget = groupBy(live, (grant) => grant.claim.target);
  return Promise.all(
    addresses(live, catalog).map(async (address): Promise<Holding> => {
      const { target } = address;
      const known = (byTarget.get(target) ?? []).flatMap((grant) => grant.assignment ?? []);
      try {
        return await withSession(context, address, async (session) => look(session, target, known));
      } catch (problem) {
        return { target, unreadable: reasonOf(problem) };
      }
    }),
  );
}

/** What a live case froze comes before what the catalog says now. */
function addresses(live: readonly LiveGrant[], { settings, targets }: Catalog): readonly Address[] {
  const owner = settings.is === "found" ? settings.value.owner : undefined;
  const written = targets.flatMap(({ name, provider, connection }) =>
    owner === undefined ? [] : [{ target: name, provider, owner, connection }],
  );
  return [
    ...new Map([...written, ...live.map(({ claim }) => claim)].map((one) => [one.target, one])).values(),
  ];
}

/** What carries our mark, and what the ledger says is there, since a mark can be taken off. */
async function look(session: Session, target: string, known: readonly Assignment[]): Promise<Holding> {
  const { items, complete } = await session.list();
  if (!complete) return { target, unreadable: "the target did not list everything" };
  const answers = await session.observe(known);
  const there = known.filter((_, i) => ["ours", "held"].includes(answers[i]?.state ?? ""));
  return { target, present: [...new Set([...items, ...there].map((assignment) => assignment.key))] };
}
