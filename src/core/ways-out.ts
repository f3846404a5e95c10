// How does access end if the sweep does not? (P4: every grant has a second, independent end where the target offers one)
import type { Duration, Target } from "./model.ts";

/**
 * `native`: the target itself ends it. `sweeper`: `lapse sweep` runs beside the target and needs nothing but its marks.
 * `best effort`: the sweep of this repository is the only way out.
 */
export type SecondWay = "native" | "sweeper" | "best effort";

/** What a provider says of its targets. */
interface Ending {
  readonly expiry: "none" | "native" | "native-leaves-garbage" | "credential-ttl";
  readonly sweepable: boolean;
}

export interface WayOut {
  readonly target: string;
  readonly way: SecondWay;
  /** The longest that access may outlive its end while every way out works. */
  readonly bound: Duration;
}

/** A sweeper counts only where somebody says that one runs, and our marks carry the end that it needs. */
export function secondWayOf({ sweeper }: Pick<Target, "sweeper">, ending: Ending | undefined): SecondWay {
  if (ending === undefined) return "best effort";
  if (ending.expiry !== "none") return "native";
  return ending.sweepable && sweeper !== undefined ? "sweeper" : "best effort";
}
