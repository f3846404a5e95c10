// How long is a share waited for? (each call in bounds, and after the first one that hung not at all)
import { ProviderError } from "../provider.ts";
import { asProviderError } from "./errors.ts";

type Bounded = <T>(doing: string, work: () => Promise<T>) => Promise<T>;

/**
 * A call that hangs cannot be called off: it keeps one of this process's few threads for files, which all targets
 * share. So a folder that let us wait once is not touched again: its root is remembered in `hung`.
 */
export function patience(hung: Set<string>, root: string, timeout: number): Bounded {
  return async (doing, work) => {
    if (hung.has(root)) throw silent();
    return within(timeout, doing, { work: work(), late: () => hung.add(root) });
  };
}

interface Wait<T> {
  readonly work: Promise<T>;
  readonly late: () => void;
}

async function within<T>(timeout: number, doing: string, { work, late }: Wait<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      late();
      reject(silent());
    }, timeout);
  });
  try {
    return await Promise.race([work, enough]);
  } catch (thrown) {
    throw asProviderError(thrown, doing);
  } finally {
    clearTimeout(timer);
  }
}

function silent(): ProviderError {
  const message = "the CA's folder did not answer in time, and is left alone by this run";
  return new ProviderError("transient", message, { vendorCode: "timeout" });
}
