// How does git talk to the remote? (through simple-git, loaded when needed; the only file that uses the network)
import { Readable } from "node:stream";
import { withConfig } from "./environment.ts";
import { run, type Git } from "./process.ts";

/** A clone and the remote it belongs to. */
export interface Clone {
  readonly git: Git;
  readonly remote: string;
  /** For HTTPS remotes; sent as a header, never part of a URL, an argument or a message. */
  readonly token?: string;
}

type Answer = { readonly ok: true; readonly out: string } | { readonly ok: false; readonly why: string };

/** From git's death to letting go of its pipes, in milliseconds. */
const GRACE = 250;

/** One git command that talks to the remote. Its failure is an answer; the words are git's own and may hold a URL. */
export async function talk(clone: Clone, args: readonly string[]): Promise<Answer> {
  const { simpleGit, GitError } = await import("simple-git");
  const { timeout } = clone.git;
  const env = withConfig(clone.git.env, [...patience(timeout), ...(await authorization(clone))]);
  const git = simpleGit({
    baseDir: clone.git.dir,
    completion: { onClose: true, onExit: false },
    // Output does not extend the bound: a remote that drips is as bad as one that hangs.
    timeout: { block: timeout, stdOut: false, stdErr: false },
    allowEnvironment: Object.keys(env).filter((key) => /^(git|ssh)_/i.test(key)),
    // Our own pins and the operator's own credentials, see environment.ts; nothing else gets this far.
    unsafe: {
      allowUnsafeAskPass: true,
      allowUnsafeConfigEnvCount: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeHooksPath: true,
      allowUnsafeSshCommand: true,
    },
  }).env(env);
  let timer: NodeJS.Timeout | undefined;
  // Killing git leaves its helper (HTTP, ssh) holding our pipes: let go of them, or we would wait for it.
  git.outputHandler((_command, ...pipes) => {
    timer = setTimeout(() => {
      for (const pipe of pipes.slice(0, 2)) if (pipe instanceof Readable) pipe.destroy();
    }, timeout + GRACE);
  });
  try {
    return { ok: true, out: await git.raw([...args]) };
  } catch (failure) {
    if (failure instanceof GitError) return { ok: false, why: failure.message };
    throw failure;
  } finally {
    clearTimeout(timer);
  }
}

/** Makes git's own HTTP helper give up as well. */
function patience(timeout: number): readonly (readonly [string, string])[] {
  return [
    ["http.lowSpeedLimit", "1"],
    ["http.lowSpeedTime", String(Math.ceil(timeout / 1000))],
  ];
}

/** The header that carries our token, only for this remote; an empty value first drops anyone else's. */
async function authorization(clone: Clone): Promise<readonly (readonly [string, string])[]> {
  const { token } = clone;
  if (token === undefined) return [];
  const address = await addressOf(clone);
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !isConfidential(url)) return [];
  const key = `http.${url.protocol}//${url.host}${url.pathname}.extraHeader`;
  const credential = Buffer.from(`x-access-token:${token}`).toString("base64");
  return [
    [key, ""],
    [key, `Authorization: Basic ${credential}`],
  ];
}

/** A token travels encrypted, or not beyond this machine. */
function isConfidential({ protocol, hostname }: URL): boolean {
  const loopback = ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  return protocol === "https:" || (protocol === "http:" && loopback);
}

/** Where the remote is, as git will call it. */
export async function addressOf({ git, remote }: Clone): Promise<string> {
  return (await run(git, ["ls-remote", "--get-url", remote])).out.trim();
}
