// What does the file of a request look like? (pure; written so that the strict reader takes it back unchanged)
import type { Duration, Instant } from "./model.ts";
import { printDuration, printInstant } from "./time.ts";

/** What a person has to say to ask for access. */
export interface Answers {
  readonly id: string;
  readonly subject: string;
  readonly entitlement: string;
  readonly duration: Duration;
  readonly reason: string;
  readonly ticket?: string;
  readonly notBefore?: Instant;
  readonly extends?: string;
  readonly breakGlass?: boolean;
  readonly scope?: Readonly<Record<string, string>>;
}

/** The YAML text. What a person typed is always a double-quoted scalar: JSON strings are YAML strings. */
export function requestText(a: Answers): string {
  const lines: readonly (string | undefined)[] = [
    "# yaml-language-server: $schema=../../schemas/request.schema.json",
    "apiVersion: lapse.dev/v1",
    "kind: AccessRequest",
    "metadata:",
    `  name: ${a.id}`,
    "spec:",
    `  subject: ${a.subject}`,
    `  entitlement: ${a.entitlement}`,
    `  duration: ${printDuration(a.duration)}`,
    a.notBefore === undefined ? undefined : `  notBefore: ${printInstant(a.notBefore)}`,
    `  reason: ${JSON.stringify(a.reason)}`,
    a.ticket === undefined ? undefined : `  ticket: ${JSON.stringify(a.ticket)}`,
    a.extends === undefined ? undefined : `  extends: ${a.extends}`,
    a.breakGlass === true ? "  breakGlass: true" : undefined,
    ...scopeLines(a.scope ?? {}),
  ];
  return `${lines.filter((l) => l !== undefined).join("\n")}\n`;
}

function scopeLines(scope: Readonly<Record<string, string>>): readonly string[] {
  const keys = Object.keys(scope).sort();
  return keys.length === 0 ? [] : ["  scope:", ...keys.map((k) => `    ${k}: ${JSON.stringify(scope[k])}`)];
}
