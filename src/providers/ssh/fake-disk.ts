// How does a share misbehave? (the real file system with a clock of its own, and failures before or after the effect)
import disk from "node:fs/promises";
import type { Instant } from "../../core/model.ts";
import type { Disk } from "./tool.ts";

export interface DiskFault {
  readonly on: keyof Disk;
  /** Tested against the path that the call is about: for a rename, where to. */
  readonly path: RegExp;
  /** An errno, or that the call never comes back. */
  readonly code: string;
  /** The effect has happened all the same. */
  readonly after?: boolean;
  readonly times?: number;
  /** So many calls go well before. */
  readonly passes?: number;
}

/** `clock` is the server's. */
export function fakeDisk(clock: () => Instant): {
  readonly disk: Disk;
  readonly fault: (fault: DiskFault) => void;
  readonly heal: () => void;
} {
  const armed: { readonly fault: DiskFault; times: number; passes: number }[] = [];
  const stat = async (path: string) => {
    const found = await disk.stat(path);
    return Object.assign(found, {
      mtimeMs: found.mtimeMs - (performance.timeOrigin + performance.now()) + clock(),
    });
  };
  const wrap =
    (on: keyof Disk) =>
    async (...args: readonly string[]): Promise<unknown> => {
      const path = (on === "rename" ? args[1] : args[0]) ?? "";
      const hit = armed.find(({ fault, times }) => times > 0 && fault.on === on && fault.path.test(path));
      const act = (on === "stat" ? stat : disk[on]) as (...all: readonly string[]) => Promise<unknown>;
      if (!hit || hit.passes-- > 0) return act(...args);
      hit.times -= 1;
      if (hit.fault.after === true) await act(...args);
      if (hit.fault.code === "hang") return new Promise<never>(() => undefined);
      throw Object.assign(new Error(`pretended ${hit.fault.code}`), { code: hit.fault.code });
    };
  const calls: readonly (keyof Disk)[] = [
    ...(["readFile", "writeFile", "readdir", "rename", "unlink", "stat", "chmod", "access"] as const),
  ];
  return {
    disk: Object.fromEntries(calls.map((on) => [on, wrap(on)])) as unknown as Disk,
    fault: (fault) => {
      armed.push({ fault, times: fault.times ?? 1, passes: fault.passes ?? 0 });
    },
    heal: () => {
      armed.splice(0);
    },
  };
}
