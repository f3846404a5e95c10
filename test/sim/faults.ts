// What goes wrong, how often, and what does it look like? (every seed has its own mix, so that no fault hides another)
import { Problem } from "../../src/core/problem.ts";
import { ProviderError } from "../../src/providers/provider.ts";
import type { Random } from "./random.ts";

/**
 * `before` and `after`: an error, without and with the effect. `hang`: no answer and no effect. `late`: no answer, and
 * the effect comes some time later. `stale`: an answer from the past.
 */
export type Fault = "before" | "after" | "hang" | "late" | "stale" | "crash-before" | "crash-after";

const FAULTS: readonly Fault[] = ["before", "after", "hang", "late", "stale", "crash-before", "crash-after"];

/** Ports whose answers can be late: git and the forge have no timeouts of ours around single calls. */
const MAY_HANG = (port: string): boolean => port !== "git" && port !== "forge";

export class Faults {
  readonly #random: Random;
  readonly #odds: Readonly<Record<Fault, number>>;
  readonly counts = new Map<string, number>();
  quiet = false;
  /** So many calls since a death was planned. */
  calls = 0;
  #death: { readonly call: number; readonly fault: Fault } | undefined;

  /** About half of the kinds, each now and then or often. */
  constructor(random: Random) {
    this.#random = random;
    const odds = FAULTS.map((kind) => [kind, random.chance(0.5) ? random.next() ** 4 * 0.08 : 0] as const);
    this.#odds = Object.fromEntries(odds) as Record<Fault, number>;
  }

  /** Plans one fault, however quiet it is: at this call, counted from now. */
  dieAt(death: { readonly call: number; readonly fault: Fault } | undefined): void {
    this.calls = 0;
    this.#death = death;
  }

  /** `lags`: an answer from the past is possible. */
  choose(port: string, lags: boolean): Fault | undefined {
    this.calls += 1;
    if (this.calls === this.#death?.call) return this.#death.fault;
    return this.quiet ? undefined : this.#byChance(port, lags);
  }

  #byChance(port: string, lags: boolean): Fault | undefined {
    let left = this.#random.next();
    const found = FAULTS.find((kind) => (left -= this.#odds[kind]) < 0);
    if (
      found === undefined ||
      (found === "stale" && !lags) ||
      ((found === "hang" || found === "late") && !MAY_HANG(port))
    )
      return undefined;
    this.count(found);
    return found;
  }

  /** Does a program die at a step on its own machine? */
  dies(): boolean {
    if (this.quiet || !this.#random.chance(this.#odds["crash-before"] / 4)) return false;
    this.count("crash-local");
    return true;
  }

  count(kind: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  /** What the adapter of a port makes of it. */
  error(port: string, when: "before" | "after"): Error {
    if (port === "git") return new Error(`no answer (${when} the effect)`);
    if (port === "forge") return new Problem("unavailable", "the forge did not answer", "run it again");
    const kind = this.#random.pick(["transient", "throttled"] as const);
    return new ProviderError(kind, "the target did not answer", { vendorCode: `sim-${when}` });
  }
}
