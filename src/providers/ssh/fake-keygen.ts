// How does an administrator use the real ssh-keygen, and how would a host judge by it? (nothing of the provider's code)
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Authority } from "./fake-authority.ts";
import { openKeygen } from "./keygen.ts";

/** Is ssh-keygen on this machine? */
export const hasKeygen = spawnSync("ssh-keygen", ["-?"]).error === undefined;

/** A CA whose key is made now, in a folder that `close` removes. */
export function keygenAuthority(): Authority & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "lapse-ssh-ca-"));
  const at = (name: string) => join(folder, name);
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", TZ: "UTC0", HOME: folder };
  const run = (...args: readonly string[]) =>
    execFileSync("ssh-keygen", [...args], {
      cwd: folder,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  const passes = (...args: readonly string[]) => {
    try {
      run(...args);
      return true;
    } catch {
      return false;
    }
  };
  run("-q", "-t", "ed25519", "-N", "", "-C", "", "-f", "ca");
  const [ca = ""] = /^\S+ \S+/.exec(readFileSync(at("ca.pub"), "utf8")) ?? [];
  return {
    folder,
    privateKey: readFileSync(at("ca"), "utf8"),
    ca,
    open: openKeygen,
    sign: (order) => {
      const hex = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace(/\D/g, "");
      const options = [
        ...Object.entries(order.critical).map(([name, value]) => `${name}=${value}`),
        ...Object.keys(order.extensions),
      ].flatMap((option) => ["-O", option]);
      writeFileSync(at("by-hand.pub"), `${order.key}\n`);
      const window = `${hex(order.from)}:${hex(order.until)}`;
      run(
        "-q",
        "-s",
        "ca",
        "-I",
        order.keyId,
        "-z",
        order.serial,
        "-n",
        order.principals.join(","),
        "-V",
        window,
        "-O",
        "clear",
        ...options,
        "by-hand.pub",
      );
      return readFileSync(at("by-hand-cert.pub"), "utf8").trim();
    },
    ban: (list, line) => {
      if (list) writeFileSync(at("ban.krl"), list);
      writeFileSync(at("ban.pub"), `${line}\n`);
      run("-q", "-k", ...(list ? ["-u"] : []), "-f", "ban.krl", "ban.pub");
      return readFileSync(at("ban.krl"));
    },
    lets: ({ certificate, key, principal, list, now }) => {
      // A host that is set up to read a list and finds none lets nobody in.
      if (!list) return false;
      writeFileSync(at("list.krl"), list);
      writeFileSync(at("login-cert.pub"), `${certificate}\n`);
      writeFileSync(at("key.pub"), `${key}\n`);
      if (!passes("-Q", "-f", "list.krl", "login-cert.pub")) return false;
      if (!passes("-L", "-f", "login-cert.pub")) return false;
      const shown = run("-L", "-f", "login-cert.pub");
      const said = (form: RegExp) => form.exec(shown)?.[1] ?? "";
      const print = (name: string) => /SHA256:\S+/.exec(run("-l", "-f", name))?.[0];
      const principals = said(/Principals: \n((?: {16}.*\n)*)/).split("\n");
      return [
        said(/Public key: \S+ (\S+)/) === print("key.pub"),
        said(/Signing CA: \S+ (\S+)/) === print("ca.pub"),
        principals.some((line) => line.trim() === principal),
        Date.parse(`${said(/Valid: from (\S+) to/)}Z`) <= now,
        now < Date.parse(`${said(/Valid: from \S+ to (\S+)/)}Z`),
      ].every(Boolean);
    },
    close: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
