// What has ended on one target, by nothing but its own marks? (the second way out: no ledger, no forge, no git)
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { providersOf } from "./catalog.ts";
import type { Context } from "./context.ts";
import { readCatalog } from "./core/catalog.ts";
import { isName } from "./core/path.ts";
import { Problem } from "./core/problem.ts";
import type { Finding, Settings, Target } from "./core/model.ts";
import type { Swept } from "./core/swept.ts";
import { isOver } from "./core/time.ts";
import { reasonOf, withSession, type Address } from "./session.ts";
import { ProviderError, type Listed } from "./providers/provider.ts";

/**
 * Revokes whatever carries our mark and is past the end that is written in it. An end that cannot be read counts as
 * past. Throws a Problem where the two policy files cannot be used; a target that fails is reported, never "clean".
 */
export async function sweepTarget(context: Context, name: string): Promise<Swept> {
  const { owner, target } = await readBeside(context, name);
  const address = { provider: target.provider, owner, connection: target.connection };
  const listed = await withSession(context, address, (session) => session.list()).catch(unlisted(name));
  const over = listed.items.filter(({ until }) => until === undefined || isOver(until, context.now));
  const ends: Swept["ends"][number][] = [];
  // A session each, so that one that hangs holds up no other.
  for (const item of over) ends.push(await end(context, address, item));
  const cleaned = await withSession(context, address, (session) => session.cleanup()).catch(() => []);
  return { target: name, seen: listed.items.length, complete: listed.complete, ends, cleaned };
}

function unlisted(name: string): (cause: unknown) => never {
  return (cause) => {
    if (!(cause instanceof ProviderError)) throw cause;
    const what = `${name} could not be listed: ${reasonOf(cause)}`;
    throw new Problem("unavailable", what, "the next run tries again; look at the target if it stays", cause);
  };
}

async function end(context: Context, address: Address, item: Listed): Promise<Swept["ends"][number]> {
  const said = { mark: item.mark ?? item.key, ...(item.until !== undefined && { until: item.until }) };
  try {
    const { state, residue } = await withSession(context, address, (session) => session.revoke(item));
    return { ...said, ok: state !== "sent", notes: state === "sent" ? ["not confirmed yet"] : residue };
  } catch (problem) {
    return { ...said, ok: false, notes: [reasonOf(problem)] };
  }
}

interface Beside {
  readonly owner: Settings["owner"];
  readonly target: Target;
}

/** The settings and this one target, from plain files: a sweeper stands beside the target and has no repository. */
async function readBeside(context: Context, name: string): Promise<Beside> {
  if (!isName(name))
    throw new Problem("misconfigured", "that is no name of a target", "name a file of policies/targets");
  const paths = ["policies/lapse.yaml", `policies/targets/${name}.yaml`];
  const files = await Promise.all(paths.map((path) => readBeneath(context.dir, path)));
  const providers = await providersOf(context, files);
  const catalog = readCatalog({
    digest: "beside the target",
    files,
    provider: (kind) => providers.get(kind),
    known: context.providerKinds,
  });
  const target = catalog.target(name);
  const { settings } = catalog;
  if (target.is !== "found" || settings.is !== "found") throw unusable(catalog.findings);
  await mustBeSweepable(context, target.value);
  return { owner: settings.value.owner, target: target.value };
}

function unusable([finding]: readonly Finding[]): Problem {
  const what = finding ? `${finding.at?.file ?? "policies"}: ${finding.message}` : "the files say nothing";
  return new Problem("misconfigured", what, finding?.fix ?? "see `lapse check`");
}

async function mustBeSweepable(context: Context, { provider }: Target): Promise<void> {
  if ((await context.provider(provider))?.capabilities.sweepable === true) return;
  const what = `what Lapse makes on ${provider} targets does not carry its end`;
  throw new Problem("misconfigured", what, "run `lapse expire` for this target: the ledger knows every end");
}

async function readBeneath(dir: string, path: string) {
  try {
    return { path, mode: "100644", bytes: new Uint8Array(await readFile(join(dir, path))) };
  } catch (cause) {
    throw new Problem(
      "misconfigured",
      `${path} cannot be read`,
      `put it below ${dir}, or name a folder with -C DIR`,
      cause,
    );
  }
}
