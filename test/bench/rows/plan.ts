// How long does a scheduled run take when there is nothing to do? (all targets answer at once)
import type { Context, Io } from "../../../src/context.ts";
import { decide } from "../../../src/core/decide.ts";
import { gather } from "../../../src/gather.ts";
import { loadProvider, providerKinds } from "../../../src/providers/index.ts";
import { plan as planNow } from "../../../src/reconcile.ts";
import { gitLedger } from "../../../src/repo/git-ledger.ts";
import { gitRepo } from "../../../src/repo/git.ts";
import type { Row } from "../bench.ts";
import { NOW } from "../history.ts";
import { liveWorld, type World } from "../world.ts";

const nothing = (): void => undefined;
const quiet: Io = {
  out: nothing,
  err: nothing,
  summary: nothing,
  color: false,
  interactive: false,
  annotates: false,
};

export const plan: Row = {
  name: "plan",
  budget: 3,
  prepare: async (smoke) => {
    const count = smoke ? 100 : 10_000;
    const made = await liveWorld(count);
    await giveAll(made);
    const repo = gitRepo({ dir: made.dir, env: made.env });
    const context: Context = {
      dir: made.dir,
      now: NOW,
      clock: () => NOW,
      run: "bench",
      repo,
      ledger: gitLedger(repo),
      forge: () => Promise.reject(new Error("nothing is new, so nobody needs the forge")),
      provider: loadProvider,
      providerKinds,
      timeout: 5_000,
      secret: () => undefined,
      io: quiet,
      json: false,
    };
    const { view } = await gather(context);
    return {
      floor: async () => {
        // A ledger of its own each time: a run reads it once.
        await gitLedger(repo).read();
        decide(view);
      },
      ours: async () => {
        const { kept, ends, grants, unseen } = await planNow({ ...context, ledger: gitLedger(repo) });
        if (kept.length !== count || ends.length + grants.length + unseen.length > 0)
          throw new Error("there should have been nothing to do");
      },
    };
  },
};

/** Puts what the ledger says is live on the pretended targets. */
async function giveAll({ live }: World): Promise<void> {
  const provider = await loadProvider("memory");
  for (const { assignment, end } of live.values()) {
    if (provider === undefined || assignment === undefined) throw new Error("nothing to give");
    const session = await provider.connect(assignment.connection, {
      owner: assignment.owner,
      secret: () => undefined,
      timeout: 10_000,
    });
    await session.grant(assignment, { end, now: NOW });
    await session.close();
  }
}
