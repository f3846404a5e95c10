// Does a real sshd let in whom a certificate of ours is for, and nobody else, and not for longer?
import { execFileSync, spawn } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { openBench, type Bench } from "../../src/conformance/bench.ts";
import type { World } from "../../src/conformance/world.ts";
import type { Instant, JsonObject } from "../../src/core/model.ts";
import { keygenAuthority } from "../../src/providers/ssh/fake-keygen.ts";
import { PRINCIPAL, sshWorld, type SshWorld } from "../../src/providers/ssh/fake-world.ts";
import { obeysProviderContract } from "../contract/provider.ts";
import { found, startSshd, type Login, type Sshd } from "../support/sshd.ts";
import { missing } from "./real.ts";

type RealWorld = Omit<SshWorld, "advance"> &
  World & {
    readonly sshd: Sshd;
    /** The file of a subject's private key. */
    readonly privateKey: (subject: string) => string;
  };

/** A CA, an sshd that trusts it, and two people with keys of their own. */
async function realWorld(): Promise<RealWorld> {
  const authority = keygenAuthority();
  const files = new Map<string, string>();
  const person = (name: string, ...kind: readonly string[]): string => {
    const file = join(authority.folder, name);
    execFileSync("ssh-keygen", ["-q", "-N", "", "-C", "", "-f", file, ...kind]);
    const line = execFileSync("ssh-keygen", ["-y", "-f", file], { encoding: "utf8" }).trim();
    files.set(line, file);
    return line;
  };
  const subjects = [person("ann", "-t", "ed25519"), person("bob", "-t", "ecdsa", "-b", "384")] as const;
  const privateKey = (subject: string) => files.get(subject) ?? "no such key";
  let sshd: Sshd | undefined;
  let copies = 0;
  const world = await sshWorld(authority, {
    now: () => Date.now() as Instant,
    timeout: 4_000,
    subjects,
    login: async (certificate, key) => {
      const file = join(authority.folder, `copy-${(copies += 1)}-cert.pub`);
      await writeFile(file, `${certificate}\n`);
      return (await sshd?.login({ key: privateKey(key), certificate: file }))?.allowed === true;
    },
  });
  const running = (sshd = await startSshd(world.directory, [PRINCIPAL]));
  return {
    ...world,
    advance: { skip: "a real host's clock is its own; its end is tried below, with a short certificate" },
    sshd: running,
    privateKey,
    close: async () => {
      await running.stop();
      await world.close();
    },
  };
}

const why = missing(".ci/install-sshd", found);

