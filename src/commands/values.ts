// How are the values of options read, and what is said when they are wrong? (all before a command runs)
import { Problem } from "../core/problem.ts";
import { visible } from "../report/encode.ts";
import { duration, instant } from "../core/time.ts";

function parsed<T>(
  read: (text: string) => T | undefined,
  what: string,
  example: string,
): (text: string) => T {
  return (text) => {
    const value = read(text);
    if (value !== undefined) return value;
    throw new Problem("misconfigured", `"${visible(text)}" is no ${what}`, `write it like ${example}`);
  };
}

const pair = parsed(
  (text) => /^(?<key>[^=]+)=(?<value>.*)$/su.exec(text)?.groups,
  "pair of key and value",
  "schema=orders",
);

export const asDuration = parsed(duration, "duration", "90m, 4h or 1d12h");
export const asInstant = parsed(instant, "time", "2026-11-24T20:00:00Z");
export const asNumber = parsed(
  (text) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined),
  "number of a pull request",
  "42",
);
export const asAccount = parsed(
  (text) => (/^[1-9]\d{0,15}$/.test(text) ? Number(text) : undefined),
  "number of an account",
  "583231",
);
export const asScope = (text: string, before: Readonly<Record<string, string>> = {}) => {
  const { key = "", value = "" } = pair(text);
  return { ...before, [key]: value };
};
