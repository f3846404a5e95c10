// `lapse demo`: the whole story on this machine, in real time.
import type { Context, ExitCode } from "../context.ts";
import { keepOpen } from "../sandbox/demo/keep.ts";
import { setStage } from "../sandbox/demo/stage.ts";
import { tellStory } from "../sandbox/demo/story.ts";
import { teller } from "../sandbox/demo/teller.ts";

export interface DemoOptions {
  /** Leave the servers up until Ctrl-C. */
  readonly keep?: boolean;
}

const NEXT = `
What to read next
  README.md                 ask, approve, what happens at the end
  policies/                 the rules of the example company: copy them to start
  src/reconcile.ts          the spine: gather, decide, execute, record
  .github/CONTRIBUTING.md   how the house is built`;

export async function demo({ io }: Context, options: DemoOptions): Promise<ExitCode> {
  const stage = await setStage();
  try {
    await tellStory(stage, teller(io.out, io.color));
    io.out(NEXT);
    if (options.keep === true) await keepOpen(stage, io.out);
    return 0;
  } finally {
    await stage.stop();
  }
}
