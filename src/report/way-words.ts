// How is said what ends access if the sweep does not?
import type { WayOut } from "../core/ways-out.ts";
import { lengthWords } from "./time-words.ts";

const WORDS: Readonly<Record<WayOut["way"], string>> = {
  native: "the target ends it by itself, too (native)",
  sweeper: "a sweeper beside the target ends it, too (sweeper)",
  "best effort": "the sweep is the only way out (best effort)",
};

/** `the target ends it by itself, too (native); at most 20 min late`. */
export function wayWords({ way, bound }: Pick<WayOut, "way" | "bound">): string {
  return `${WORDS[way]}; at most ${lengthWords(bound)} late while all is well`;
}
