// Which defences see to it that access ends, and that nobody misses it when it does not?
import type { Defence } from "./defence.ts";

export const TIME: readonly Defence[] = [
  {
    name: "stale-after-three-sweeps",
    rows: ["D2"],
    file: "src/core/heartbeat.ts",
    find: "heartbeat !== undefined && Math.abs(now - heartbeat) <= limit",
    put: "heartbeat !== undefined",
    red: { file: "test/core/lateness.test.ts", title: "D2" },
  },
  {
    name: "future-heartbeat-proves-nothing",
    rows: ["D2"],
    file: "src/core/heartbeat.ts",
    find: "Math.abs(now - heartbeat) <= limit",
    put: "now - heartbeat <= limit",
    red: { file: "test/core/lateness.test.ts", title: "D2" },
  },
  {
    name: "no-grant-by-a-wrong-clock",
    rows: ["D8"],
    file: "src/core/clock.ts",
    find: "if (Math.max(ahead, behind) <= MOST_OFF) return undefined;",
    put: "if (ahead <= Infinity) return undefined;",
    red: { file: "test/attacks/endings.test.ts", title: "D8: an applier that is" },
  },
  {
    name: "open-access-counts-as-late",
    rows: ["E15"],
    file: "src/core/lateness.ts",
    find: 'if (standing || phase === "waiting" || due > now) return [];',
    put: "return [];",
    red: { file: "test/core/lateness.test.ts", title: "E15" },
  },
  {
    name: "naps-are-capped",
    rows: ["D10"],
    file: "src/core/schedule.ts",
    find: "Math.min(least, ms), LONGEST_NAP)",
    put: "Math.min(least, ms), Infinity)",
    red: { file: "test/core/schedule.test.ts", title: "D10" },
  },
  {
    name: "rolled-back-ledger-decides-nothing",
    rows: ["D23", "E1"],
    file: "src/repo/ledger-base.ts",
    find: "if (seen === undefined || seen === fetched) return true;",
    put: "if (seen !== null) return true;",
    red: { file: "test/repair.test.ts", title: "D23" },
  },
  {
    name: "expected-tip-is-looked-for",
    rows: ["E5"],
    file: "src/repo/git-ledger.ts",
    find: "let knows = hash === undefined;",
    put: "let knows = true;",
    red: { file: "test/repair.test.ts", title: "E5" },
  },
  {
    name: "fence-before-the-decision-and-the-grant",
    rows: ["D7"],
    file: "src/fence.ts",
    find: "return context.fence !== undefined && !(await context.fence());",
    put: "return Promise.resolve(context.fence === null);",
    red: { file: "test/attacks/fence.test.ts", title: "between its intent" },
  },
];
