// Where does the sandbox keep its state, and how does it answer from the past?
import type { PullRecord, State } from "./state.ts";

export interface Store {
  now(): State;
  /** The state as it was so many acts ago: what a lagging replica answers. */
  past(acts: number): State;
  /** From here on it is a new act: all writes of one act are one step into the past. */
  begin(): void;
  write(change: (state: State) => Partial<State>): void;
  /** Replaces one pull request. */
  changePull(number: number, change: (pull: PullRecord) => Partial<PullRecord>): void;
  /** A new id, never used before. */
  id(): number;
}

const REMEMBERED = 64;

/** A store that starts with `initial` and remembers the last 64 states. */
export function store(initial: State): Store {
  const states = [initial];
  let lastId = 1000;
  const now = () => states.at(-1) ?? initial;
  // The state that one starts with is never replaced.
  let fresh = true;
  const write: Store["write"] = (change) => {
    const next = { ...now(), ...change(now()) };
    if (!fresh) states.pop();
    states.push(next);
    fresh = false;
    if (states.length > REMEMBERED) states.shift();
  };
  return {
    now,
    past: (acts) => states.at(-1 - acts) ?? states[0] ?? initial,
    begin: () => {
      fresh = true;
    },
    write,
    changePull: (number, change) => {
      write(({ pulls }) => ({
        pulls: pulls.map((pull) => (pull.number === number ? { ...pull, ...change(pull) } : pull)),
      }));
    },
    id: () => (lastId += 1),
  };
}
