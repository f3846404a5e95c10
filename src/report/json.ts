// What shape do programs get?
import type { Finding, Instant } from "../core/model.ts";
import { printInstant } from "../core/time.ts";
import { jsonText } from "./encode.ts";

/** Grows only when a field changes its meaning or goes away; new fields may come at any time. */
const SCHEMA_VERSION = 1;

/** One object with its version, for every `--json`. Instants are written in RFC 3339, UTC. */
export function json(body: object): string {
  return jsonText({ schemaVersion: SCHEMA_VERSION, ...body });
}

/** Findings as programs get them: place flattened, no frame. */
export function findingsJson(findings: readonly Finding[]): readonly object[] {
  return findings.map(({ code, severity, message, fix, why, at }) => ({
    code,
    severity,
    message,
    fix,
    why,
    ...at,
  }));
}

const INSTANTS: ReadonlySet<string> = new Set(["at", "start", "end", "openedAt", "mergedAt"]);

/** A ledger entry as programs get it: the same, with every instant in RFC 3339. */
export function entryJson(entry: object): unknown {
  return JSON.parse(
    JSON.stringify(entry, (key, value: unknown) =>
      INSTANTS.has(key) && typeof value === "number" ? printInstant(value as Instant) : value,
    ),
  );
}
