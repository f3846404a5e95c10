// What does a line of a controller's log look like?
import type { Instant } from "../core/model.ts";
import { printInstant } from "../core/time.ts";
import type { LogLine } from "../core/log-line.ts";
import { jsonLine, visible } from "./encode.ts";
import { lengthWords } from "./time-words.ts";

export function logText({ event, about, ok, says, end }: LogLine, at: Instant): string {
  const late = end === undefined || at < end ? [] : [`${lengthWords(at - end)} after the end`];
  const rest = [about, ...says, ...late].filter((word) => word !== "").map(visible);
  return `${printInstant(at)}  ${ok ? "✓" : "▲"} ${event.padEnd(12)} ${rest.join(" · ")}`.trimEnd();
}

/** One object a line. */
export function logJson({ end, ...told }: LogLine, at: Instant): string {
  const planned = end === undefined ? {} : { end: printInstant(end) };
  return jsonLine({ schemaVersion: 1, at: printInstant(at), ...told, ...planned });
}
