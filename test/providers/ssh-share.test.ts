// Does one share that hangs hold up anything else? (the real file system: a pipe that nobody writes to hangs as a dead NFS server does)
import { execFileSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { failsWith } from "../../src/conformance/bench.ts";
import { fakeAuthority } from "../../src/providers/ssh/fake-authority.ts";
import { sshWorld } from "../../src/providers/ssh/fake-world.ts";

const TIMEOUT = 300;
/** As many as libuv has threads for files, and some. */
const TIMES = 7;

test("a folder that did not answer once is not touched again by this process, and others are served", async () => {
  const dead = await sshWorld(fakeAuthority(), { timeout: TIMEOUT });
  const well = await sshWorld(fakeAuthority(), { timeout: TIMEOUT });
  const pipe = join(dead.directory, "ca.pub");
  await rename(pipe, `${pipe}.aside`);
  execFileSync("mkfifo", [pipe]);
  const connect = ({ provider, connection, secret }: typeof dead) =>
    provider.connect(connection, { owner: "lapse", secret, timeout: TIMEOUT });
  try {
    const begun = performance.now();
    for (let n = 0; n < TIMES; n++) await failsWith(connect(dead), "transient");
    expect(performance.now() - begun).toBeLessThan(3 * TIMEOUT);
    const session = await Promise.race([connect(well), sleep(5_000, undefined)]);
    expect(await session?.list()).toEqual({ items: [], complete: true });
  } finally {
    // Whoever waits to read it gets an end of file.
    closeSync(openSync(pipe, "r+"));
    await rm(pipe);
    await dead.close();
    await well.close();
  }
});
