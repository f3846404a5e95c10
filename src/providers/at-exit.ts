// What must be gone when this process is? (keys on disk, programs that we started: removed however Lapse ends, but by SIGKILL)
const acts = new Set<() => void>();
let watching = false;

/** Runs a synchronous act when the process exits, also by a signal that `cli.ts` turns into an exit; call the result to forget it. */
export function atExit(act: () => void): () => void {
  acts.add(act);
  if (!watching) {
    watching = true;
    process.on("exit", runAll);
  }
  return () => void acts.delete(act);
}

/** The last first: what was started in a folder ends before the folder goes. One act that fails hinders no other. */
function runAll(): void {
  for (const act of [...acts].reverse()) {
    try {
      act();
    } catch {
      // Nobody is left to tell.
    }
  }
}
