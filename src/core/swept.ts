// What did a sweep of one target by its marks find and end? (types only)
import type { Instant } from "./model.ts";

export interface Swept {
  readonly target: string;
  /** How much carries our mark. */
  readonly seen: number;
  /** False where the listing broke off: more may be left than was seen. */
  readonly complete: boolean;
  readonly ends: readonly {
    readonly mark: string;
    /** The planned end; absent where the mark was spoiled. */
    readonly until?: Instant;
    readonly ok: boolean;
    readonly notes: readonly string[];
  }[];
  /** Husks that were removed, in words. */
  readonly cleaned: readonly string[];
}
