// Is what the provider reads and orders what the real ssh-keygen means? (skipped, visibly, where there is none)
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { failsWith, openBench } from "../../src/conformance/bench.ts";
import { Problem } from "../../src/core/problem.ts";
import { hasKeygen, keygenAuthority } from "../../src/providers/ssh/fake-keygen.ts";
import { newKey, PRINCIPAL, sshWorld } from "../../src/providers/ssh/fake-world.ts";
import { provider } from "../../src/providers/ssh/index.ts";
import { openKeygen } from "../../src/providers/ssh/keygen.ts";
import { keygen } from "../../src/providers/ssh/scratch.ts";
import type * as Scratch from "../../src/providers/ssh/scratch.ts";
import type { Order } from "../../src/providers/ssh/tool.ts";
import { ecdsa, ed25519, rsa, skEcdsa, skEd25519 } from "../support/ssh.ts";

/** What ssh-keygen was given in files. */
const written = vi.hoisted((): (string | Buffer)[] => []);
vi.mock("../../src/providers/ssh/scratch.ts", async (original) => {
  const { keygen } = await original<typeof Scratch>();
  const watched: typeof keygen = (run, use) => {
    written.push(...Object.values(run.files));
    return keygen(run, use);
  };
  return { keygen: watched };
});

const AT = Date.UTC(2026, 10, 23, 9);
const TIMEOUT = 10_000;

