// How does a well-behaved client of GitHub behave? (bounded calls, waiting when asked to, repeating only reads)
import type { retry } from "@octokit/plugin-retry";
import type { ThrottlingOptions } from "@octokit/plugin-throttling";
import { conditional } from "./conditional.ts";
import type { Patience } from "./patience.ts";
import { retryAfter } from "./problems.ts";

/** What a plugin is given. */
type Octokit = Parameters<typeof retry>[0];

/** GitHub's limits on writes hold for GitHub; a server on this machine is not slowed down. */
export const isLoopback = (url: string): boolean =>
  /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(new URL(url).hostname);

/** In the place of the plugin's limiter groups, of which it uses nothing but this. */
const UNPACED = {
  key: () => ({
    schedule: (_: unknown, work: (...args: unknown[]) => unknown, ...args: unknown[]) => work(...args),
  }),
} as unknown as NonNullable<ThrottlingOptions["write"]>;

/** Twice at most does a call wait because GitHub said so, and never beyond the budget. */
export function throttle(url: string, waiting: Patience): ThrottlingOptions {
  const again = (seconds: number, _options: unknown, _octokit: unknown, count: number) =>
    waiting.stop(seconds) && count < 2;
  const unpaced = isLoopback(url) ? { write: UNPACED, notifications: UNPACED } : {};
  return { id: url, onRateLimit: again, onSecondaryRateLimit: again, ...unpaced };
}

/** What may pass by itself is asked again twice, a second and four seconds later. */
export const repetition = (url: string) => ({
  retries: 2,
  doNotRetry: [400, 401, 403, 404, 405, 409, 410, 422, 429, 451],
  retryAfterBaseValue: isLoopback(url) ? 50 : 1000,
});

/** A plugin that comes before the others, so that it sees every single try. `timeout` is in milliseconds. */
export const manners = (timeout: number, waiting: Patience) => (octokit: Octokit) => {
  const kept = conditional();
  octokit.hook.wrap("request", async (send, options) => {
    await waiting.ready();
    const deadline = AbortSignal.timeout(timeout);
    options.request.signal = deadline;
    // A write may have had its effect although the answer got lost.
    if (options.method !== "GET") options.request["retries"] = 0;
    try {
      if (options.method !== "GET") return await send(options);
      const { url } = octokit.request.endpoint(options);
      return (await kept(url, options, async () => await send(options))) as Awaited<ReturnType<typeof send>>;
    } catch (error) {
      // Who did not answer in time is not asked again: the bound is the caller's, too.
      if (deadline.aborted) options.request["retries"] = 0;
      const wait = retryAfter(error);
      if (wait !== undefined) waiting.stop(wait);
      throw error;
    }
  });
};