describe.skipIf(why !== undefined)(`a real sshd${why === undefined ? "" : `: ${why}`}`, () => {
  obeysProviderContract("ssh, by real logins", { make: realWorld });

  /** Ann's certificate for a role, and how she logs in by it. */
  async function story(
    role: JsonObject,
    act: (bench: Bench, world: RealWorld, ann: Login) => Promise<void>,
  ): Promise<void> {
    const world = await realWorld();
    const bench = await openBench(world);
    try {
      const assignment = await bench.granted({ role: { ...world.role, ...role } });
      await act(bench, world, {
        key: world.privateKey(bench.ann),
        certificate: world.file("certificates", assignment),
      });
    } finally {
      await bench.close();
    }
  }

  test("refuses before, lets in during the window and refuses from its end on", async () => {
    const world = await realWorld();
    const bench = await openBench(world);
    try {
      const assignment = await bench.session.resolve(bench.claim());
      expect(await world.can(bench.ann)).toBe(false);
      const now = world.clock();
      const end = (now + 6_000) as Instant;
      await bench.session.grant(assignment, { now, end });
      expect(await world.can(bench.ann)).toBe(true);
      await sleep(Math.max(0, end - world.clock()) + 50);
      expect(await world.can(bench.ann)).toBe(false);
      expect(await bench.state(assignment)).toBe("absent");
      expect(world.sshd.log()).toContain("Certificate invalid: expired");
    } finally {
      await bench.close();
    }
  });

  test("names the request in its log, and obeys the list as soon as it is written", () =>
    story({}, async ({ gone, session }, { sshd, copies }, ann) => {
      const copy = `${ann.key}-kept-cert.pub`;
      await writeFile(copy, [...copies].join(""));
      expect((await sshd.login({ ...ann, certificate: copy })).allowed).toBe(true);
      expect(sshd.log()).toContain("lapse:lapse:target:ann-orders-1");
      const { items } = await session.list();
      for (const item of items) expect(await gone(item)).toBe("absent");
      expect((await sshd.login({ ...ann, certificate: copy })).allowed).toBe(false);
    }));

  test("refuses somebody else's key with the certificate", () =>
    story({}, async ({ bob }, { sshd, privateKey }, ann) => {
      expect((await sshd.login({ ...ann, key: privateKey(bob) })).allowed).toBe(false);
      expect((await sshd.login(ann)).allowed).toBe(true);
    }));

  test("refuses a principal that the host does not know", () =>
    story({ principals: ["staging"] }, async (_, { sshd }, ann) => {
      expect((await sshd.login(ann)).allowed).toBe(false);
    }));

  test("refuses from another network than the role names", () =>
    story({ sourceAddress: ["203.0.113.0/24"] }, async (_, { sshd }, ann) => {
      expect((await sshd.login(ann)).allowed).toBe(false);
    }));

  test("runs nothing but a forced command", () =>
    story({ forceCommand: `echo forced "$SSH_ORIGINAL_COMMAND"` }, async (_, { sshd }, ann) => {
      expect((await sshd.login({ ...ann, command: "id -u" })).out).toBe("forced id -u\n");
    }));

  test("forwards nothing unless the role allows it", async () => {
    const through = (sshd: Sshd) => ["-W", `127.0.0.1:${sshd.port}`];
    await story({}, async (_, { sshd }, ann) => {
      const { out, complaint } = await sshd.login({ ...ann, options: through(sshd), command: "" });
      expect(out).toBe("");
      expect(complaint).toContain("administratively prohibited");
    });
    await story({ allow: ["port-forwarding"] }, async (_, { sshd }, ann) => {
      expect((await sshd.login({ ...ann, options: through(sshd), command: "" })).out).toMatch(/^SSH-2\.0-/);
    });
  });

  test("gives a terminal only where the role allows it", async () => {
    const tty = { options: ["-tt"], command: "tty" };
    await story({}, async (_, { sshd }, ann) => {
      expect((await sshd.login({ ...ann, ...tty })).out).toMatch(/^\/dev\//);
    });
    await story({ allow: [] }, async (_, { sshd }, ann) => {
      expect((await sshd.login({ ...ann, ...tty })).out).not.toMatch(/^\/dev\//);
    });
  });

  test("lets an open session go on after a revocation, as the residue says", () =>
    story({}, async ({ session, gone }, { sshd }, ann) => {
      const child = spawn(found.ssh ?? "ssh", [...sshd.arguments({ ...ann, command: "cat" })]);
      const says = async (word: string) => {
        const heard = new Promise<string>((resolve) =>
          child.stdout.once("data", (data: Buffer) => {
            resolve(String(data));
          }),
        );
        child.stdin.write(`${word}\n`);
        return Promise.race([heard, sleep(10_000, "nothing")]);
      };
      expect(await says("before")).toBe("before\n");
      for (const item of (await session.list()).items) await gone(item);
      expect((await sshd.login(ann)).allowed).toBe(false);
      expect(await says("after")).toBe("after\n");
      const closed = new Promise((resolve) => child.once("close", resolve));
      child.stdin.end();
      await closed;
    }));

  test("lets nobody in while its list is missing", () =>
    story({}, async (_, { sshd, directory }, ann) => {
      await rm(join(directory, "revoked.krl"));
      expect((await sshd.login(ann)).allowed).toBe(false);
    }));
});
