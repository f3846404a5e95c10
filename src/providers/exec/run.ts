// How is the program started once, and made to end? (no shell, bounded in time and output, with all that it started)
import { spawn } from "node:child_process";
import { atExit } from "../at-exit.ts";

export interface Start {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
  /** In milliseconds. */
  readonly timeout: number;
}

export interface Ran {
  /** Why nothing that it said counts: `exit-1`, `signal-SIGSEGV`, `timeout`, `too-long`, `not-started`. */
  readonly trouble?: string;
  readonly out: string;
  /** The beginning of its stderr. */
  readonly log: string;
}

const MAX_ANSWER = 8 * 2 ** 20;
const MAX_LOG = 8192;
/** How long something that left the process group may keep our end of a pipe open. */
const GRACE = 500;

/** Never throws, and never takes much longer than the timeout. It ends with us, too, unless we are killed outright. */
export function runOnce({ program, args, cwd, env, input, timeout }: Start): Promise<Ran> {
  return new Promise((resolve) => {
    // A group of its own, so that what it started can be ended with it.
    const child = spawn(program, [...args], { cwd, env, detached: true, stdio: "pipe" });
    const forget = atExit(() => {
      endGroup(child.pid);
    });
    let trouble: string | undefined;
    const stop = (why: string) => {
      trouble ??= why;
      endGroup(child.pid);
    };
    const out = collect(child.stdout, MAX_ANSWER, () => {
      stop("too-long");
    });
    const log = collect(child.stderr, MAX_LOG);
    let timer = setTimeout(stop, timeout, "timeout");
    const done = () => {
      clearTimeout(timer);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ ...(trouble !== undefined && { trouble }), out: out(), log: log() });
    };
    child.once("error", () => {
      forget();
      trouble ??= "not-started";
      done();
    });
    child.once("exit", (code, signal) => {
      if (code !== 0) trouble ??= code === null ? `signal-${String(signal)}` : `exit-${code}`;
      endGroup(child.pid);
      // From now on the number may be somebody else's.
      forget();
      clearTimeout(timer);
      timer = setTimeout(done, GRACE);
    });
    child.once("close", done);
    // It may end before it has read everything; its exit code tells why.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}

/** What was read so far, up to a bound; `over` is called when there is more. */
function collect(stream: NodeJS.ReadableStream, max: number, over?: () => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    if (size < max) chunks.push(chunk.subarray(0, max - size));
    size += chunk.length;
    if (size > max) over?.();
  });
  return () => Buffer.concat(chunks).toString();
}

function endGroup(pid: number | undefined): void {
  try {
    // eslint-disable-next-line no-restricted-globals -- there is no other way to signal a whole process group
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // Nobody of the group is left.
  }
}
