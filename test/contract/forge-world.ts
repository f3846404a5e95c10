// What does every test of a forge start from?
import { afterEach, beforeEach, expect } from "vitest";
import { Problem } from "../../src/core/problem.ts";
import type { ProblemKind } from "../../src/core/problem.ts";
import type { Forge } from "../../src/forge/forge.ts";
import type { Sandbox } from "../../src/sandbox/github/sandbox.ts";

/** A running forge of nobody else's, with the users ann, bob, cy (write), rita (read), and the App `lapse[bot]`. */
export interface ForgeWorld {
  /** Server side of the forge. */
  readonly sandbox: Sandbox;
  /** The adapter under test, with the token of this user. Waiting is bounded by 3 s, calls by `timeout`. */
  readonly as: (login: string, options?: { readonly timeout?: number }) => Forge;
  /** Moves the server's clock. */
  readonly advance: (ms: number) => void;
  readonly now: () => number;
  readonly stop: () => Promise<void>;
}

export const MINUTE = 60_000;
export const request = "requests/db-read/one.yaml";
export const byKind = (kind: ProblemKind) => ({ name: "Problem", kind });

export async function problem(work: Promise<unknown>): Promise<Problem> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(Problem);
  return thrown as Problem;
}

/** A pull request by ann that adds one request file, opened a minute after the push. */
export async function opened(
  { sandbox, advance }: ForgeWorld,
  branch = "one",
): Promise<{ number: number; head: string }> {
  const head = await sandbox.push("ann", branch, { [request]: "spec: 1\n" });
  advance(MINUTE);
  const number = await sandbox.openPull("ann", { branch, title: `Access: ${branch}`, body: "please" });
  advance(MINUTE);
  return { number, head };
}

export interface Scene {
  readonly world: ForgeWorld;
  readonly sandbox: Sandbox;
  /** The adapter with ann's token. */
  readonly forge: Forge;
}

/** A fresh world with one commit on main before each test; after it, the server must have nothing to complain about. */
export function eachScene(start: () => Promise<ForgeWorld>, use: (scene: Scene) => void): void {
  let world: ForgeWorld;
  beforeEach(async () => {
    world = await start();
    const { sandbox } = world;
    use({ world, sandbox, forge: world.as("ann") });
    await sandbox.push("ann", "main", { "README.md": "hello\n" });
  });
  afterEach(async () => {
    await world.stop();
    expect(world.sandbox.violations).toEqual([]);
  });
}
