// Who goes next, and what goes wrong on the way? (true time, calls in flight, timers; one seed decides everything)
import { setImmediate as settle } from "node:timers/promises";
import type { Faults, Fault } from "./faults.ts";
import type { Random } from "./random.ts";
import type { Hook, Time } from "./types.ts";

/** No order takes longer to arrive, in ms. */
export const LATE = 600_000;

/** A program that runs somewhere: it dies by a crash, or ends by itself. */
export interface Proc {
  readonly name: string;
  readonly kind: "apply" | "expire" | "sweep";
  /** What its clock shows more than true time, in ms. */
  readonly skew: number;
  dead: boolean;
  /** What went wrong in it, in the order in which it did. */
  readonly faults: string[];
}

interface Ticket {
  readonly proc: Proc;
  readonly port: string;
  readonly call: string;
  /** It can be answered from the past. */
  readonly lags: boolean;
  /** Does it, with what goes wrong. */
  readonly go: (fault: Fault | undefined) => Promise<void>;
}

interface Timer {
  readonly id: number;
  readonly at: Time;
  readonly proc: Proc | undefined;
  readonly act: () => void;
}

/** Less than any call may take, in ms. */
const NAP = 30_000;

export class Scheduler {
  time: Time;
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #note: (line: string) => void;
  #current: Proc | undefined;
  #tickets: Ticket[] = [];
  #timers: Timer[] = [];
  #lastTimer = 0;
  readonly #onDeath = new Map<Proc, () => void>();

  constructor(start: Time, random: Random, faults: Faults, note: (line: string) => void) {
    this.time = start;
    this.#random = random;
    this.#faults = faults;
    this.#note = note;
  }

  /** Each external call of the code under test waits here for its turn. */
  readonly hook: Hook = (port, call, act, stale) => {
    const proc = this.#current;
    if (!proc) throw new Error(`nobody runs, and yet ${port} ${call}`);
    if (proc.dead) return new Promise(() => undefined);
    return new Promise((resolve, reject) => {
      const go = async (fault: Fault | undefined): Promise<void> => {
        const said = await this.#answer(port, fault, act, stale);
        if (!said) return;
        if ("answer" in said) resolve(said.answer);
        else reject(said.problem);
      };
      this.#tickets.push({ proc, port, call, lags: stale !== undefined, go });
    });
  };

