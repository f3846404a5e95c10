// How does a test of the SSH provider get a CA's folder with people, faults and clocks? (pretended ssh-keygen and share)
import { join } from "node:path";
import { afterEach } from "vitest";
import { openBench, type Bench } from "../../src/conformance/bench.ts";
import { fakeAuthority, type ToolFault } from "../../src/providers/ssh/fake-authority.ts";
import { sshWorld, type Options, type SshWorld } from "../../src/providers/ssh/fake-world.ts";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export type Stage = Omit<Bench, "world"> & {
  readonly world: SshWorld;
  readonly tool: (fault: ToolFault) => void;
  readonly heal: () => void;
};

/** Closed after each test. */
export const open: Stage[] = [];
afterEach(async () => {
  for (const stage of open.splice(0)) await stage.close();
});

export async function stage(options?: Options): Promise<Stage> {
  const authority = fakeAuthority();
  const world = await sshWorld(authority, options);
  const made = { ...(await openBench(world)), world, tool: authority.fault, heal: authority.heal };
  open.push(made);
  return made;
}

export const listFile = ({ world }: Stage) => join(world.directory, "revoked.krl");
