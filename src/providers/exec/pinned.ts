// Is the program the one that was reviewed, and where does it run? (what is hashed is what is started)
import { createHash } from "node:crypto";
import { constants, rmSync } from "node:fs";
import { mkdir, open, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Problem } from "../../core/problem.ts";
import { atExit } from "../at-exit.ts";
import { ownFolder } from "./place.ts";

const MAX_PROGRAM = 256 * 2 ** 20;
/** A link at the end of the path is refused, and nothing blocks here. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface Bench {
  /** The copy to start. */
  readonly program: string;
  /** Empty, and gone afterwards. */
  readonly cwd: string;
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The program's bytes. Throws a Problem where there are none to run. */
export async function programBytes(program: string): Promise<Buffer> {
  let file;
  try {
    file = await open(program, FLAGS);
    const stat = await file.stat();
    if (stat.isFile() && stat.size <= MAX_PROGRAM) return await file.readFile();
  } catch (cause) {
    const fix = "install the version that the target's file names on every machine that runs Lapse";
    throw new Problem("misconfigured", `the plugin ${program} cannot be read`, fix, cause);
  } finally {
    await file?.close();
  }
  const fix = "name one regular file of at most 256 MiB, not a folder or a link";
  throw new Problem("misconfigured", `the plugin ${program} is not a program`, fix);
}

/** The bytes, if they are the ones that were reviewed. */
export async function pinnedBytes(program: string, pin: string): Promise<Buffer> {
  const bytes = await programBytes(program);
  const found = sha256(bytes);
  if (found === pin) return bytes;
  const message = `the plugin ${program} is not the one that was reviewed: its SHA-256 is ${found}`;
  const fix =
    "restore the file; a new version gets a path of its own, and a reviewed change of the target's file";
  throw new Problem("misconfigured", message, fix);
}

/**
 * Runs with a private copy of the bytes that were just hashed: whoever swaps the file between the look and the start
 * changes nothing. For the same reason a plugin is one file: what it loads beside itself is neither copied nor pinned.
 */
export async function withCopy<T>(
  name: string,
  bytes: Buffer,
  use: (bench: Bench) => Promise<T>,
): Promise<T> {
  const root = ownFolder();
  const gone = { recursive: true, force: true, maxRetries: 3, retryDelay: 20 };
  const forget = atExit(() => {
    rmSync(root, gone);
  });
  try {
    const [folder, cwd] = [join(root, "program"), join(root, "cwd")];
    await mkdir(folder);
    await mkdir(cwd);
    // The nearest one counts: what the bytes are is not for a package.json further up to say.
    await writeFile(join(root, "package.json"), "{}\n", { flag: "wx" });
    const program = join(folder, basename(name));
    await writeFile(program, bytes, { mode: 0o500, flag: "wx" });
    return await use({ program, cwd });
  } finally {
    // Whatever the plugin left in there that cannot be removed says nothing about what it did.
    await rm(root, gone).catch(() => undefined);
    forget();
  }
}
