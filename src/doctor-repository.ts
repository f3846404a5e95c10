// Is the repository that Lapse works in set up so that nobody gets around it? (reads only)
import type { Context } from "./context.ts";
import type { Catalog, Finding } from "./core/model.ts";
import { Problem } from "./core/problem.ts";
import type { AccountFact } from "./core/repository-facts.ts";
import { CODEOWNERS_PATHS, ownersFindings, type OwnersFacts } from "./core/repository-owners.ts";
import { accountFindings } from "./core/repository-people.ts";
import { sweepFindings } from "./core/repository-sweep.ts";
import { unread, whereTold, type Told } from "./core/told.ts";
import { examined, examineForge, unexamined, type Examined } from "./doctor-forge.ts";
import type { Forge } from "./forge/forge.ts";
import { told } from "./told.ts";

export interface RepositoryExamined {
  readonly repository: readonly Examined[];
  readonly people: readonly Examined[];
  readonly ledger: readonly Examined[];
}

/** Asks forge and git; where there is no token, says what was not examined. */
export async function examineRepository(context: Context, catalog: Catalog): Promise<RepositoryExamined> {
  const fetched = await told(() => context.repo.fetch());
  const forge = await told(() => context.forge());
  const main = await told(() => context.repo.defaultBranch());
  const owners = examined("CODEOWNERS", await codeowners(context, main));
  const ledger = examined("what the ledger says", [
    ...(fetched.is === "untold" ? [unread("the remote", fetched)] : []),
    ...(await ledgerFindings(context, catalog)),
  ]);
  if (forge.is === "untold")
    return {
      repository: [examined("settings on the forge", [unexamined(forge)]), owners],
      people: [],
      ledger: [ledger],
    };
  const [there, accounts] = await Promise.all([
    examineForge(context, forge.value, main.is === "told" ? main.value : "main"),
    people(forge.value, catalog),
  ]);
  return {
    repository: [...there.repository, owners],
    people: accounts,
    ledger: [...there.ledger, ledger],
  };
}

/** What is wrong with the ledger as it was last fetched, and whether a sweep writes to it. */
async function ledgerFindings(context: Context, { settings }: Catalog): Promise<readonly Finding[]> {
  const state = await told(() => context.ledger.read());
  return whereTold("the ledger", state, ({ tip, findings = [] }) => [
    ...findings,
    ...sweepFindings(tip.heartbeat, settings, context.now),
  ]);
}

/** CODEOWNERS as the forge reads it: on the default branch. */
async function codeowners(context: Context, main: Told<string>): Promise<readonly Finding[]> {
  const facts = await told(async () => {
    if (main.is === "untold") throw new Problem("unavailable", main.why, main.fix);
    const commit = await context.repo.remoteTip(main.value);
    if (commit === undefined)
      throw new Problem("unavailable", `${main.value} was never fetched`, "run `git fetch origin`");
    return ownersFacts(context, commit);
  });
  return whereTold("CODEOWNERS", facts, ownersFindings);
}

async function ownersFacts({ repo }: Context, commit: string): Promise<OwnersFacts> {
  const entries = await repo.tree(commit, "");
  const paths = entries.map(({ path }) => path);
  const entry = CODEOWNERS_PATHS.flatMap((path) => entries.find((one) => one.path === path) ?? [])[0];
  if (entry === undefined) return { file: undefined, paths };
  const bytes = (await repo.blobs([entry.oid])).get(entry.oid) ?? new Uint8Array();
  const text = new TextDecoder().decode(bytes);
  return { file: { path: entry.path, text, bytes: bytes.length }, paths };
}

/** Every account that policy names, asked for by its number; by its login only where that has changed. */
async function people({ settings }: Forge, { people }: Catalog): Promise<readonly Examined[]> {
  const named = people.flatMap(({ name, forge, otherAccounts }) =>
    [forge, ...otherAccounts].map((account) => ({ person: name, ...account })),
  );
  const facts = await Promise.all(
    named.map(async (account): Promise<AccountFact> => {
      const shown = await told(() => settings.account(account.id));
      const same = shown.is === "told" && shown.value?.login.toLowerCase() === account.login.toLowerCase();
      if (same || shown.is === "untold") return { ...account, shown };
      return { ...account, shown, holder: await told(() => settings.holder(account.login)) };
    }),
  );
  return people.map(({ name }) =>
    examined(name, facts.filter(({ person }) => person === name).flatMap(accountFindings)),
  );
}
