// Where is the built command line? (built once a bench, into a temporary folder that goes with the process)
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildCli } from "../../.ci/build.ts";

async function build(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), "lapse-built-"));
  process.once("exit", () => {
    rmSync(dir, { recursive: true, force: true });
  });
  await buildCli(dir);
  return join(dir, "cli.js");
}

let once: Promise<string> | undefined;

/** Path of `cli.js`. */
export function builtCli(): Promise<string> {
  return (once ??= build());
}

/** Runs one process to its end; throws when it fails. */
export function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string {
  const path = process.env["PATH"] ?? "";
  return execFileSync(command, args, {
    encoding: "utf8",
    env: { PATH: path, ...env },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 60_000,
  });
}
