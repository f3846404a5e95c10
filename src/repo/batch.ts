// How are objects read without a process for each question? (one `git cat-file --batch`, kept for the next question)
import { spawn } from "node:child_process";
import { Problem } from "../core/problem.ts";
import { failed, type Git } from "./process.ts";

export interface GitObject {
  readonly oid: string;
  readonly type: string;
  readonly data: Buffer;
}

/** A running `git cat-file --batch`. It dies with this process, which never waits for it. */
interface Reader {
  /** Keeps this process alive, and gives git so many milliseconds to answer; undefined lets go. */
  hold(patience: number | undefined): void;
  ask(names: readonly string[]): void;
  line(): Promise<string>;
  take(count: number): Promise<Buffer>;
  end(): void;
}

const ARGS = ["cat-file", "--batch"];
const MAX_STDERR = 8192;
/** How long one waits for the next question, in milliseconds. */
const IDLE = 5_000;

/** The reader of each clone that nobody uses at the moment. */
const idle = new WeakMap<Git, Reader>();

/**
 * Objects by name, in order; `undefined` where there is none. A name is an id, or an id, a colon and a path without
 * line breaks. Another question may be asked before all of these answers were taken.
 */
export async function* objects(git: Git, names: readonly string[]): AsyncGenerator<GitObject | undefined> {
  if (names.length === 0) return;
  const reader = idle.get(git) ?? start(git);
  idle.delete(git);
  reader.hold(git.timeout);
  let isWhole = false;
  try {
    reader.ask(names);
    for (const name of names) yield await answer(reader, name);
    isWhole = true;
  } finally {
    reader.hold(undefined);
    if (isWhole && !idle.has(git)) keep(git, reader);
    else reader.end();
  }
}

function keep(git: Git, reader: Reader): void {
  idle.set(git, reader);
  setTimeout(() => {
    if (idle.get(git) !== reader) return;
    idle.delete(git);
    reader.end();
  }, IDLE).unref();
}

async function answer(reader: Reader, name: string): Promise<GitObject | undefined> {
  const header = await reader.line();
  const [, oid, type = "", size = ""] = /^([0-9a-f]{40}) (\w+) (\d+)$/.exec(header) ?? [];
  if (oid !== undefined) {
    const data = await reader.take(Number(size) + 1);
    return { oid, type, data: data.subarray(0, -1) };
  }
  if (header === `${name} missing`) return undefined;
  throw new Problem("misconfigured", `git cat-file answered ${header.slice(0, 80)}`, "run `git fsck`");
}

interface Handle {
  ref(): void;
  unref(): void;
}

function start(git: Git): Reader {
  const child = spawn("git", ARGS, { cwd: git.dir, env: git.env });
  const closed = new Promise<number | null | Error>((resolve) => {
    child.once("error", resolve);
    child.once("close", resolve);
  });
  let complaint = "";
  child.stderr.on(
    "data",
    (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(0, MAX_STDERR)),
  );
  // git may exit before it has read everything; its exit code tells why.
  child.stdin.on("error", () => undefined);
  // Pipes are sockets: they can be told not to keep this process alive, whatever their types say.
  const handles = [child, child.stdin, child.stdout, child.stderr] as readonly unknown[] as readonly Handle[];
  const chunks = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  const next = async (): Promise<Buffer> => {
    const chunk = await chunks.next();
    if (chunk.done !== true) return chunk.value;
    throw failed(git, ARGS, await closed, complaint);
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    ...byPieces(next),
    ask: (names) => child.stdin.write(names.map((name) => `${name}\n`).join("")),
    hold(patience) {
      clearTimeout(timer);
      if (patience !== undefined) timer = setTimeout(() => child.kill("SIGKILL"), patience);
      for (const handle of handles) handle[patience === undefined ? "unref" : "ref"]();
    },
    end() {
      child.kill("SIGKILL");
      child.stdout.destroy();
    },
  };
}

/** Takes lines and byte counts off a stream, joining chunks only once per value. */
function byPieces(next: () => Promise<Buffer>): Pick<Reader, "line" | "take"> {
  let pending: Buffer = Buffer.alloc(0);
  const more = async (atLeast: number): Promise<void> => {
    const chunks = [pending];
    for (let size = pending.length; size < atLeast;) {
      const chunk = await next();
      chunks.push(chunk);
      size += chunk.length;
    }
    pending = Buffer.concat(chunks);
  };
  const take = async (count: number): Promise<Buffer> => {
    if (pending.length < count) await more(count);
    const taken = pending.subarray(0, count);
    pending = pending.subarray(count);
    return taken;
  };
  const line = async (): Promise<string> => {
    let at = pending.indexOf(10);
    while (at < 0) {
      await more(pending.length + 1);
      at = pending.indexOf(10);
    }
    return (await take(at + 1)).subarray(0, -1).toString();
  };
  return { line, take };
}
