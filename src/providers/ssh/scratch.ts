// How is one ssh-keygen process run? (argument array, no shell, a private folder that is gone afterwards, bounded)
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Problem } from "../../core/problem.ts";
import { atExit } from "../at-exit.ts";
import { ProviderError } from "../provider.ts";

export interface Done {
  readonly code: number;
  readonly out: string;
  /** A file of the folder as the program left it. */
  readonly read: (name: string) => Promise<Buffer>;
}

export interface Run {
  /** Written, readable by us alone, before the program starts. */
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly args: readonly string[];
  readonly timeout: number;
}

/** Nothing of the caller's environment: no agent, no askpass, no configuration; times in UTC, messages in English. */
const ENVIRONMENT = {
  LC_ALL: "C",
  TZ: "UTC0",
  PATH: "/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin:/usr/sbin:/sbin",
};
const LONGEST_OUTPUT = 64 * 2 ** 20;

/**
 * Runs ssh-keygen in a fresh folder and hands over what it did; the folder is removed whatever happens, a signal
 * included. It is made and filled in one go, so that nothing is still being written when it is removed.
 */
export async function keygen<T>({ files, args, timeout }: Run, use: (done: Done) => Promise<T>): Promise<T> {
  // A folder that nobody else may enter.
  const folder = mkdtempSync(join(tmpdir(), "lapse-ssh-"));
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  const forget = atExit(remove);
  try {
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(folder, name), content, { mode: 0o600, flag: "wx" });
    const { code, out } = await execute(args, folder, timeout);
    return await use({ code, out, read: (name) => readFile(join(folder, name)) });
  } finally {
    remove();
    forget();
  }
}

/** Exit codes are answers; a program that is missing, or does not end in time, is not. */
function execute(args: readonly string[], cwd: string, timeout: number) {
  const env = { ...ENVIRONMENT, HOME: cwd };
  const bounds = { timeout, killSignal: "SIGKILL", maxBuffer: LONGEST_OUTPUT } as const;
  return new Promise<{ readonly code: number; readonly out: string }>((resolve, reject) => {
    const child = execFile("ssh-keygen", [...args], { cwd, env, ...bounds }, (failure, out) => {
      const code = failure ? failure.code : 0;
      if (typeof code === "number") resolve({ code, out });
      else reject(failed(code ?? "killed", failure));
    });
    // It must never wait for somebody to type a passphrase.
    child.stdin?.end();
  });
}

function failed(vendorCode: string, cause: unknown): Error {
  if (vendorCode === "ENOENT")
    return new Problem(
      "misconfigured",
      "ssh-keygen is not on this machine",
      "install OpenSSH's client: apt-get install openssh-client, or the package openssh",
      cause,
    );
  return new ProviderError("transient", "ssh-keygen did not end properly or in time", { vendorCode, cause });
}
