// What is a throw-away sshd on a loopback port? (its own host key and configuration, made now and removed afterwards)
import { execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CACHE, program } from "../real/real.ts";

export const found = {
  sshd: program("sshd", join(CACHE, "openssh")),
  ssh: program("ssh"),
  "ssh-keygen": program("ssh-keygen"),
};

export interface Login {
  readonly key: string;
  /** Of the key file's own name when absent. */
  readonly certificate?: string;
  /** Options of ssh, then the command. */
  readonly options?: readonly string[];
  readonly command?: string;
}

export interface Answer {
  /** The host let the key in, whatever the command did. */
  readonly allowed: boolean;
  readonly out: string;
  readonly complaint: string;
}

export interface Sshd {
  readonly port: number;
  readonly user: string;
  readonly login: (login: Login) => Promise<Answer>;
  /** The arguments of such a login, for a session that stays open. */
  readonly arguments: (login: Login) => readonly string[];
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** The host let the key in and then refused what was asked for. */
const BUT_IN = /open failed|PTY allocation request failed/;
const DENIED = "Permission denied (publickey)";

/** `directory` is the CA's folder; who holds one of these principals may log in as the user that runs the tests. */
export async function startSshd(directory: string, principals: readonly string[]): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), "lapse-sshd-"));
  const at = (name: string) => join(folder, name);
  const user = userInfo().username;
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", at("host")]);
  const port = await freePort();
  writeFileSync(at("principals"), principals.map((one) => `${one}\n`).join(""));
  writeFileSync(at("known"), `[127.0.0.1]:${port} ${readFileSync(at("host.pub"), "utf8")}`);
  writeFileSync(at("config"), configuration(folder, directory, port));
  // sshd wants it when it runs as root; its package makes it when the service starts.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  let log = "";
  const child = spawn(found.sshd ?? "sshd", ["-D", "-e", "-f", at("config"), ...lenient(at("config"))], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const ended = new Promise<void>((resolve) =>
    child.once("close", () => {
      resolve();
    }),
  );
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tried = 0; !log.includes("Server listening"); tried++) {
    if (tried > 200 || child.exitCode !== null) {
      await stop();
      throw new Error(`sshd did not start: ${log}`);
    }
    await sleep(25);
  }
  const argumentsOf = ({ key, certificate, options = [], command = "true" }: Login): readonly string[] => [
    ...["-F", "none", "-p", String(port), "-i", key],
    ...(certificate === undefined ? [] : ["-o", `CertificateFile=${certificate}`]),
    ...["BatchMode=yes", "IdentitiesOnly=yes", "IdentityAgent=none", "ConnectTimeout=10"].flatMap((one) => [
      "-o",
      one,
    ]),
    ...[
      "-o",
      "StrictHostKeyChecking=yes",
      "-o",
      `UserKnownHostsFile=${at("known")}`,
      "-o",
      "GlobalKnownHostsFile=none",
    ],
    ...options,
    `${user}@127.0.0.1`,
    command,
  ];
  const login = (one: Login) =>
    new Promise<Answer>((resolve, reject) => {
      const child = execFile(
        found.ssh ?? "ssh",
        [...argumentsOf(one)],
        { timeout: 15_000 },
        (failure, out, complaint) => {
          if (failure && complaint.includes(DENIED)) resolve({ allowed: false, out, complaint });
          else if (failure && typeof failure.code !== "number") reject(new Error(complaint));
          else if (failure?.code === 255 && !BUT_IN.test(complaint))
            reject(new Error(`${complaint}\n${log}`));
          else resolve({ allowed: true, out, complaint });
        },
      );
      child.stdin?.end();
    });
  return { port, user, login, arguments: argumentsOf, log: () => log, stop };
}

function configuration(folder: string, directory: string, port: number): string {
  return `
ListenAddress 127.0.0.1
Port ${port}
HostKey ${folder}/host
PidFile none
LogLevel VERBOSE
AuthenticationMethods publickey
AuthorizedKeysFile none
TrustedUserCAKeys ${directory}/ca.pub
RevokedKeys ${directory}/revoked.krl
AuthorizedPrincipalsFile ${folder}/principals
PermitRootLogin prohibit-password
AllowTcpForwarding yes
StrictModes no
UsePAM no
MaxStartups 100
`;
}

/** From 9.8 on, sshd makes an address wait that was refused too often, as the tests are. Older ones do not know it. */
function lenient(config: string): readonly string[] {
  const options = ["-o", "PerSourcePenalties=no"];
  const { status } = spawnSync(found.sshd ?? "sshd", ["-t", "-f", config, ...options], { stdio: "ignore" });
  return status === 0 ? options : [];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
