// What does a simulated world lay before the oracle?
import { MALLORY, PENDING_TIMEOUT, PEOPLE } from "./company.ts";
import type { Books } from "./oracle-books.ts";
import { LATE } from "./scheduler.ts";
import type { World } from "./world.ts";

export function booksOf({ record, scheduler, targets }: World): Books {
  const writers = [...PEOPLE, MALLORY].filter(({ permission }) => permission !== "read").map(({ id }) => id);
  const { events, ledger, runs } = record;
  return {
    company: { writers, pendingTimeout: PENDING_TIMEOUT },
    ...{ events, ledger, runs },
    targets: targets.map((target) => {
      const { name, ownership, native, settles } = target;
      return { name, ownership, native, settles, history: target.history() };
    }),
    now: scheduler.time,
    late: LATE,
  };
}
