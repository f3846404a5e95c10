// A process that dies right after its n-th external call: whatever it calls later never happens.
import type { Context } from "../../src/context.ts";

class Killed extends Error {
  override readonly name = "Killed";
}

export interface Counting {
  readonly context: Context;
  readonly died: () => boolean;
}

/** Wraps every port: calls are counted, the n-th takes effect and then kills, and the dead make no calls. */
export function counting(context: Context, dies: number): Counting {
  let calls = 0;
  const call = async (act: () => unknown): Promise<unknown> => {
    if (calls >= dies) throw new Killed("already dead");
    calls += 1;
    const mine = calls;
    const answer = await act();
    if (mine === dies) throw new Killed(`after call ${String(mine)}`);
    return answer;
  };
  const guarded = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function"
          ? (...args: unknown[]) => call(() => Reflect.apply(value, target, args))
          : value;
      },
    });
  return {
    context: {
      ...context,
      repo: guarded(context.repo),
      ledger: guarded(context.ledger),
      forge: async () => guarded(await context.forge()),
      provider: async (kind) => {
        const provider = await context.provider(kind);
        return (
          provider && { ...provider, connect: async (...args) => guarded(await provider.connect(...args)) }
        );
      },
    },
    died: () => calls >= dies,
  };
}

/** Runs to the end or to the kill. */
export async function killed(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
}
