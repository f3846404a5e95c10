// What do many seeds say together, in a screenful?
import type { Verdict } from "./judge.ts";

function sum(parts: readonly Readonly<Record<string, number>>[]): readonly (readonly [string, number])[] {
  const total = new Map<string, number>();
  for (const part of parts)
    for (const [key, value] of Object.entries(part)) total.set(key, (total.get(key) ?? 0) + value);
  return [...total].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Minutes past the end. */
function percentiles(verdicts: readonly Verdict[]): readonly string[] {
  const all = new Map<string, number[]>();
  for (const { delays } of verdicts)
    for (const [way, list] of Object.entries(delays)) all.set(way, [...(all.get(way) ?? []), ...list]);
  return [...all].sort().flatMap(([way, list]) => {
    const sorted = list.sort((a, b) => a - b);
    const at = (share: number): string => {
      const ms = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
      return `${(ms / 60_000).toFixed(1)} min`;
    };
    if (sorted.length === 0) return [];
    return [`  ${way}: ${String(sorted.length)} ends, p50 ${at(0.5)}, p99 ${at(0.99)}, worst ${at(1)}`];
  });
}

export function summary(verdicts: readonly Verdict[], steps: number, seconds: number): string {
  const failed = verdicts.filter(({ problems }) => problems.length > 0);
  const whole = verdicts.filter((one) => "digest" in one);
  const faults = sum(whole.map((one) => one.faults));
  const count = (list: readonly (readonly [string, number])[]) =>
    list.map(([name, n]) => `${name} ${String(n)}`).join(", ");
  const total = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
  const lines = [
    `${String(verdicts.length)} seeds × ${String(steps)} steps in ${seconds.toFixed(1)} s, ${total(whole.map(({ days }) => days)).toFixed(0)} simulated days`,
    `faults injected: ${String(total(faults.map(([, n]) => n)))} (${count(faults)})`,
    `runs: ${count(sum(whole.map((one) => one.runs)))}`,
    `grants: ${String(total(whole.map(({ grants }) => grants)))}, revocations: ${String(total(whole.map(({ revocations }) => revocations)))}`,
    "past the end, whatever was down or silent meanwhile:",
    ...percentiles(whole),
    failed.length === 0
      ? "no promise was broken"
      : `${String(failed.length)} seeds failed; replay one: npm run sim -- --seed ${String(failed[0]?.seed)} --steps ${String(steps)} --trace`,
  ];
  return lines.join("\n");
}
