// A life in virtual time: who sleeps moves the world's clock, and what happens meanwhile happens on the way.
import type { Life } from "../../src/context.ts";
import type { Instant } from "../../src/core/model.ts";
import { gitLease } from "../../src/repo/git-lease.ts";
import type { GitRepo } from "../../src/repo/git.ts";
import type { World } from "./world.ts";

export interface Happening {
  readonly at: number;
  readonly what: () => Promise<unknown>;
}

export interface VirtualLife extends Life {
  /** Every sleep so far, in milliseconds. */
  readonly naps: readonly number[];
}

/** Lives until `until`, by the world's clock; what happens on the way must come in order. */
export function virtualLife(
  w: World,
  repo: GitRepo,
  until: Instant,
  happenings: readonly Happening[] = [],
): VirtualLife {
  const stop = new AbortController();
  const naps: number[] = [];
  const left = [...happenings].sort((a, b) => a.at - b.at);
  const elapsed = () => w.now();
  const name = "controller-1";
  return {
    name,
    naps,
    elapsed,
    random: () => 0.5,
    stopping: () => stop.signal,
    lease: (life) => gitLease(repo, { holder: name, life, elapsed }),
    sleep: async (ms) => {
      naps.push(ms);
      const wakes = w.now() + ms;
      while (left[0] && left[0].at <= wakes) {
        const [next] = left.splice(0, 1);
        if (next && next.at > w.now()) w.tick(next.at - w.now());
        await next?.what();
      }
      if (w.now() < wakes) w.tick(wakes - w.now());
      if (w.now() >= until) stop.abort();
    },
  };
}