  /** What the caller hears of a call; undefined when that is nothing, for whatever reason. */
  async #answer<T>(
    port: string,
    fault: Fault | undefined,
    act: () => Promise<T>,
    stale: (() => Promise<T>) | undefined,
  ): Promise<{ readonly answer: T } | { readonly problem: Error } | undefined> {
    if (fault === "hang") return undefined;
    if (fault === "before") return { problem: this.#faults.error(port, "before") };
    const said = await heard(fault === "stale" && stale ? stale : act);
    if (fault === "late") return undefined;
    return fault === "after" && "answer" in said ? { problem: this.#faults.error(port, "after") } : said;
  }

  /** A step on the machine itself: all that can go wrong is that it is the last one. */
  readonly local = (what: string): Promise<void> => {
    const proc = this.#current;
    if (!proc || (!proc.dead && !this.#faults.dies())) return Promise.resolve();
    if (!proc.dead) this.#die(proc, `at ${what}`);
    return new Promise(() => undefined);
  };

  after(ms: number, act: () => void): number {
    const id = (this.#lastTimer += 1);
    const timer = { id, at: this.time + Math.max(0, ms), proc: this.#current, act };
    const place = this.#timers.findIndex(({ at }) => at > timer.at);
    this.#timers.splice(place < 0 ? this.#timers.length : place, 0, timer);
    return id;
  }

  cancel(id: number): void {
    this.#timers = this.#timers.filter((timer) => timer.id !== id);
  }

  /** When the next timer goes off. */
  get due(): Time | undefined {
    return this.#timers[0]?.at;
  }

  /** Programs that have a call in flight. */
  running(): readonly Proc[] {
    return [...new Set(this.#tickets.map(({ proc }) => proc))];
  }

  /** Starts a program; `ended` is called when it ends by itself, `died` when it does not. */
  async start(proc: Proc, program: () => Promise<void>, died: () => void): Promise<void> {
    this.#onDeath.set(proc, died);
    await this.#as(proc, () => {
      void program().then(() => this.#onDeath.delete(proc));
    });
  }

  /** Something that people or fate do; the code under test takes no part in it. */
  async outside<T>(act: () => Promise<T>): Promise<T> {
    let result: { readonly value: T } | { readonly problem: unknown } | undefined;
    await this.#as(undefined, () => {
      act().then(
        (value) => (result = { value }),
        (problem: unknown) => (result = { problem }),
      );
    });
    if (result && "value" in result) return result.value;
    throw result ? (result.problem as Error) : new Error("people never wait");
  }

  /** A program that nothing interrupts and nothing fails: the auditor's. */
  async alone<T>(program: () => Promise<T>): Promise<T> {
    const proc: Proc = { name: "auditor", kind: "expire", skew: 0, dead: false, faults: [] };
    let result: T | undefined;
    let problem: unknown;
    const run = async (): Promise<void> => {
      try {
        result = await program();
      } catch (thrown) {
        problem = thrown;
      }
    };
    await this.start(proc, run, () => undefined);
    while (this.running().includes(proc)) await this.release(proc);
    if (result === undefined) throw problem as Error;
    return result;
  }

  /** Lets one call of a program through. */
  async release(proc: Proc): Promise<void> {
    const mine = this.#tickets.filter((ticket) => ticket.proc === proc);
    const ticket = this.#random.pick(mine);
    this.#tickets = this.#tickets.filter((one) => one !== ticket);
    const fault = this.#faults.choose(ticket.port, ticket.lags);
    if (fault) proc.faults.push(`${fault} ${ticket.port} ${ticket.call}`);
    this.#note(`  ${proc.name}: ${ticket.port} ${ticket.call}${fault ? ` ✗ ${fault}` : ""}`);
    if (fault === "crash-before") this.#die(proc, "before it");
    else if (fault === "late") this.#postpone(ticket);
    else await this.#as(proc, () => void ticket.go(fault === "crash-after" ? "late" : fault));
    if (fault === "crash-after") this.#die(proc, "after it");
  }

  /** The caller hears nothing, and what it asked for is done some time later. */
  #postpone(ticket: Ticket): void {
    this.#current = undefined;
    this.after(this.#random.int(1, LATE / 1000) * 1000, () => {
      this.#note(`  late: ${ticket.port} ${ticket.call} of ${ticket.proc.name}`);
      void ticket.go("late");
    });
  }

  /** Moves true time on, and rings whatever is due on the way. */
  async advance(to: Time): Promise<void> {
    if (to - this.time > NAP) for (const proc of this.running()) this.#sleep(proc);
    for (let next = this.#timers[0]; next && next.at <= to; next = this.#timers[0]) {
      this.#timers.shift();
      this.time = Math.max(this.time, next.at);
      const { act, proc } = next;
      await this.#as(proc, act);
    }
    this.time = Math.max(this.time, to);
  }

  /** A machine that stands still for a while: its calls time out, and it does not know why. */
  #sleep({ name, faults }: Proc): void {
    this.#faults.count("slept");
    faults.push("slept");
    this.#note(`  ${name}: sleeps`);
  }

  async #as(proc: Proc | undefined, act: () => void): Promise<void> {
    this.#current = proc;
    act();
    // Nothing here waits for anything real: once the queue of promises is empty, everybody waits for a ticket.
    await settle();
    this.#current = undefined;
  }

  #die(proc: Proc, where: string): void {
    proc.dead = true;
    proc.faults.push("crash");
    this.#note(`  ${proc.name}: dies ${where}`);
    this.#tickets = this.#tickets.filter((ticket) => ticket.proc !== proc);
    this.#timers = this.#timers.filter((timer) => timer.proc !== proc);
    const died = this.#onDeath.get(proc);
    this.#onDeath.delete(proc);
    died?.();
  }
}

async function heard<T>(
  act: () => Promise<T>,
): Promise<{ readonly answer: T } | { readonly problem: Error }> {
  try {
    return { answer: await act() };
  } catch (problem) {
    return { problem: problem instanceof Error ? problem : new Error(String(problem)) };
  }
}
