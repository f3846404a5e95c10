// How does real git talk to the sandbox? (smart HTTP by `git http-backend`; who pushes is told by the token)
import { spawn } from "node:child_process";
import type { StatusCode } from "hono/utils/http-status";
import type { Call } from "./api.ts";
import { cleanEnv } from "./git.ts";
import type { Ran } from "./git.ts";
import { refMoved, ZERO } from "./refs.ts";
import type { Account } from "./state.ts";
import type { World } from "./world.ts";

const TIMEOUT = 60_000;

/** The account whose token is the password of HTTP basic authentication. */
function pusher(c: Call, world: World): Account | undefined {
  const [scheme = "", encoded = ""] = (c.req.header("authorization") ?? "").split(" ");
  if (scheme.toLowerCase() !== "basic") return undefined;
  const [, ...password] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  const token = password.join(":");
  return world.store.now().accounts.find((account) => !account.deleted && account.token === token);
}

function backend(world: World, c: Call, path: string, body: Buffer): Promise<Ran> {
  const env = cleanEnv({
    GIT_PROJECT_ROOT: world.git.dir,
    GIT_HTTP_EXPORT_ALL: "1",
    REQUEST_METHOD: c.req.method,
    PATH_INFO: path,
    QUERY_STRING: new URL(c.req.url).search.slice(1),
    CONTENT_TYPE: c.req.header("content-type") ?? "",
    CONTENT_LENGTH: String(body.length),
    HTTP_CONTENT_ENCODING: c.req.header("content-encoding") ?? "",
    GIT_PROTOCOL: c.req.header("git-protocol") ?? "",
    REMOTE_USER: c.var.user.login,
    REMOTE_ADDR: "127.0.0.1",
  });
  return new Promise((resolve, reject) => {
    const child = spawn("git", ["http-backend"], { env, timeout: TIMEOUT, killSignal: "SIGKILL" });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.stdin.on("error", () => undefined);
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code: code ?? -1, out: Buffer.concat(out), err: Buffer.concat(err).toString("utf8") });
    });
    child.stdin.end(body);
  });
}

/** A CGI answer as an HTTP one. */
function answer(c: Call, { out, err }: Ran): Response {
  const end = out.indexOf("\r\n\r\n");
  if (end < 0) throw new Error(`git http-backend gave no answer: ${err}`);
  let status: StatusCode = 200;
  for (const line of out.subarray(0, end).toString("utf8").split("\r\n")) {
    const [name = "", ...value] = line.split(": ");
    if (name.toLowerCase() === "status") status = Number.parseInt(value.join(": "), 10) as StatusCode;
    else c.header(name, value.join(": "));
  }
  c.status(status);
  return c.body(new Uint8Array(out.subarray(end + 4)));
}

/** Compares the branches with what was known, and records each one that moved. */
async function recordMoves(world: World, actor: Account): Promise<void> {
  const list = await world.git.run(["for-each-ref", "--format=%(refname) %(objectname)", "refs/heads"]);
  const now = new Map(
    list
      .split("\n")
      .filter((line) => line !== "")
      .map((line): [string, string] => [line.slice(0, line.lastIndexOf(" ")), line.slice(-40)]),
  );
  const { refs } = world.store.now();
  const names = new Set([...now.keys(), ...[...refs.keys()].filter((ref) => ref.startsWith("refs/heads/"))]);
  for (const ref of names) {
    const [before, after] = [refs.get(ref) ?? ZERO, now.get(ref) ?? ZERO];
    if (before !== after) await refMoved(world, { actor: actor.id, ref, before, after, at: world.clock() });
  }
}

/** Serves fetches and pushes of the one repository. */
export async function gitHttp(c: Call, world: World): Promise<Response> {
  const root = `/${world.owner}/${world.name}.git/`;
  if (!c.req.path.startsWith(root)) return c.text("Not Found", 404);
  const account = pusher(c, world);
  if (!account) return c.text("Authentication required", 401, { "www-authenticate": 'Basic realm="GitHub"' });
  c.set("user", account);
  const path = c.req.path.slice(root.length - 1);
  const writes = path === "/git-receive-pack" || c.req.query("service") === "git-receive-pack";
  if (account.permission === "none") return c.text("Repository not found.", 404);
  if (writes && account.permission === "read") return c.text("Write access to repository not granted.", 403);
  const body = Buffer.from(await c.req.arrayBuffer());
  if (path !== "/git-receive-pack") return answer(c, await backend(world, c, path, body));
  return await world.exclusive(async () => {
    const ran = await backend(world, c, path, body);
    await recordMoves(world, account);
    return answer(c, ran);
  });
}
