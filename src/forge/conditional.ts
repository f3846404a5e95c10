// How do we ask again without paying again? (answers kept by ETag: a 304 is free of GitHub's rate limit)

/** Answers kept at once; the oldest goes first. */
const KEPT = 500;
/** GitHub's smallest page: a shorter list is surely the last page. */
const SMALLEST_PAGE = 30;

interface Asked {
  readonly method: string;
  readonly headers: Record<string, string | number | undefined>;
}
interface Answer {
  readonly data: unknown;
  readonly headers: { readonly etag?: string; readonly link?: string };
}

/**
 * A tag covers the items of a page and not whether there is a next one: a full last page stays the same when one
 * more item comes. So lists are kept only where nothing can follow unseen.
 */
function keepable({ data, headers }: Answer): boolean {
  if (typeof data !== "object" || data === null || headers.etag === undefined) return false;
  if (!Array.isArray(data)) return true;
  return data.length < SMALLEST_PAGE || (headers.link ?? "").includes('rel="next"');
}

const isUnchanged = (error: unknown): boolean =>
  error instanceof Error && "status" in error && error.status === 304;

/** Wraps the sending of one GET to an address. What is kept lives as long as the wrapper. */
export function conditional<O extends Asked, A extends Answer>() {
  const kept = new Map<string, A>();
  const keep = (address: string, answer: A) => {
    kept.delete(address);
    if (keepable(answer)) kept.set(address, answer);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return answer;
  };
  return async (address: string, options: O, send: (options: O) => Promise<A>): Promise<A> => {
    const known = kept.get(address);
    if (known?.headers.etag !== undefined) options.headers["if-none-match"] = known.headers.etag;
    try {
      return keep(address, await send(options));
    } catch (error) {
      if (known && isUnchanged(error)) return known;
      throw error;
    }
  };
}
