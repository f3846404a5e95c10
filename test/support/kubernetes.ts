// How does a real API server run for a test? (etcd and kube-apiserver on free loopback ports; tokens, RBAC, no other component)
import { spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseAllDocuments } from "yaml";
import { serveLoopback, type Loopback } from "../../src/conformance/loopback.ts";
import { loopbackTls } from "../../src/conformance/tls.ts";
import type { World } from "../../src/conformance/world.ts";
import type { Manifest } from "../../src/providers/kubernetes/fake/applier.ts";
import { openSite, type Answer, type Cluster, type Site } from "../../src/providers/kubernetes/fake/site.ts";
import { siteWorld } from "../../src/providers/kubernetes/fake/world.ts";
import { CACHE, program } from "../real/real.ts";

const FOLDER = join(CACHE, "kubernetes");
export const PROGRAMS = {
  "kube-apiserver": program("kube-apiserver", FOLDER),
  kubectl: program("kubectl", FOLDER),
  etcd: program("etcd", FOLDER),
};
const READY_MS = 60_000;
const PEOPLE = ["oidc:ann@acme.example", "oidc:bob@acme.example"];

export interface KubernetesServer extends Cluster {
  readonly url: string;
  /** Runs kubectl with somebody's token; what it printed, and its exit code. */
  readonly kubectl: (token: string, ...args: readonly string[]) => Promise<{ out: string; code: number }>;
  readonly stop: () => Promise<void>;
}

