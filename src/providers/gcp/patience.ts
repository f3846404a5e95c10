// How often is something tried again, and when is it given up?
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ProviderError } from "../provider.ts";
import { retryAfter } from "./errors.ts";

const TRIES = 8;
const PAUSE_MS = 25;

/** Tries again what may pass, within the bound and as Google asks; what it throws at last says why. */
export async function patiently<T>(bound: number, act: () => Promise<T>): Promise<T> {
  const until = performance.now() + bound;
  for (let tried = 1; ; tried++) {
    try {
      return await act();
    } catch (thrown) {
      if (!(thrown instanceof ProviderError && thrown.retryable) || tried === TRIES) throw thrown;
      // Spread, so that two who were refused together do not come back together.
      const pause = retryAfter(thrown) ?? PAUSE_MS * 2 ** (tried - 1) * (randomInt(50, 150) / 100);
      if (performance.now() + pause > until) throw thrown;
      await sleep(pause);
    }
  }
}

/** The answer, or an error when it does not come in time: not everything in the SDK has a bound of its own. */
export async function within<T>(bound: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new ProviderError("transient", "Google Cloud did not answer in time", {
      vendorCode: "timeout",
    });
    timer = setTimeout(() => {
      reject(error);
    }, bound);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
