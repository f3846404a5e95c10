// A process that dies right after its n-th external call: whatever it calls later never happens.
import type { Context } from "../../src/context.ts";
import type { Session } from "../../src/providers/provider.ts";

class Killed extends Error {
  override readonly name = "Killed";
}

export interface Counting {
  readonly context: Context;
  readonly died: () => boolean;
}

/** Wraps every port: calls are counted, the n-th or the first of a name takes effect and then kills; the dead make no calls. */
export function counting(context: Context, dies: number | keyof Session): Counting {
  let calls = 0;
  let dead = false;
  const call = async (name: PropertyKey, act: () => unknown): Promise<unknown> => {
    if (dead) throw new Killed("already dead");
    calls += 1;
    if (calls === dies || name === dies) dead = true;
    const last = dead;
    const answer = await act();
    if (last) throw new Killed(`after call ${String(calls)}, ${String(name)}`);
    return answer;
  };
  const guarded = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function"
          ? (...args: unknown[]) => call(name, () => Reflect.apply(value, target, args))
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
    died: () => dead,
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
