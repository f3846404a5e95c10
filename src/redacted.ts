// Which ways out of this process are there for a secret? (all of them, and each goes through the one redactor)
import type { Context, Io } from "./context.ts";
import type { Draft } from "./core/entry.ts";
import type { Assignment, Claim, Json, JsonObject } from "./core/model.ts";
import { Problem } from "./core/problem.ts";
import type { Redactor } from "./core/redact.ts";
import type { Forge, Writes } from "./forge/forge.ts";
import type { Provider, Session } from "./providers/provider.ts";
import { ProviderError } from "./providers/provider.ts";
import type { Ledger } from "./repo/ledger.ts";
import { messageText, page } from "./report/encode.ts";
import type { NewCommit, Repo } from "./repo/repo.ts";

type Text = Redactor["text"];

/**
 * The same context, except that it learns every secret that is looked up, and that nothing which it writes holds one.
 * `derive` is told of what only we know to be secret, before anything is done with it.
 */
export function redacted(
  context: Context,
  redactor: Redactor,
  derive: (part: string) => void = () => undefined,
): Context {
  const { text } = redactor;
  const hide = (secret: string): void => {
    redactor.learn(secret).forEach(derive);
  };
  const made = (secret: string): void => {
    hide(secret);
    derive(secret);
  };
  return {
    ...context,
    secret: (name) => {
      const value = context.secret(name);
      if (value !== undefined && !isPlain(name)) hide(value);
      return value;
    },
    io: ioWithout(context.io, redactor, context.json),
    forge: async () => forgeWithout(await context.forge(), text),
    repo: repoWithout(context.repo, text),
    ledger: ledgerWithout(context.ledger, text),
    provider: async (kind) => {
      const provider = await context.provider(kind);
      return provider && providerWithout(provider, text, made);
    },
  };
}

/** The last guard of each stream, whoever wrote to it: no secret, and no line that a runner takes for a command. */
function ioWithout(io: Io, { text, json }: Redactor, asJson: boolean): Io {
  return {
    ...io,
    out: (result) => {
      io.out(asJson ? json(result) : page([text(result)]));
    },
    err: (message) => {
      io.err(messageText(text(message)));
    },
    summary: (markdown) => {
      io.summary(text(markdown));
    },
  };
}

/** What a workflow says of itself. */
function isPlain(name: string): boolean {
  return /^(?:GITHUB|ACTIONS|RUNNER)_/.test(name) && !name.endsWith("_TOKEN");
}

function forgeWithout(forge: Forge, text: Text): Forge {
  return { ...forge, ...writesWithout(forge, text) };
}

/** All that writes: the type leaves no method out. */
function writesWithout(forge: Forge, text: Text): Writes {
  return {
    createPull: (pull) => forge.createPull({ ...pull, title: text(pull.title), body: text(pull.body) }),
    updatePull: (number, { title, body }) =>
      forge.updatePull(number, {
        ...(title !== undefined && { title: text(title) }),
        ...(body !== undefined && { body: text(body) }),
      }),
    upsertComment: (number, marker, body) => forge.upsertComment(number, marker, text(body)),
    openIssue: (issue, since) =>
      forge.openIssue({ ...issue, title: text(issue.title), body: text(issue.body) }, since),
    checkRun: (sha, run) =>
      forge.checkRun(sha, { ...run, title: text(run.title), summary: text(run.summary) }),
  };
}

function repoWithout(repo: Repo, text: Text): Repo {
  return {
    ...repo,
    commit: async (base, commits) => {
      commits.forEach(({ files }) => {
        refuseSecrets(files, text);
      });
      const quiet = ({ message, ...rest }: NewCommit): NewCommit => ({ message: text(message), ...rest });
      return repo.commit(base, commits.map(quiet));
    },
  };
}

/** A file with a hole in it is not what somebody asked for: better none. */
function refuseSecrets(files: NewCommit["files"], text: Text): void {
  const [path] =
    Object.entries(files).find(([, content]) => content !== null && text(content) !== content) ?? [];
  if (path === undefined) return;
  const fix = "write it without: files are read by many and kept for ever";
  throw new Problem("misconfigured", `${text(path)} would hold a secret of this environment`, fix);
}

function ledgerWithout(ledger: Ledger, text: Text): Ledger {
  const quiet = (drafts: readonly Draft[]) => drafts.map((draft) => draftWithout(draft, text));
  return {
    ...ledger,
    decide: (drafts, ...rest) => ledger.decide(quiet(drafts), ...rest),
    record: (drafts, ...rest) => ledger.record(quiet(drafts), ...rest),
  };
}

/** What a target said. Names and assignments stay to the letter: without them nothing could be taken away again. */
function draftWithout(draft: Draft, text: Text): Draft {
  return {
    ...draft,
    ...("receipt" in draft && { receipt: valueWithout(draft.receipt, text) as JsonObject }),
    ...("residue" in draft && { residue: draft.residue.map(text) }),
    ...("error" in draft && { error: text(draft.error) }),
  };
}

function valueWithout(value: Json, text: Text): Json {
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => valueWithout(one, text));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [text(k), valueWithout(v, text)]));
}

function providerWithout(provider: Provider, text: Text, hide: (secret: string) => void): Provider {
  return {
    ...provider,
    connect: async (connection, options) => {
      const session = await provider.connect(connection, { ...options, hide });
      return sessionWithout(session, text);
    },
  };
}

/** What is granted is written down to the letter, so that a target which repeats a secret gets nothing granted. */
function sessionWithout(session: Session, text: Text): Session {
  const holdsOne = (value: Claim | Assignment): boolean => {
    const written = JSON.stringify(value);
    return text(written) !== written;
  };
  return {
    ...session,
    resolve: async (claim) => {
      const assignment = await session.resolve(claim);
      // A password that is also a name which people wrote gives nothing away that is not in a file already.
      if (holdsOne(claim) || !holdsOne(assignment)) return assignment;
      throw new ProviderError("malformed", "the target's answer repeats a secret", { vendorCode: "secret" });
    },
  };
}
