// How does git reach the server here? (stands in for src/repo/network.ts: ls-remote, fetch and push, each an external call)
import type { Repository } from "../git/clones.ts";
import { isAncestor } from "../git/history.ts";
import { ground } from "./ground.ts";
import type { Git } from "./process.ts";

export interface Clone {
  readonly git: Git;
  readonly remote: string;
  readonly token?: string;
}

type Answer = { readonly ok: true; readonly out: string } | { readonly ok: false; readonly why: string };

/** What the server does when a branch is pushed: it may refuse, and it keeps its own books. */
export type Receive = (ref: string, before: string | undefined, after: string) => Promise<void>;
let received: Receive = () => Promise.resolve();

export function onPush(told: Receive): void {
  received = told;
}

export async function talk(clone: Clone, args: readonly string[]): Promise<Answer> {
  const [verb = ""] = args;
  const act = { "ls-remote": lsRemote, fetch, push }[verb];
  if (!act) throw new Error(`the simulated git does not know: git ${args.join(" ")}`);
  try {
    return await ground().hook("git", verb, () => act(clone, args));
  } catch {
    return { ok: false, why: "fatal: unable to access the remote: Operation timed out" };
  }
}

function lsRemote(_: Clone, args: readonly string[]): Promise<Answer> {
  const { server, defaultBranch } = ground().gits;
  const head = `refs/heads/${defaultBranch}`;
  const refs = [...new Set(args.slice(4))].sort();
  const lines = [
    `ref: ${head}\tHEAD`,
    ...[["HEAD", head], ...refs.map((ref) => [ref, ref])].flatMap(([name = "", ref = ""]) => {
      const oid = server.refs.get(ref);
      return oid === undefined ? [] : [`${oid}\t${name}`];
    }),
  ];
  return Promise.resolve({ ok: true, out: `${lines.join("\n")}\n` });
}

function fetch({ git }: Clone, args: readonly string[]): Promise<Answer> {
  const { gits } = ground();
  for (const spec of args.filter((one) => one.startsWith("+"))) {
    const [from = "", to = ""] = spec.slice(1).split(":");
    const oid = gits.server.refs.get(from);
    if (oid === undefined)
      return Promise.resolve({ ok: false, why: `fatal: couldn't find remote ref ${from}` });
    gits.at(git.dir).refs.set(to, oid);
  }
  return Promise.resolve({ ok: true, out: "" });
}

async function push(_clone: Clone, args: readonly string[]): Promise<Answer> {
  const { gits } = ground();
  const [after = "", ref = ""] = (args.at(-1) ?? "").split(":");
  const lease = args
    .find((one) => one.startsWith("--force-with-lease="))
    ?.split(":")
    .at(-1);
  const before = gits.server.refs.get(ref);
  const refusal = args.includes("--force") ? undefined : refused(gits.server, ref, after, lease);
  if (refusal !== undefined) return { ok: false, why: refusal };
  gits.server.refs.set(ref, after);
  if (before !== after) await received(ref, before, after);
  return { ok: true, out: "" };
}

function refused(
  { refs }: Repository,
  ref: string,
  after: string,
  lease: string | undefined,
): string | undefined {
  const before = refs.get(ref);
  if (lease !== undefined) return (before ?? "") === lease ? undefined : "! [rejected] (stale info)";
  const forward = before === undefined || isAncestor(ground().gits.objects, before, after);
  return forward ? undefined : "! [rejected] (non-fast-forward)";
}

export function addressOf({ remote }: Clone): Promise<string> {
  return Promise.resolve(`https://${remote}.invalid/acme/access.git`);
}
