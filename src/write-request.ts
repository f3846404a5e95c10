// How does a request become a file and a pull request? (less typing than a form, and checked before it leaves)
import type { Context } from "./context.ts";
import { checkRequest, type Checked } from "./core/check.ts";
import { activeOf } from "./core/decide.ts";
import type { Rulebook } from "./core/evidence.ts";
import type { AccessRequest } from "./core/model.ts";
import { Problem } from "./core/problem.ts";
import { readRequest } from "./core/request.ts";
import { typedRequest } from "./core/scope.ts";
import { requestText, type Answers } from "./core/request-text.ts";
import { printDuration, printInstant } from "./core/time.ts";
import { personOf } from "./core/votes.ts";
import type { Forge, Pull } from "./forge/forge.ts";
import { historyOf } from "./gather.ts";
import type { Requested } from "./report/requested.ts";
import { rulebooks } from "./rulebook.ts";

export interface RequestOptions extends Omit<Answers, "id" | "subject"> {
  readonly id?: string;
  readonly subject?: string;
  /** Print the file and what would happen; write nothing. */
  readonly dryRun?: boolean;
}

/** Checks first; only a sound request becomes a branch and a pull request. Nothing half done stays behind. */
export async function writeRequest(context: Context, options: RequestOptions): Promise<Requested> {
  const main = await freshMain(context);
  const rules = await rulebooks(context).at(main);
  const forge = needsForge(options) ? await context.forge() : undefined;
  const subject = options.subject ?? (await myself(forge, rules));
  const id = options.id ?? defaultId(context, subject, options.entitlement);
  const path = `requests/${options.entitlement}/${id}.yaml`;
  const text = requestText({ ...options, id, subject });
  const read = typedRequest(readRequest({ path, bytes: new TextEncoder().encode(text) }), rules);
  if ("findings" in read) return { path, text, findings: read.findings, checked: undefined, pull: undefined };
  const checked = await judged(context, rules, read.request);
  const { findings } = checked;
  const sound = findings.every((f) => f.severity !== "error");
  const pull =
    sound && forge && options.dryRun !== true
      ? await open(context, forge, { main, path, text, checked })
      : undefined;
  return { path, text, findings, checked, pull };
}

/** A dry run for somebody named needs nobody's token. */
function needsForge({ dryRun, subject }: RequestOptions): boolean {
  return dryRun !== true || subject === undefined;
}

async function judged(context: Context, rules: Rulebook, request: AccessRequest): Promise<Checked> {
  const { live, reviews: owed } = await context.ledger.read();
  const [history, used] = await Promise.all([historyOf(context), context.ledger.used([request.id])]);
  return checkRequest({ request, rules, now: context.now, active: live.map(activeOf), history, used, owed });
}

/** The default branch as it is on the remote now. */
async function freshMain({ repo }: Context): Promise<string> {
  if (!(await repo.fetch())) {
    throw new Problem("unavailable", "the remote cannot be reached", "check the network and `git remote -v`");
  }
  const main = await repo.remoteTip(await repo.defaultBranch());
  if (main !== undefined) return main;
  throw new Problem("misconfigured", "the remote has no default branch yet", "push one first");
}

interface Draft {
  readonly main: string;
  readonly path: string;
  readonly text: string;
  readonly checked: Checked;
}

async function open(context: Context, forge: Forge, { main, path, text, checked }: Draft): Promise<Pull> {
  const { id, subject, entitlement, duration } = checked.request;
  const title = `Access: ${subject}, ${entitlement} for ${printDuration(duration)}`;
  const me = await forge.whoami();
  const login = me?.login ?? "lapse";
  const author = { name: login, email: `${String(me?.id ?? 0)}+${login}@users.noreply.github.com` };
  const message = `${title}\n\nRequest: ${id}\n`;
  const commit = await context.repo.commit(main, [
    { message, files: { [path]: text }, author, date: printInstant(context.now) },
  ]);
  const branch = `access/${id}`;
  if (!(await context.repo.push(commit, branch))) {
    throw new Problem("misconfigured", `the branch ${branch} exists already`, "choose another --id");
  }
  const body = "The request is the one file of this pull request; `lapse check` says below what it means.";
  return forge.createPull({ title, body, head: branch, base: await context.repo.defaultBranch() });
}

async function myself(forge: Forge | undefined, rules: Rulebook): Promise<string> {
  const me = await forge?.whoami();
  const person = personOf(rules.catalog, me?.id);
  if (person) return person.name;
  const who = me
    ? `${me.login} (id ${String(me.id)}) is not in policies/people`
    : "the token does not say who you are";
  throw new Problem("misconfigured", who, "name the person with --subject");
}

/** Unique by the second, and short enough for a file name. */
function defaultId({ now }: Context, subject: string, entitlement: string): string {
  const stamp = printInstant(now).replace(/\.\d+/, "").replace(/[-:Z]/g, "").replace("T", "-");
  return `${`${subject}-${entitlement}`.slice(0, 63 - stamp.length - 1).replace(/-+$/, "")}-${stamp}`;
}
