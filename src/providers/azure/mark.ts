// What do we write into a description or a justification, so that it is known as ours?
import type { Instant } from "../../core/model.ts";
import { instant, printInstant } from "../../core/time.ts";

const START = "lapse:v1 ";

/** Everybody who may list role assignments can read it: ids, no secrets, no free text. */
export interface Mark {
  readonly owner: string;
  /** The first that wanted it; for people, since several targets may name one subscription. */
  readonly target: string;
  /** The planned end; absent when somebody spoiled it. */
  readonly until?: Instant;
}

export function writeMark({ owner, target }: Mark, until: Instant): string {
  return START + JSON.stringify({ owner, target, until: printInstant(until) });
}

/** The mark, if the text is one and whole. */
export function readMark(text: string | undefined): Mark | undefined {
  const read = text?.startsWith(START) === true ? parse(text.slice(START.length)) : {};
  const { owner, target, until } = read;
  if (typeof owner !== "string" || typeof target !== "string") return undefined;
  const end = typeof until === "string" ? instant(until) : undefined;
  return { owner, target, ...(end !== undefined && { until: end }) };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
