// Where are the files of the simulated machines? (stands in for node:fs/promises; each change is a moment to die at)
import { ground } from "./ground.ts";

/** As node's, but for the stack, which nobody reads and which takes most of the time. */
function missing(path: string): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const error = Object.assign(new Error(`there is no ${path}`), { code: "ENOENT" });
  Error.stackTraceLimit = limit;
  return error;
}

export async function readFile(path: string, encoding?: "utf8"): Promise<Buffer | string> {
  const found = await Promise.resolve(ground().disk.get(path));
  if (!found) throw missing(path);
  return encoding === undefined ? found : found.toString(encoding);
}

export async function lstat(path: string): Promise<never> {
  throw await Promise.resolve(new Error(`nobody has a work tree here: ${path}`));
}

export async function access(path: string): Promise<void> {
  await readFile(path);
}

export async function mkdir(): Promise<void> {
  // Folders are only prefixes of paths.
}

export function readdir(path: string): Promise<string[]> {
  const names = [...ground().disk.keys()].filter((file) => file.startsWith(`${path}/`));
  return Promise.resolve(names.map((file) => file.slice(path.length + 1)).sort());
}

/** What was written is there after `sync`, and after a crash in between it may be there in part. */
export function open(path: string) {
  const { disk } = ground();
  return Promise.resolve({
    async writeFile(text: string) {
      const whole = Buffer.from(text);
      disk.set(path, whole.subarray(0, Math.floor(whole.length / 2)));
      await ground().local(`write ${path}`);
      disk.set(path, whole);
    },
    sync: () => Promise.resolve(),
    close: () => Promise.resolve(),
  });
}

export async function rename(from: string, to: string): Promise<void> {
  await ground().local(`rename ${to}`);
  const { disk } = ground();
  const data = disk.get(from);
  if (!data) throw missing(from);
  disk.delete(from);
  disk.set(to, data);
}

export async function rm(path: string, options: { readonly force?: boolean } = {}): Promise<void> {
  await ground().local(`remove ${path}`);
  if (!ground().disk.delete(path) && options.force !== true) throw missing(path);
}
