// Where does the sandbox keep its state, and how does it answer from the past?
import type { PullRecord, State } from "./state.ts";

export interface Store {
  now(): State;
  /** The state as it was before the last `writes` writes: what a lagging replica answers. */
  past(writes: number): State;
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
  const write: Store["write"] = (change) => {
    states.push({ ...now(), ...change(now()) });
    if (states.length > REMEMBERED) states.shift();
  };
  return {
    now,
    past: (writes) => states.at(-1 - writes) ?? states[0] ?? initial,
    write,
    changePull: (number, change) => {
      write(({ pulls }) => ({
        pulls: pulls.map((pull) => (pull.number === number ? { ...pull, ...change(pull) } : pull)),
      }));
    },
    id: () => (lastId += 1),
  };
}