describe.skipIf(!hasKeygen)(`ssh-keygen${hasKeygen ? "" : ": skipped, it is not on this machine"}`, () => {
  let authority: ReturnType<typeof keygenAuthority>;
  let scratch: string;
  const before = process.env["TMPDIR"];
  beforeEach(() => {
    authority = keygenAuthority();
    scratch = mkdtempSync(join(tmpdir(), "lapse-ssh-scratch-"));
    process.env["TMPDIR"] = scratch;
  });
  afterEach(() => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    rmSync(scratch, { recursive: true });
    authority.close();
  });

  const order = (key: string): Order => ({
    keyId: "lapse:acme:web:ann-1",
    serial: "18446744073709551615",
    key,
    principals: ["deploy", "ann@example.com"],
    from: AT,
    until: AT + 3_600_000,
    critical: { "force-command": `echo "a, b" '$x'; id`, "source-address": "203.0.113.0/24,2001:db8::/32" },
    extensions: { "permit-pty": "", "permit-X11-forwarding": "" },
  });

  test.each([
    ["ed25519", ed25519()],
    ["ed25519-sk", skEd25519()],
    ["ecdsa 256", ecdsa(256)],
    ["ecdsa 384", ecdsa(384)],
    ["ecdsa 521", ecdsa(521)],
    ["ecdsa-sk", skEcdsa()],
    ["rsa", rsa(3072)],
  ])("signs exactly what was ordered, and it is read as ordered: %s", async (_, key) => {
    const tool = await openKeygen(authority.privateKey, TIMEOUT);
    const text = await tool.sign(order(key));
    const [shown] = await tool.show([text]);
    expect(shown).toEqual({ ...order(key), text: text.split(" ").slice(0, 2).join(" ") });
  });

  // https://man.openbsd.org/ssh-keygen#CERTIFICATES: without `clear` every extension is permitted.
  test("permits nothing that was not ordered", async () => {
    const tool = await openKeygen(authority.privateKey, TIMEOUT);
    const [shown] = await tool.show([await tool.sign({ ...order(newKey()), critical: {}, extensions: {} })]);
    expect([shown?.critical, shown?.extensions]).toEqual([{}, {}]);
  });

  test("shows only what is whole and signed by this CA", async () => {
    const tool = await openKeygen(authority.privateKey, TIMEOUT);
    const other = keygenAuthority();
    const good = await tool.sign(order(newKey()));
    const [type = "", blob = ""] = good.split(" ");
    const bytes = Buffer.from(blob, "base64");
    const changed = (at: number) => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return `${type} ${copy.toString("base64")}`;
    };
    const marked = bytes.indexOf("ann-1") + 4;
    const lines = [
      changed(bytes.length - 3),
      good,
      other.sign(order(newKey())),
      changed(marked),
      "",
      "rubbish",
      `${type} ${bytes.subarray(0, 200).toString("base64")}`,
      newKey(),
      good,
    ];
    const shown = await tool.show(lines);
    expect(shown.map((one) => one !== undefined)).toEqual(lines.map((line) => line === good));
    other.close();
  });

  test("lists key ids of this CA, and counts what else is on the list", async () => {
    const tool = await openKeygen(authority.privateKey, TIMEOUT);
    const ours = await tool.revoke(undefined, ["lapse:acme:web:a", "lapse:acme:web:b"]);
    expect(await tool.listing(ours)).toEqual({ keyIds: ["lapse:acme:web:a", "lapse:acme:web:b"], others: 0 });
    const lost = newKey();
    const both = await tool.revoke(authority.ban(ours, lost), ["lapse:acme:web:c"]);
    expect(await tool.listing(both)).toMatchObject({ others: 1 });
    expect((await tool.listing(both)).keyIds).toHaveLength(3);
    expect(await tool.refused(both, [lost, newKey()])).toEqual([true, false]);
    expect(await tool.listing(await tool.revoke(undefined, []))).toEqual({ keyIds: [], others: 0 });
  });

  test("judges many at once, in order", async () => {
    const tool = await openKeygen(authority.privateKey, TIMEOUT);
    const lines = Array.from({ length: 401 }, newKey);
    const list = authority.ban(authority.ban(undefined, lines[200] ?? ""), lines[400] ?? "");
    const refused = await tool.refused(list, lines);
    expect(refused.flatMap((yes, index) => (yes ? [index] : []))).toEqual([200, 400]);
  });

  test("is not believed about a list that it cannot read", async () => {
    const tool = await openKeygen(authority.privateKey, TIMEOUT);
    const broken = Buffer.from("no list");
    await failsWith(tool.refused(broken, [newKey()]), "transient");
    await failsWith(tool.revoke(broken, ["x"]), "transient");
    await failsWith(tool.listing(broken), "transient");
  });

  test.each([
    ["rubbish", () => "rubbish"],
    ["an older form", (folder: string) => madeKey(folder, "-t", "rsa", "-m", "PEM", "-N", "")],
    ["a key with a passphrase", (folder: string) => madeKey(folder, "-N", "secret words")],
    [
      "a public key",
      (folder: string) => (madeKey(folder, "-N", ""), readFileSync(join(folder, "k.pub"), "utf8")),
    ],
  ])("refuses %s as the CA's key, with what to do, and never waits for a passphrase", async (_, make) => {
    const refused: unknown = await openKeygen(make(authority.folder), TIMEOUT).catch(
      (thrown: unknown) => thrown,
    );
    expect(refused).toBeInstanceOf(Problem);
    expect(refused).toMatchObject({
      kind: "misconfigured",
      fix: expect.stringContaining("ssh-keygen") as string,
    });
  });

  test("leaves no private key on the disk, whether it signs, refuses or is killed", async () => {
    const tool = await openKeygen(authority.privateKey, TIMEOUT);
    await tool.sign(order(newKey()));
    await failsWith(
      tool.sign({ ...order(newKey()), critical: { "source-address": "10.0.0.5/8" } }),
      "malformed",
    );
    const killed = keygen(
      { files: { ca: "key" }, args: ["-t", "rsa", "-b", "16384", "-N", "", "-f", "x"], timeout: 50 },
      () => Promise.resolve(),
    );
    await failsWith(killed, "transient");
    expect(readdirSync(scratch)).toEqual([]);
  });

  test("leaves no private key on the disk when a signal ends Lapse", async () => {
    const program = `
      import { keygen } from ${JSON.stringify(resolve("src/providers/ssh/scratch.ts"))};
      process.on("SIGTERM", () => process.exit(143));
      await keygen({ files: { ca: "key" }, args: ["-?"], timeout: ${TIMEOUT} }, () => {
        console.log("held");
        return new Promise((resolve) => setTimeout(resolve, 20_000));
      });`;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program]);
    const ended = once(child, "close");
    const folders = () => readdirSync(scratch).filter((name) => name.startsWith("lapse-ssh-"));
    await Promise.race([once(child.stdout, "data"), ended]);
    expect(folders().map((name) => readFileSync(join(scratch, name, "ca"), "utf8"))).toEqual(["key"]);
    child.kill("SIGTERM");
    expect(await ended).toEqual([143, null]);
    expect(folders()).toEqual([]);
  });

  test.each([
    ["ed25519", "-t", "ed25519"],
    ["ecdsa", "-t", "ecdsa", "-b", "521"],
    ["rsa", "-t", "rsa", "-b", "3072"],
  ])("works with a CA's key of the kind %s", async (_, ...kind) => {
    const key = madeKey(authority.folder, "-N", "", ...kind);
    const tool = await openKeygen(key.replaceAll("\n", "\r\n"), TIMEOUT);
    expect(`${tool.ca} \n`).toBe(readFileSync(join(authority.folder, "k.pub"), "utf8"));
    expect(await tool.show([await tool.sign(order(newKey()))])).toEqual([
      expect.objectContaining({ serial: order("").serial }),
    ]);
  });

  test("writes the private key for nothing but signing", async () => {
    written.splice(0);
    const tool = await openKeygen(authority.privateKey, TIMEOUT);
    expect(tool.ca).toBe(authority.ca);
    await tool.listing(await tool.revoke(undefined, ["x"]));
    await tool.show([authority.sign(order(newKey()))]);
    expect(written.length).toBeGreaterThan(3);
    const secrets = () => written.filter((content) => String(content).includes("PRIVATE KEY")).length;
    expect(secrets()).toBe(0);
    await tool.sign(order(newKey()));
    expect(secrets()).toBe(1);
  });

  test("keeps the key in a folder of its own that nobody else may enter", async () => {
    await keygen({ files: { ca: "key" }, args: ["-?"], timeout: TIMEOUT }, () => {
      const listing = execFileSync("find", [scratch, "-mindepth", "1", "-printf", "%m %y\n"], {
        encoding: "utf8",
      });
      expect(listing.trim().split("\n").sort()).toEqual(["600 f", "700 d"]);
      return Promise.resolve();
    });
  });

  test("finds nothing to complain about in what setup.sh makes, run once or twice", async () => {
    const directory = join(authority.folder, "shared");
    const setUp = () => execFileSync("sh", ["src/providers/ssh/setup.sh", directory], { encoding: "utf8" });
    const key = readFileSync(setUp().split(" ")[0] ?? "", "utf8");
    expect(setUp()).toBe("");
    const options = { owner: "acme", secret: () => key, timeout: TIMEOUT };
    const session = await provider.connect({ caKeyEnv: "CA_KEY", directory }, options);
    expect(await session.doctor()).toEqual([]);
    await session.close();
  });

  test("does not make a certificate of a role that it refuses", async () => {
    const world = await sshWorld(keygenAuthority(), { timeout: TIMEOUT });
    const bench = await openBench(world);
    const role = { principals: [PRINCIPAL], sourceAddress: ["10.0.0.5/8"] };
    const assignment = await bench.session.resolve(bench.claim({ role }));
    await failsWith(bench.session.grant(assignment, bench.window), "malformed");
    expect(await bench.state(assignment)).toBe("absent");
    await bench.close();
  });
});

function madeKey(folder: string, ...options: readonly string[]): string {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-C", "", "-f", join(folder, "k"), ...options]);
  return readFileSync(join(folder, "k"), "utf8");
}
