// Which files does this check look at, and against which rules? (reads only; no credentials)
import { readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { badTreeEntries, requestPath } from "./core/path.ts";
import { isRequestPath, idOf } from "./core/boundary.ts";
import { approvable, checkChange, checkRequest, checkShape, type CheckReport } from "./core/check.ts";
import { activeOf } from "./core/decide.ts";
import type { Rulebook } from "./core/evidence.ts";
import type { Change } from "./core/facts.ts";
import { sorted } from "./core/finding.ts";
import type { LiveGrant } from "./core/entry.ts";
import type { AccessRequest, ActiveGrant, Finding } from "./core/model.ts";
import { speaksOf } from "./core/policy.ts";
import { Problem } from "./core/problem.ts";
import { readRequest } from "./core/request.ts";
import { typedRequest } from "./core/scope.ts";
import type { Context } from "./context.ts";
import { historyOf } from "./gather.ts";
import { loadCatalog } from "./catalog.ts";
import { rulebookOf } from "./rulebook.ts";

export interface CheckOptions {
  readonly files: readonly string[];
  readonly base?: string;
  readonly head?: string;
}

interface Source {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The pull request `base..head`, or files of the work tree, or (with neither) the whole work tree. */
export async function check(context: Context, options: CheckOptions): Promise<CheckReport> {
  if (options.base !== undefined && options.head !== undefined) {
    return checkRange(context, options.base, options.head);
  }
  const { catalog } = await loadCatalog(context, { dir: context.dir });
  const rules = await rulebookOf(context, catalog);
  const files = await worktreeFiles(context, options.files);
  return judgeAll(context, rules, files, [
    ...catalog.findings,
    ...rules.policies.findings,
    ...approvable(rules),
  ]);
}

async function checkRange(context: Context, base: string, head: string): Promise<CheckReport> {
  // Most changes leave the rules alone: those of the base are read while git compares.
  const [changes, before] = await Promise.all([changesOf(context, base, head), rulesAt(context, base)]);
  const touchesRules = changes.some((c) => c.path.startsWith("policies/"));
  const rules = touchesRules ? await rulesAt(context, head) : before;
  const entries = changes.filter((c) => c.status !== "D" && isRequestPath(c.path));
  const blobs = await context.repo.blobs(entries.map((c) => c.newOid));
  const files = entries.flatMap((c) => {
    const bytes = blobs.get(c.newOid);
    return bytes ? [{ path: c.path, bytes }] : [];
  });
  const bad = badTreeEntries(entries.map((c) => ({ mode: c.newMode, path: c.path })));
  const aboutRules = touchesRules ? [...rules.catalog.findings, ...rules.policies.findings] : [];
  const { change, findings } = checkChange(changes, before, rules);
  const report = await judgeAll(context, rules, files, [
    ...checkShape(changes),
    ...bad,
    ...aboutRules,
    ...findings,
  ]);
  return change ? { ...report, change } : report;
}

async function changesOf({ repo }: Context, base: string, head: string): Promise<readonly Change[]> {
  const from = await repo.mergeBase(base, head);
  if (from !== undefined) return repo.diff(from, head);
  const fix = "fetch both with their history";
  throw new Problem("misconfigured", "base and head have no common history", fix);
}

async function rulesAt(context: Context, commit: string): Promise<Rulebook> {
  const { catalog } = await loadCatalog(context, { commit });
  return rulebookOf(context, catalog);
}

async function judgeAll(
  context: Context,
  rules: Rulebook,
  files: readonly Source[],
  before: readonly Finding[],
): Promise<CheckReport> {
  const reads = files.map((file) => typedRequest(readRequest(file), rules));
  const requests = reads.flatMap((read) => ("request" in read ? [read.request] : []));
  const [used, owed] = await Promise.all([
    context.ledger.used([...new Set(files.map((f) => idOf(f.path)))]),
    context.ledger.owed(),
  ]);
  const { live, history } = await pastOf(context, rules, requests, used);
  const active = live.map(activeOf);
  const checked = requests.map((request) => {
    const others = active.filter((g) => g.request !== request.id);
    const mine = live.some((g) => g.request === request.id && g.path === request.path);
    const known = mine ? new Set<string>() : used;
    return checkRequest({ request, rules, now: context.now, active: others, history, used: known, owed });
  });
  const findings = [
    ...before,
    ...reads.flatMap((read) => ("findings" in read ? read.findings : [])),
    ...checked.flatMap((one) => one.findings),
  ];
  return { checked, findings: sorted(unique(findings)), rules };
}

/**
 * What is live and what was, as far as it can matter: thousands of grants are read only when a rule speaks of them, a
 * request extends one of them, or an id is used and might be a live one's.
 */
async function pastOf(
  context: Context,
  { policies }: Rulebook,
  requests: readonly AccessRequest[],
  used: ReadonlySet<string>,
): Promise<{ readonly live: readonly LiveGrant[]; readonly history: readonly ActiveGrant[] }> {
  const extending = requests.some((request) => request.extends !== undefined);
  const matters = (variable: "active" | "history"): boolean =>
    requests.length > 0 && (extending || speaksOf(policies, variable));
  const live = used.size > 0 || matters("active") ? (await context.ledger.read()).live : [];
  return { live, history: matters("history") ? await historyOf(context) : [] };
}

function unique(findings: readonly Finding[]): readonly Finding[] {
  const key = (f: Finding) =>
    `${f.code} ${f.at?.file ?? ""}:${String(f.at?.line)}:${String(f.at?.column)} ${f.message}`;
  return [...new Map(findings.map((f) => [key(f), f])).values()];
}

/** Named files, or every request file of the work tree. */
async function worktreeFiles(context: Context, names: readonly string[]): Promise<readonly Source[]> {
  const paths =
    names.length > 0
      ? names.map((n) => relative(context.dir, resolve(n)).replaceAll("\\", "/"))
      : (await context.repo.worktreeFiles("requests")).filter(isRequestPath);
  return Promise.all(
    paths.filter((p) => !p.startsWith("policies/")).map((path) => readSource(context.dir, path)),
  );
}

async function readSource(dir: string, path: string): Promise<Source> {
  const place = requestPath(path);
  if ("code" in place) throw new Problem("misconfigured", place.message, place.fix);
  try {
    return { path, bytes: await readFile(join(dir, path)) };
  } catch (cause) {
    throw new Problem(
      "misconfigured",
      `${path} cannot be read`,
      "name a file below requests/ of this repository",
      cause,
    );
  }
}
