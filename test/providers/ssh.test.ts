// What does the SSH certificate provider promise beyond the contract of its port? (pretended ssh-keygen and share, both faulty)
import { chmod, mkdir, readFile, readdir, rename, rm, unlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { failsWith, need, openBench, type Bench } from "../../src/conformance/bench.ts";
import type { Instant } from "../../src/core/model.ts";
import { fakeAuthority } from "../../src/providers/ssh/fake-authority.ts";
import { PRINCIPAL, sshWorld } from "../../src/providers/ssh/fake-world.ts";
import { provider } from "../../src/providers/ssh/index.ts";
import { DAY, HOUR, listFile, open, stage, type Stage } from "../support/ssh-stage.ts";

const sees = async ({ session }: Stage, assignment: Parameters<Bench["state"]>[0]) =>
  (await session.observe([assignment]))[0];
const codes = async ({ session }: Stage) => (await session.doctor()).map(({ code }) => code);

// ---- the certificate -----------------------------------------------------------------------------------------

test("is valid from a minute before the grant to exactly the end, in whole seconds", async () => {
  const { session, claim, world } = await stage();
  const assignment = await session.resolve(claim());
  const now = (world.now + 450) as Instant;
  await session.grant(assignment, { now, end: (now + HOUR + 500) as Instant });
  const [item] = (await session.list()).items;
  expect(item?.until).toBe(world.now + HOUR);
  await failsWith(session.grant(assignment, { now, end: (now + 100) as Instant }), "malformed");
});

test("with another end is never put over the first", async () => {
  const s = await stage();
  const assignment = await s.granted();
  const end = (s.window.end + HOUR) as Instant;
  await failsWith(s.session.grant(assignment, { now: s.world.now, end }), "conflict");
  s.world.advance(HOUR);
  expect(await s.world.can(s.ann)).toBe(false);
});

test("of a request that was revoked is not given again", async () => {
  const s = await stage();
  const assignment = await s.granted();
  await s.gone(assignment);
  await failsWith(s.session.grant(assignment, s.window), "conflict");
  // Nor if somebody put an old list back.
  await writeFile(listFile(s), '{"keyIds":[],"lines":[]}');
  await failsWith(s.session.grant(assignment, s.window), "conflict");
  expect(await readdir(join(s.world.directory, "certificates"))).toEqual([]);
});

test("for a key that was lost meanwhile is not even written", async () => {
  const s = await stage();
  const assignment = await s.session.resolve(s.claim());
  await writeFile(listFile(s), JSON.stringify({ keyIds: [], lines: [s.ann] }));
  await failsWith(s.session.grant(assignment, s.window), "conflict");
  for (const shelf of ["issued", "certificates"])
    expect(await readdir(join(s.world.directory, shelf))).toEqual([]);
});

test("is frozen with the whole key and its fingerprint, and nothing secret", async () => {
  const { granted, ann, world } = await stage();
  const assignment = await granted();
  expect(assignment.principal).toEqual({
    key: ann,
    fingerprint: expect.stringMatching(/^SHA256:/) as string,
  });
  expect(JSON.stringify(assignment)).not.toContain(world.secret("CA_KEY"));
});

test("that somebody signed by hand with a forced command is not the same access", async () => {
  const s = await stage();
  const limited = await s.session.resolve(s.claim({ role: { principals: [PRINCIPAL], forceCommand: "id" } }));
  await s.session.grant(limited, s.window);
  const whole = await s.session.resolve(s.claim({ request: "ann-orders-2" }));
  expect((await s.session.verify(whole)).allowed).toBe(false);
  expect((await s.session.verify(limited)).via).toEqual([limited.mark]);
});

test("of another installation is standing access, and is not listed", async () => {
  const s = await stage();
  const other = await s.world.provider.connect(s.world.connection, {
    owner: "other",
    secret: s.world.secret,
    timeout: 1_000,
  });
  const theirs = await other.resolve(s.claim({ owner: "other" }));
  await other.grant(theirs, s.window);
  expect((await s.session.list()).items).toEqual([]);
  expect((await s.session.verify(await s.session.resolve(s.claim()))).standing).toBe(true);
  await s.gone(await s.granted());
  expect(await s.world.can(s.ann)).toBe(true);
});

test("is told to people in one line that works", async () => {
  const { claim, granted, world } = await stage();
  const assignment = await granted();
  const line = provider.howToConnect(claim());
  expect(line).toContain(world.file("certificates", assignment));
  expect(line).not.toContain("\n");
});

// ---- revoked is what the list says ---------------------------------------------------------------------------

describe("a revocation", () => {
  test("reaches copies even if every file of ours was removed", async () => {
    const s = await stage();
    const assignment = await s.granted();
    for (const shelf of ["issued", "certificates"]) await unlink(s.world.file(shelf, assignment));
    expect(await s.world.can(s.ann)).toBe(true);
    expect(await s.gone(assignment)).toBe("absent");
    expect(await s.world.can(s.ann)).toBe(false);
  });

  test("leaves nothing that lets anybody in, the CA's own key included", async () => {
    const s = await stage();
    const assignment = await s.session.resolve(s.claim());
    await s.gone(assignment);
    await rename(s.world.file("revoked", assignment), s.world.file("certificates", assignment));
    await writeFile(listFile(s), '{"keyIds":[],"lines":[]}');
    const ca = (await readFile(join(s.world.directory, "ca.pub"), "utf8")).split(" ").slice(0, 2).join(" ");
    expect(await s.world.can(ca)).toBe(false);
  });

  test.each(["revoke", "refused"] as const)(
    "is not believed when ssh-keygen does nothing and says yes (%s)",
    async (on) => {
      const s = await stage();
      const assignment = await s.granted();
      // The last question decides: the answers before it may be true.
      for (let n = 0; n < (on === "revoke" ? 1 : 4); n++) s.tool({ on, is: "nothing" });
      await failsWith(s.session.revoke(assignment), "transient");
      expect(await s.gone(assignment)).toBe("absent");
      expect(await s.world.can(s.ann)).toBe(false);
    },
  );

  test.each(["sign", "show", "refused", "revoke"] as const)(
    "of a certificate can be tried again after %s died",
    async (on) => {
      for (const is of ["before", "after", "never"] as const) {
        const s = await stage({ timeout: 300 });
        const assignment = await s.session.resolve(s.claim());
        s.tool({ on, is });
        const first = await s.session.grant(assignment, s.window).catch((thrown: unknown) => thrown);
        await s.session.grant(assignment, s.window);
        expect(await s.state(assignment), `${on} ${is} ${String(first)}`).toBe("ours");
        s.tool({ on, is });
        await s.session.revoke(assignment).catch(() => undefined);
        s.heal();
        expect(await s.gone(assignment)).toBe("absent");
        expect(await s.world.can(s.ann)).toBe(false);
      }
    },
  );

  test("that broke off between the record and the list is seen, shown and finished", async () => {
    const s = await stage();
    const assignment = await s.granted();
    s.world.disk({ on: "rename", path: /revoked\.krl$/, code: "EIO" });
    await failsWith(s.session.revoke(assignment), "transient");
    expect(await sees(s, assignment)).toMatchObject({
      state: "ours",
      drift: expect.stringContaining("list") as string,
    });
    expect((await s.session.list()).items.map(({ key }) => key)).toEqual([assignment.key]);
    expect(await codes(s)).toEqual(["LPS434"]);
    expect(await s.world.can(s.ann)).toBe(true);
    expect(await s.gone(assignment)).toBe("absent");
    expect(await s.world.can(s.ann)).toBe(false);
    expect(await codes(s)).toEqual([]);
  });

  test("is undone by an old list, which is seen and put right", async () => {
    const s = await stage();
    const assignment = await s.granted();
    const backup = await readFile(listFile(s));
    await s.gone(assignment);
    await writeFile(listFile(s), backup);
    expect(await s.world.can(s.ann)).toBe(true);
    expect(await s.state(assignment)).toBe("ours");
    expect(await s.gone(assignment)).toBe("absent");
    expect(await s.world.can(s.ann)).toBe(false);
  });

  test("by an applier that slept through another's is not lost", async () => {
    const authority = fakeAuthority();
    let meanwhile: (() => Promise<void>) | undefined;
    const slow: typeof authority.open = async (key, timeout) => {
      const tool = await authority.open(key, timeout);
      const revoke: typeof tool.revoke = async (...args) => {
        const list = await tool.revoke(...args);
        const act = meanwhile;
        meanwhile = undefined;
        await act?.();
        return list;
      };
      return { ...tool, revoke };
    };
    const world = await sshWorld({ ...authority, open: slow });
    const s = { ...(await openBench(world)), world, tool: authority.fault, heal: authority.heal };
    open.push(s);
    const [mine, other] = [await s.granted(), await s.granted({ request: "bob-1", identity: s.bob })];
    const second = await s.connect();
    meanwhile = async () => {
      // The lock of the sleeping one counts as dead by now.
      await utimes(join(world.directory, "tmp", "lock"), new Date(0), new Date(0));
      expect((await second.revoke(other)).state).toBe("absent");
    };
    expect(await s.gone(mine)).toBe("absent");
    expect([await world.can(s.ann), await world.can(s.bob)]).toEqual([false, false]);
  });

  test("keeps what an administrator put on the list", async () => {
    const s = await stage();
    await s.world.standing(s.bob);
    await s.world.endStanding(s.bob);
    await s.gone(await s.granted());
    s.world.advance(3 * DAY);
    await s.session.cleanup();
    expect(await s.world.can(s.bob)).toBe(false);
    await failsWith(s.session.resolve(s.claim({ identity: need(s.world.stranger) })), "subject-missing");
  });

  test("is not held up by files that cannot be read, and says so", async () => {
    const s = await stage();
    const assignment = await s.granted();
    s.world.disk({ on: "readFile", path: /(issued|certificates)\//, code: "EIO", times: Infinity });
    await failsWith(s.session.observe([assignment]), "transient");
    await failsWith(s.session.verify(assignment), "transient");
    const { state, residue } = await s.session.revoke(assignment);
    expect([state, residue.length]).toEqual(["absent", 1]);
    expect(await s.world.can(s.ann)).toBe(false);
  });

  test("is not held up by another one's record, nor by what a file server keeps beside it", async () => {
    const s = await stage();
    const [assignment, other] = [await s.granted(), await s.granted({ request: "bob-1", identity: s.bob })];
    await s.gone(other);
    s.world.disk({ on: "readFile", path: /revoked\/.*bob/, code: "EIO", times: Infinity });
    await mkdir(join(s.world.directory, "revoked", ".snapshot"));
    expect(await s.gone(assignment)).toBe("absent");
    expect([await s.world.can(s.ann), await s.world.can(s.bob)]).toEqual([false, false]);
  });

  test("a day after the end writes nothing on the list", async () => {
    const s = await stage();
    const assignment = await s.granted();
    const before = await readFile(listFile(s), "utf8");
    s.world.advance(HOUR + DAY + 1000);
    expect((await s.session.revoke(assignment)).receipt).toMatchObject({ by: "expiry" });
    expect(await readFile(listFile(s), "utf8")).toBe(before);
  });

  test("counts before that, for hosts whose clocks are behind", async () => {
    const s = await stage();
    const assignment = await s.granted();
    s.world.advance(HOUR + DAY - 1000);
    expect((await s.session.revoke(assignment)).receipt).toMatchObject({ by: "list" });
    s.world.advance(-DAY);
    expect(await s.world.can(s.ann)).toBe(false);
  });

  test.each([61 * 60_000, 5 * DAY])(
    "reaches copies though this machine's clock is ahead of the server's by %i ms",
    async (ms) => {
      const s = await stage();
      const assignment = await s.granted();
      s.world.misset(ms);
      expect(await s.gone(assignment)).toBe("absent");
      expect(await s.world.can(s.ann)).toBe(false);
    },
  );
});

// ---- the folder ----------------------------------------------------------------------------------------------

describe("the folder", () => {
  test("is left with a record or with nothing when handing out breaks off", async () => {
    for (const after of [false, true])
      for (const path of [/issued/, /certificates/]) {
        const s = await stage();
        const assignment = await s.session.resolve(s.claim());
        s.world.disk({ on: "rename", path, code: "EIO", after });
        await failsWith(s.session.grant(assignment, s.window), "transient");
        const fetched = await s.world.can(s.ann);
        if (fetched) expect(await s.state(assignment)).toBe("ours");
        await s.session.grant(assignment, s.window);
        expect(await sees(s, assignment)).not.toHaveProperty("drift");
        await s.gone(assignment);
        expect(await s.world.can(s.ann)).toBe(false);
      }
  });

  test.each(["", "ssh-ed25519 AAAA another CA"])(
    "that is not mounted or another CA's is missing, not empty (%j)",
    async (ca) => {
      const s = await stage();
      const assignment = await s.granted();
      const aside = `${s.world.directory}-aside`;
      await rename(s.world.directory, aside);
      for (const shelf of ["issued", "certificates", "revoked", "tmp"])
        await mkdir(join(s.world.directory, shelf), { recursive: true });
      if (ca !== "") await writeFile(join(s.world.directory, "ca.pub"), ca);
      await failsWith(s.session.observe([assignment]), "target-missing");
      await failsWith(s.session.list(), "target-missing");
      await failsWith(s.session.verify(assignment), "target-missing");
      await failsWith(s.session.revoke(assignment), "target-missing");
      await failsWith(s.connect(), "target-missing");
      await rm(s.world.directory, { recursive: true });
      await rename(aside, s.world.directory);
      expect(await s.gone(assignment)).toBe("absent");
    },
  );

  test("that hangs is left alone in time", async () => {
    const s = await stage({ timeout: 200 });
    const assignment = await s.granted();
    for (const on of ["readFile", "readdir", "rename", "writeFile"] as const) {
      s.world.disk({ on, path: /./, code: "hang", times: Infinity });
      const begun = performance.now();
      await failsWith(s.session.revoke(assignment), "transient", "conflict");
      expect(performance.now() - begun).toBeLessThan(5_000);
      s.world.heal();
      // What it was about to lock stays locked until it counts as dead.
      await rm(join(s.world.directory, "tmp", "lock"), { force: true });
    }
    expect(await s.gone(assignment)).toBe("absent");
  });

  test.each([
    ["EACCES", "forbidden"],
    ["EROFS", "forbidden"],
    ["ENOSPC", "throttled"],
    ["ESTALE", "transient"],
  ] as const)("that answers %s to a write fails as %s", async (code, cls) => {
    const s = await stage();
    const assignment = await s.session.resolve(s.claim());
    s.world.disk({ on: "writeFile", path: /tmp/, code, times: Infinity });
    await failsWith(s.session.grant(assignment, s.window), cls);
    expect(await s.world.can(s.ann)).toBe(false);
  });

  test("is freed of a dead applier's lock, and not of a living one's", async () => {
    const s = await stage({ timeout: 300 });
    const assignment = await s.granted();
    const lock = join(s.world.directory, "tmp", "lock");
    await writeFile(lock, "");
    await failsWith(s.session.revoke(assignment), "conflict");
    const old = new Date(Date.now() - 2 * 60_000);
    await utimes(lock, old, old);
    expect(await s.gone(assignment)).toBe("absent");
    expect(await readdir(join(s.world.directory, "tmp"))).toEqual([]);
  });

  test("without a list gets no certificate: a new list would lack what an administrator put on it", async () => {
    const s = await stage();
    const assignment = await s.session.resolve(s.claim());
    await rm(listFile(s));
    const before = await s.world.snapshot();
    const refused = await failsWith(s.session.grant(assignment, s.window), "target-missing");
    expect(refused.message).toContain("revoked.krl");
    expect(await s.world.snapshot()).toEqual(before);
  });

  test("without a list gets a new one to revoke, and is told what that one lacks", async () => {
    const s = await stage();
    const assignment = await s.granted();
    await rm(listFile(s));
    expect(await s.session.revoke(assignment)).toMatchObject({
      state: "absent",
      residue: [expect.stringContaining("new list")],
    });
    expect(await s.world.can(s.ann)).toBe(false);
    expect((await s.session.revoke(assignment)).residue).toEqual([]);
  });
});

// ---- doctor --------------------------------------------------------------------------------------------------

describe("doctor", () => {
  test("finds nothing where all is well", async () => {
    const s = await stage();
    await s.gone(await s.granted());
    await s.granted({ request: "ann-2" });
    expect(await codes(s)).toEqual([]);
  });

  test("names what the applier cannot write to", async () => {
    const s = await stage();
    s.world.disk({ on: "access", path: /revoked/, code: "EACCES" });
    const [finding] = await s.session.doctor();
    expect(finding).toMatchObject({
      code: "LPS430",
      message: expect.stringContaining("./revoked") as string,
    });
  });

  test("names what others can write to: whoever changes the list undoes revocations", async () => {
    const s = await stage();
    await chmod(listFile(s), 0o666);
    const [finding] = await s.session.doctor();
    expect(finding).toMatchObject({
      code: "LPS434",
      message: expect.stringContaining("revoked.krl") as string,
    });
  });

  test("misses the list", async () => {
    const s = await stage();
    await rm(listFile(s));
    expect(await codes(s)).toEqual(["LPS430"]);
  });

  test("tells a pretender: our name on a file, or our mark under another name", async () => {
    const s = await stage();
    const assignment = await s.granted();
    await writeFile(
      join(s.world.directory, "issued", "lapse.lapse.target.x-cert.pub"),
      "pretended-cert e30=.x",
    );
    const copy = await readFile(s.world.file("issued", assignment), "utf8");
    await writeFile(join(s.world.directory, "certificates", "holiday-cert.pub"), copy);
    expect(await codes(s)).toEqual(["LPS435", "LPS435"]);
    expect((await s.session.list()).items).toHaveLength(1);
  });
});
