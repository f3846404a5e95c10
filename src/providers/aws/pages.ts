// How is a list read to its end? (page by page; a list that breaks off is known to have broken off)
import { ProviderError } from "../provider.ts";

export interface Page<T> {
  readonly items: readonly T[] | undefined;
  readonly next: string | undefined;
}

export interface Pages<T> {
  readonly items: readonly T[];
  /** Why it broke off; absent if it was read to its end. */
  readonly failed?: ProviderError;
}

/** More pages than this are no list but a loop. */
const MOST = 2_000;

/** Empty pages may come before full ones: only a missing token is the end. */
export async function readPages<T>(page: (token: string | undefined) => Promise<Page<T>>): Promise<Pages<T>> {
  const items: T[] = [];
  let token: string | undefined;
  try {
    for (let count = 0; count < MOST; count++) {
      const { items: more = [], next } = await page(token);
      items.push(...more);
      if (next === undefined || next === "") return { items };
      if (next === token) break;
      token = next;
    }
  } catch (thrown) {
    if (thrown instanceof ProviderError) return { items, failed: thrown };
    throw thrown;
  }
  const failed = new ProviderError("transient", "a list of AWS does not end", { vendorCode: "pages" });
  return { items, failed };
}

/** The whole list, or the reason why there is none. */
export function whole<T>({ items, failed }: Pages<T>): readonly T[] {
  if (failed) throw failed;
  return items;
}
