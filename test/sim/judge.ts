// Is everything well at the end of a seed, and how did it go? (the promises, and numbers for the summary)
import { gitLedger } from "../../src/repo/git-ledger.ts";
import { gitRepo } from "../../src/repo/git.ts";
import { booksOf } from "./books.ts";
import { delaysOf, type Delays } from "./lateness.ts";
import { unrest, violations } from "./oracle.ts";
import type { World } from "./world.ts";

export interface Verdict {
  readonly seed: number;
  /** Of the whole trace: the same for the same seed, always. */
  readonly digest: string;
  readonly problems: readonly string[];
  readonly faults: Readonly<Record<string, number>>;
  readonly runs: Readonly<Record<string, number>>;
  readonly grants: number;
  readonly revocations: number;
  readonly days: number;
  readonly delays: Delays;
}

export async function judge(world: World): Promise<Verdict> {
  const { faults, record, scheduler, seed } = world;
  const books = booksOf(world);
  const problems = [...violations(books), ...unrest(books), ...(await ledgerProblems(world)), ...world.bugs];
  const kinds = record.ledger.flatMap(({ lines }) =>
    lines.map((line) => JSON.parse(line) as { readonly kind: string; readonly standing?: boolean }),
  );
  const runs: Record<string, number> = {};
  for (const { kind } of record.runs) runs[kind] = (runs[kind] ?? 0) + 1;
  return {
    ...{ seed, digest: record.digest(), problems, runs },
    delays: delaysOf(books, world.sweepers),
    faults: Object.fromEntries([...faults.counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    grants: kinds.filter(({ kind, standing }) => kind === "granted" && standing === false).length,
    revocations: kinds.filter(({ kind }) => kind === "revoked").length,
    days: (scheduler.time - Date.UTC(2026, 10, 23, 8)) / 86_400_000,
  };
}

async function ledgerProblems(world: World): Promise<readonly string[]> {
  const repo = gitRepo({ dir: "/auditor" });
  const found = await world.scheduler.alone(async () => {
    await repo.fetch();
    return gitLedger(repo).verify();
  });
  return found.map(({ code, message }) => `ledger: ${code} ${message}`);
}
