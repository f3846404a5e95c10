// How does text that somebody typed reach a terminal, a log, JSON without becoming a command there?

import { visible as spelt } from "../core/text.ts";

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Controls, format characters (bidi, zero width, tags), lone surrogates, private use, line separators. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/**
 * One line that shows everything it holds: nothing moves the cursor, hides, reorders or breaks the line,
 * and nothing in it starts a GitHub Actions log command.
 */
export function visible(text: string): string {
  return unlogged(spelt(text.replace(/[\n\r\t]/gu, (char) => SHORT[char] ?? char)));
}

/**
 * The runner reads `::cmd::` at the start of a line (after any white space) and `##[cmd]` anywhere in it:
 * https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
function unlogged(line: string): string {
  return line.replace(/^(\s*):(?=:)/u, "$1:\\").replaceAll("##[", "##\\[");
}

/** Joins lines into the text of a terminal or a log; a last guard against log commands, whatever came before. */
export function page(lines: readonly string[]): string {
  return lines
    .flatMap((line) => line.split("\n"))
    .map((line) => unlogged(line.trimEnd()))
    .join("\n");
}

/** A message of several lines, each made visible; an annotation of ours (`workflowCommand`) stays one. */
export function messageText(text: string): string {
  return /^::(?:error|warning|notice) [^\r\n]*$/u.test(text) ? text : page(text.split("\n").map(visible));
}

/** Several lines of source, each made visible; the only text that keeps its line breaks. */
export function visibleLines(text: string): readonly string[] {
  return text.split(/\r\n|[\n\r\u2028\u2029]/u).map(visible);
}

/** One JSON document for people and programs; what could act on a terminal or a log is written as an escape. */
export function jsonText(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent)
    .replace(HIDDEN, (char) => (char === "\n" ? char : unit(char)))
    .replaceAll("##[", "##\\u005b");
}

/** The same in one line, for logs of many. */
export function jsonLine(value: unknown): string {
  return jsonText(value, 0);
}

function unit(char: string): string {
  return Array.from({ length: char.length }, (_, i) => {
    return `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }).join("");
}

type CommandProperties = Readonly<Record<string, string | number | undefined>>;

/** A GitHub Actions workflow command, escaped as @actions/core does. */
export function workflowCommand(
  name: "error" | "warning" | "notice" | "group" | "endgroup",
  properties: CommandProperties,
  message: string,
): string {
  const pairs = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${commandProperty(String(value))}`],
  );
  return `::${name}${pairs.length > 0 ? ` ${pairs.join(",")}` : ""}::${commandData(message)}`;
}

function commandData(text: string): string {
  const shown = visibleLines(text).join("\n");
  return shown.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function commandProperty(text: string): string {
  return commandData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
