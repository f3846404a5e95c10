// What shape do programs get?
import type { Finding } from "../core/model.ts";
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
