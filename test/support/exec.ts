// How does a test come to a plugin of its own? (a program in a folder that is gone afterwards)
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { Assignment, Claim, Instant, JsonObject } from "../../src/core/model.ts";
import { fromEpoch } from "../../src/core/time.ts";
import { provider } from "../../src/providers/exec/index.ts";
import { sha256 } from "../../src/providers/exec/pinned.ts";
import { ProviderError, type Session } from "../../src/providers/provider.ts";

/** Answers `describe` properly and then does what the body says. */
const PRELUDE = `#!/usr/bin/env node
import { spawn } from "node:child_process";
import { appendFileSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
const request = JSON.parse(readFileSync(0, "utf8"));
const { apiVersion, requestId, config, op } = request;
const say = (more) => process.stdout.write(JSON.stringify({ apiVersion, requestId, ...more }));
const asked = request.assignments ?? request.claims ?? [];
const each = (one) => say({ results: asked.map(({ id }) => ({ id, ...one })) });
const plugin = { name: "t", version: "1", ownership: "object", expiry: "none", async: false, residue: [] };
if (op === "describe") say({ plugin });
else await (async () => {
`;

/** A connection that pins a program of the test's; what it does goes to the log. */
export interface Pinned extends JsonObject {
  readonly program: string;
  readonly config: { readonly log: string };
}

export interface Site {
  readonly folder: string;
  /** Writes a program and gives the connection that pins it. */
  readonly plugin: (body: string, more?: JsonObject) => Pinned;
  readonly write: (text: string) => string;
  readonly open: (connection: JsonObject, timeout?: number) => Promise<Session>;
  readonly stop: () => void;
}

export const SECRET = "s3cr3t-token-of-the-applier";

export function execSite(): Site {
  const folder = mkdtempSync(join(tmpdir(), "lapse-exec-test-"));
  let made = 0;
  const write = (text: string): string => {
    const program = join(folder, `plugin-${(made += 1)}.mjs`);
    writeFileSync(program, text);
    return program;
  };
  const env: Readonly<Record<string, string | undefined>> = {
    PATH: process.env["PATH"],
    TOKEN: SECRET,
    HIDDEN: "not for plugins",
  };
  return {
    folder,
    write,
    plugin: (body, more = {}) => {
      const text = `${PRELUDE}${body}\n})();\n`;
      const config = { log: join(folder, `log-${made + 1}`) };
      return {
        program: write(text),
        sha256: sha256(Buffer.from(text)),
        env: ["PATH", "TOKEN"],
        config,
        ...more,
      };
    },
    open: (connection, timeout = 5_000) =>
      provider.connect(connection, { owner: "lapse", secret: (name) => env[name], timeout }),
    stop: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function claim(connection: JsonObject, more: Partial<Claim> = {}): Claim {
  const who = { request: "ann-1", owner: "lapse", target: "doors", identity: "ann" };
  return { ...who, provider: "exec", connection, role: { with: { group: "oncall" } }, scope: {}, ...more };
}

export const NOW = fromEpoch(Date.UTC(2026, 10, 23, 9));
export const window = { now: NOW, end: (NOW + 3_600_000) as Instant };
export const edge = (connection: JsonObject, n = 1): Assignment => ({
  key: `exec:t/edge-${n}`,
  ...{ owner: "lapse", target: "doors", provider: "exec", connection },
  ...{ principal: { id: n }, role: { group: "oncall" }, scope: {}, mark: `edge-${n}` },
});
/** The error, which must be one of the port. */
export const thrown = async (promise: Promise<unknown>): Promise<ProviderError> => {
  const error: unknown = await promise.then(
    (value) => value,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProviderError);
  return error as ProviderError;
};