export async function startKubernetes(): Promise<KubernetesServer> {
  const folder = mkdtempSync(join(tmpdir(), "lapse-kubernetes-"));
  const running: ChildProcess[] = [];
  const stop = async () => {
    for (const child of running.reverse()) await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { key, cert } = await loopbackTls();
    const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
    const tokens = tokensFor(["admin", ...PEOPLE]);
    write(folder, { "tls.key": key, "tls.crt": cert, ...signing(), "tokens.csv": csv(tokens) });
    running.push(run("etcd", folder, etcdFlags(folder, client, peer)));
    running.push(run("kube-apiserver", folder, serverFlags(folder, client, port)));
    const url = `https://127.0.0.1:${port}`;
    const call = caller(url, cert);
    const admin = (method: string, path: string, body?: unknown) =>
      call(tokens.get("admin") ?? "", method, path, body);
    await ready(admin, running, folder);
    return {
      ...{ url, ca: cert, admin, call, stop },
      people: [PEOPLE[0] ?? "", PEOPLE[1] ?? ""],
      tokenOf: (user) => tokens.get(user),
      front: () => proxy(url, cert),
      may: reviewer(call, tokens),
      kubectl: (token, ...args) => kubectl(folder, url, token, args),
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

/** A fresh namespace with the shipped manifests for namespaces on the server, as the conformance suite wants it. */
export async function makeWorld(server: KubernetesServer): Promise<World> {
  return siteWorld(await makeSite(server));
}

export function makeSite(server: KubernetesServer, ...more: readonly string[]): Promise<Site> {
  return openSite(server, manifests("applier.yaml", "sweeper.yaml", ...more));
}

/** The objects in shipped files. */
function manifests(...names: readonly string[]): readonly Manifest[] {
  return names.flatMap((name) => {
    const text = readFileSync(`src/providers/kubernetes/manifests/${name}`, "utf8");
    return parseAllDocuments(text, { strict: true }).map((document) => {
      if (document.errors.length > 0) throw new Error(`${name}: ${String(document.errors[0])}`);
      return document.toJS() as Manifest;
    });
  });
}

/** Whoever can log in is asked himself; about others the server is asked by an administrator. */
function reviewer(call: Cluster["call"], tokens: ReadonlyMap<string, string>): Cluster["may"] {
  return async (user, resourceAttributes) => {
    const own = tokens.get(user);
    const kind = own === undefined ? "SubjectAccessReview" : "SelfSubjectAccessReview";
    const spec =
      own === undefined
        ? { user, groups: ["system:authenticated"], resourceAttributes }
        : { resourceAttributes };
    const path = `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`;
    const { status, body } = await call(own ?? tokens.get("admin") ?? "", "POST", path, { spec });
    if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body.status?.["allowed"] === true;
  };
}

function tokensFor(users: readonly string[]): ReadonlyMap<string, string> {
  return new Map(users.map((user) => [user, randomBytes(16).toString("hex")]));
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file */
function csv(tokens: ReadonlyMap<string, string>): string {
  const lines = [...tokens].map(
    ([user, token], i) => `${token},${user},${i},"${user === "admin" ? "system:masters" : "oidc:engineers"}"`,
  );
  return lines.join("\n");
}

function signing(): Readonly<Record<string, string>> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  return { "sa.key": privateKey, "sa.pub": publicKey };
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function etcdFlags(folder: string, client: number, peer: number): readonly string[] {
  const [own, other] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
  return [
    `--data-dir=${join(folder, "etcd")}`,
    `--listen-client-urls=${own}`,
    `--advertise-client-urls=${own}`,
    `--listen-peer-urls=${other}`,
    `--initial-advertise-peer-urls=${other}`,
    `--initial-cluster=default=${other}`,
    "--unsafe-no-fsync",
  ];
}

function serverFlags(folder: string, etcd: number, port: number): readonly string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcd}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${port}`,
    "--insecure-port=0",
    `--tls-cert-file=${join(folder, "tls.crt")}`,
    `--tls-private-key-file=${join(folder, "tls.key")}`,
    `--token-auth-file=${join(folder, "tokens.csv")}`,
    "--authorization-mode=RBAC",
    "--service-account-issuer=https://lapse.test",
    `--service-account-key-file=${join(folder, "sa.pub")}`,
    `--service-account-signing-key-file=${join(folder, "sa.key")}`,
    "--disable-admission-plugins=ServiceAccount",
    "--service-cluster-ip-range=10.0.0.0/24",
    "--endpoint-reconciler-type=none",
    `--cert-dir=${folder}`,
  ];
}

function run(name: keyof typeof PROGRAMS, folder: string, flags: readonly string[]): ChildProcess {
  const child = spawn(PROGRAMS[name] ?? name, flags, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const log: Buffer[] = [];
  const keep = (chunk: Buffer) => {
    log.push(chunk);
    log.splice(0, Math.max(0, log.length - 200));
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  child.on("error", (thrown) => void log.push(Buffer.from(String(thrown))));
  Object.assign(child, { log });
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) =>
    child.once("exit", () => {
      resolve();
    }),
  );
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await gone;
  clearTimeout(timer);
}

async function ready(
  admin: Cluster["admin"],
  running: readonly ChildProcess[],
  folder: string,
): Promise<void> {
  const end = performance.now() + READY_MS;
  while (performance.now() < end) {
    const dead = running.find(({ exitCode }) => exitCode !== null);
    if (dead) throw new Error(`${dead.spawnfile} ended in ${folder}: ${logOf(dead)}`);
    const answer = await admin("GET", "/readyz").catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(100);
  }
  throw new Error(`the API server is not ready: ${running.map(logOf).join("\n")}`);
}

function logOf(child: ChildProcess): string {
  const { log } = child as unknown as { readonly log: readonly Buffer[] };
  return Buffer.concat(log).toString("utf8").slice(-4000);
}

function caller(url: string, ca: string): Cluster["call"] {
  return (token, method, path, body) =>
    new Promise<Answer>((resolve, reject) => {
      const text = body === undefined ? "" : JSON.stringify(body);
      const headers = {
        "content-length": Buffer.byteLength(text),
        authorization: `Bearer ${token}`,
        accept: "application/json",
        "content-type": "application/json",
      };
      const sent = request(`${url}${path}`, { method, ca, headers, timeout: 10_000 }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => void chunks.push(chunk));
        response.on("end", () => {
          const answered = Buffer.concat(chunks).toString("utf8");
          resolve({ status: response.statusCode ?? 0, body: parsed(answered) });
        });
      });
      sent.on("timeout", () => void sent.destroy(new Error("no answer in time")));
      sent.on("error", reject);
      sent.end(text);
    });
}

function parsed(text: string): Answer["body"] {
  try {
    return JSON.parse(text) as Answer["body"];
  } catch {
    return { text };
  }
}

/** Stands before the server, so that calls can be made to fail; pages get small when asked for. */
async function proxy(url: string, ca: string): Promise<Loopback & { small: () => void }> {
  let limit: string | undefined;
  const front = await serveLoopback(
    async (incoming) => {
      const { pathname, searchParams } = new URL(incoming.url);
      if (limit !== undefined && searchParams.has("limit")) searchParams.set("limit", limit);
      const query = searchParams.size > 0 ? `?${searchParams.toString()}` : "";
      return forward(`${url}${pathname}${query}`, ca, incoming);
    },
    await loopbackTls(),
  );
  return { ...front, small: () => void (limit = "1") };
}

async function forward(to: string, ca: string, incoming: Request): Promise<Response> {
  const body = await incoming.text();
  const headers = Object.fromEntries(
    [...incoming.headers].filter(
      ([name]) => !/^(host|connection|content-length|accept-encoding)$/.test(name),
    ),
  );
  return new Promise((resolve, reject) => {
    // Node sends the body of a DELETE without its length, and the server takes it for the next request.
    headers["content-length"] = String(Buffer.byteLength(body));
    const sent = request(to, { method: incoming.method, ca, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => void chunks.push(chunk));
      response.on("end", () => {
        const type = response.headers["content-type"] ?? "application/json";
        const after = response.headers["retry-after"];
        const init = {
          status: response.statusCode ?? 500,
          headers: { "content-type": type, ...(after !== undefined && { "retry-after": after }) },
        };
        resolve(new Response(Buffer.concat(chunks), init));
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function kubectl(
  folder: string,
  url: string,
  token: string,
  args: readonly string[],
): Promise<{ out: string; code: number }> {
  const flags = [`--server=${url}`, `--certificate-authority=${join(folder, "tls.crt")}`, `--token=${token}`];
  const env = { HOME: folder, KUBECONFIG: "/dev/null", PATH: process.env["PATH"] ?? "" };
  const child = spawn(PROGRAMS.kubectl ?? "kubectl", [...flags, ...args], { env, timeout: 20_000 });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => void chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => void chunks.push(chunk));
  const code = await new Promise<number>((resolve) => {
    child.once("close", (status) => {
      resolve(status ?? -1);
    });
  });
  return { out: Buffer.concat(chunks).toString("utf8").trim(), code };
}
