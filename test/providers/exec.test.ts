// Does Lapse stay right when an exec plugin, or whoever can reach its file, does not?
import { readFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import type { Instant, JsonObject } from "../../src/core/model.ts";
import { Problem } from "../../src/core/problem.ts";
import { exchange, pluginOf } from "../../src/providers/exec/call.ts";
import { provider } from "../../src/providers/exec/index.ts";
import { pinnedBytes, sha256, withCopy } from "../../src/providers/exec/pinned.ts";
import { runOnce } from "../../src/providers/exec/run.ts";
import { isAlive } from "../support/alive.ts";
import { claim, edge, execSite, NOW, SECRET, thrown, window } from "../support/exec.ts";

const site = execSite();
afterAll(site.stop);

// ---- unknown is not "not done" -------------------------------------------------------------------------------

describe("a revocation is unknown, and is tried again, when the plugin", () => {
  const DONE = `appendFileSync(config.log, "done\\n");`;
  test.each([
    [
      "exits with 1 behind the effect",
      `${DONE} each({ state: "absent", receipt: {} }); process.exitCode = 1;`,
      "exit-1",
    ],
    [
      "is killed",
      `${DONE} process.kill(process.pid, "SIGSEGV"); await new Promise(() => setInterval(() => 0, 1e6));`,
      "signal-SIGSEGV",
    ],
    [
      "breaks off in the middle",
      `${DONE} process.stdout.write('{"apiVersion":"lapse.dev/provider/v1","resul');`,
      "no-json",
    ],
    ["says nothing", DONE, "no-json"],
    ["answers two documents", `${DONE} each({ state: "absent", receipt: {} }); say({});`, "no-json"],
    ["says 9 MiB", `${DONE} say({ noise: "x".repeat(9 * 2 ** 20) });`, "too-long"],
    [
      "answers another question",
      `${DONE} say({ requestId: "of-yesterday", results: [{ id: "1", state: "absent", receipt: {} }] });`,
      "other-request",
    ],
    [
      "speaks another version",
      `${DONE} say({ apiVersion: "lapse.dev/provider/v2", results: [{ id: "1", state: "absent", receipt: {} }] });`,
      "other-version",
    ],
    ["leaves the result out", `${DONE} say({ results: [] });`, "bad-answer"],
    [
      "answers twice",
      `${DONE} say({ results: [{ id: "1", state: "absent", receipt: {} }, { id: "1", state: "sent", receipt: {} }] });`,
      "bad-answer",
    ],
    ["says a state that there is not", `${DONE} each({ state: "gone", receipt: {} });`, "bad-answer"],
    ["gives no receipt", `${DONE} each({ state: "absent" });`, "bad-answer"],
  ])("%s", async (_, body, vendorCode) => {
    const connection = site.plugin(body);
    const session = await site.open(connection);
    expect(await thrown(session.revoke(edge(connection)))).toMatchObject({
      class: "transient",
      retryable: true,
      vendorCode,
    });
    expect(readFileSync(connection.config.log, "utf8")).toBe("done\n");
  });

  test("says that it is gone while a second process still sees it", async () => {
    const connection = site.plugin(`each({ state: op === "revoke" ? "absent" : "ours", receipt: {} });`);
    const session = await site.open(connection);
    expect(await thrown(session.revoke(edge(connection)))).toMatchObject({
      vendorCode: "not-gone",
      retryable: true,
    });
  });

  test("hangs: it and what it started are killed at the bound", async () => {
    const connection = site.plugin(
      `const child = spawn("sleep", ["60"]); writeFileSync(config.log, process.pid + " " + child.pid); await new Promise(() => setInterval(() => 0, 1e6));`,
    );
    const session = await site.open(connection);
    const bounded = await site.open(connection, 1_500);
    const started = performance.now();
    expect(await thrown(bounded.revoke(edge(connection)))).toMatchObject({
      vendorCode: "timeout",
      class: "transient",
    });
    expect(performance.now() - started).toBeLessThan(4_000);
    const pids = readFileSync(connection.config.log, "utf8").split(" ").map(Number);
    expect(pids).toHaveLength(2);
    for (let i = 0; i < 50 && pids.some(isAlive); i += 1) await sleep(20);
    expect(pids.filter(isAlive)).toEqual([]);
    await session.close();
  });

  test("ignores its stdin and is asked more than a pipe holds", async () => {
    const program = site.write("#!/bin/sh\nexit 0\n");
    const input = "x".repeat(4 * 2 ** 20);
    execFileSync("chmod", ["+x", program]);
    const env = { PATH: "/usr/bin:/bin" };
    expect(await runOnce({ program, args: [], cwd: site.folder, env, input, timeout: 5_000 })).toEqual({
      out: "",
      log: "",
    });
  });
});

test("a child that keeps stdout open does not keep Lapse waiting, and ends with the plugin", async () => {
  const connection = site.plugin(
    `if (op === "list") { const child = spawn("sleep", ["60"], { stdio: "inherit" }); writeFileSync(config.log, String(child.pid)); child.unref(); say({ items: [], complete: true }); }`,
  );
  const session = await site.open(connection, 20_000);
  const started = performance.now();
  expect(await session.list()).toEqual({ items: [], complete: true });
  expect(performance.now() - started).toBeLessThan(10_000);
  const pid = Number(readFileSync(connection.config.log, "utf8"));
  for (let i = 0; i < 50 && isAlive(pid); i += 1) await sleep(20);
  expect(isAlive(pid)).toBe(false);
});

test("a child that left the process group with our pipe does not keep Lapse waiting either", async () => {
  const connection = site.plugin(
    `const child = spawn("sleep", ["3"], { stdio: "inherit", detached: true }); child.unref(); say({ items: [], complete: true });`,
  );
  const session = await site.open(connection, 20_000);
  const started = performance.now();
  expect(await session.list()).toEqual({ items: [], complete: true });
  expect(performance.now() - started).toBeLessThan(2_900);
});

// ---- errors ---------------------------------------------------------------------------------------------------

describe("what a plugin says about errors", () => {
  test.each([
    [
      { class: "too-soon", code: "ActiveTooShort" },
      { class: "too-soon", vendorCode: "ActiveTooShort", retryable: true },
    ],
    [
      { class: "forbidden", code: "\u001b[2J" },
      { class: "forbidden", vendorCode: "none", retryable: false },
    ],
    [{ class: "gone" }, { class: "transient", vendorCode: "none", retryable: true }],
    [{ class: "constructor" }, { class: "transient" }],
    [{}, { class: "transient" }],
  ])("%j keeps its class, and what is unknown is tried again", async (error, expected) => {
    const connection = site.plugin(`each({ error: ${JSON.stringify(error)} });`);
    const session = await site.open(connection);
    expect(await thrown(session.verify(edge(connection)))).toMatchObject(expected);
  });

  test("is kept out of the message, except for the time to wait", async () => {
    const error = { class: "throttled", message: `no, ${SECRET}`, retryAfter: 29.5 };
    const connection = site.plugin(`each({ error: ${JSON.stringify(error)} });`);
    const { message } = await thrown((await site.open(connection)).verify(edge(connection)));
    expect(message).toBe("the target asks to slow down; it says: in 30 s");
  });

  test("holds for the whole answer where it stands at its top", async () => {
    const connection = site.plugin(`say({ error: { class: "target-missing" }, items: [], complete: true });`);
    expect(await thrown((await site.open(connection)).list())).toMatchObject({ class: "target-missing" });
  });

  test("on stderr stays in the cause, without the values of its variables", async () => {
    const connection = site.plugin(
      `console.error("token is " + process.env.TOKEN + " and more"); process.exit(7);`,
    );
    const error = await thrown((await site.open(connection)).revoke(edge(connection)));
    expect(error.message).toBe("the plugin did not answer `revoke`: exit-7");
    expect((error.cause as Error).message).toBe("stderr: token is *** and more\n");
  });

  test("on stderr is bounded", async () => {
    const connection = site.plugin(`process.stderr.write("x".repeat(2 ** 20)); process.exitCode = 1;`);
    const error = await thrown((await site.open(connection)).revoke(edge(connection)));
    expect((error.cause as Error).message.length).toBeLessThan(9_000);
  });

  test("about one assignment makes an observation of many unknown as a whole", async () => {
    const connection = site.plugin(
      `say({ results: asked.map(({ id }) => (id === "2" ? { id, error: {} } : { id, state: "absent" })) });`,
    );
    const session = await site.open(connection);
    expect(await session.observe([edge(connection)])).toEqual([{ state: "absent" }]);
    await thrown(session.observe([edge(connection), edge(connection, 2)]));
  });
});

// ---- how it is started ----------------------------------------------------------------------------------------

describe("the program", () => {
  const fixable = async (connection: JsonObject): Promise<Problem> => {
    const error: unknown = await site.open(connection).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ kind: "misconfigured" });
    return error as Problem;
  };

  test("is not run when it is not the reviewed one, and the message says what it is", async () => {
    const connection = site.plugin(`writeFileSync(config.log, "ran");`);
    const other = `${readFileSync(connection.program, "utf8")}\n// later`;
    writeFileSync(connection.program, other);
    expect((await fixable(connection)).message).toContain(sha256(Buffer.from(other)));
  });

  test("is looked at before every start, not only before the first", async () => {
    const connection = site.plugin(`writeFileSync(config.log, "ran");`);
    const session = await site.open(connection);
    writeFileSync(connection.program, "#!/bin/sh\ntouch swapped\n");
    const error = await thrown(session.revoke(edge(connection)));
    expect(error).toMatchObject({ class: "forbidden", vendorCode: "program" });
    expect(existsSync(connection.config.log)).toBe(false);
  });

  test("that is started is the one that was hashed, also if it is swapped in between", async () => {
    const program = site.write("#!/bin/sh\necho reviewed\n");
    const bytes = await pinnedBytes(program, sha256(readFileSync(program)));
    writeFileSync(program, "#!/bin/sh\necho swapped\n");
    const env = { PATH: "/usr/bin:/bin" };
    const ran = await withCopy(program, bytes, ({ program: copy, cwd }) =>
      runOnce({ program: copy, args: [], cwd, env, input: "", timeout: 5_000 }),
    );
    expect(ran).toEqual({ out: "reviewed\n", log: "" });
  });

  test("is a regular file: no link, no folder, no pipe that blocks, not nothing", async () => {
    const connection = site.plugin("");
    const [link, folder, pipe] = [
      join(site.folder, "link"),
      join(site.folder, "folder"),
      join(site.folder, "pipe"),
    ];
    symlinkSync(connection.program, link);
    mkdirSync(folder);
    execFileSync("sh", ["-c", `mkfifo "$1"`, "sh", pipe]);
    for (const program of [link, folder, pipe, join(site.folder, "nothing")])
      expect((await fixable({ ...connection, program })).message).toContain(program);
  });

  test("gets the named variables and no others, an empty folder that goes away, and its arguments without a shell", async () => {
    const args = ["$(touch owned)", "; touch owned", "--flag=a b", ""];
    const connection = site.plugin(
      `writeFileSync(config.log, JSON.stringify([Object.keys(process.env).sort(), process.cwd(), process.env.HOME, readdirSync("."), process.argv.slice(2)])); writeFileSync("left", ""); say({ removed: [] });`,
      { args },
    );
    await (await site.open(connection)).cleanup();
    const [names, cwd, home, there, given] = JSON.parse(
      readFileSync(connection.config.log, "utf8"),
    ) as unknown[];
    expect(names).toEqual(["HOME", "LC_ALL", "PATH", "TMPDIR", "TOKEN"]);
    expect([home, there, given]).toEqual([cwd, [], args]);
    expect(existsSync(String(cwd))).toBe(false);
  });

  test("is told what it may do: reads never write", async () => {
    const connection = site.plugin(
      `appendFileSync(config.log, op + " " + request.dryRun + "\\n"); say({ results: asked.map(({ id }) => ({ id, ...{ key: "k", principal: { id: 1 }, role: {}, scope: {} }, ...{ allowed: false, via: [], standing: false }, state: op === "grant" ? "ours" : "absent", receipt: {} })), items: [], removed: [], findings: [] });`,
    );
    const session = await site.open(connection);
    const one = await session.resolve(claim(connection));
    await session.observe([one]);
    await session.list();
    await session.verify(one);
    await session.doctor();
    await session.grant(one, window);
    await session.revoke(one);
    await session.cleanup();
    const said = readFileSync(connection.config.log, "utf8").trim().split("\n");
    const reads = ["resolve", "observe", "list", "verify", "doctor"].map((op) => `${op} true`);
    expect(said).toEqual([...reads, "grant false", "revoke false", "observe true", "cleanup false"]);
  });

  test("is started once for many assignments, in batches, and the answers keep their order", async () => {
    const connection = site.plugin(
      `appendFileSync(config.log, asked.length + "\\n"); say({ results: asked.map(({ id, principal }) => ({ id, state: "ours", receipt: principal })).reverse() });`,
    );
    const many = Array.from({ length: 450 }, (_, i) => edge(connection, i));
    const seen = await (await site.open(connection)).observe(many);
    expect(seen).toEqual(many.map(({ principal }) => ({ state: "ours", receipt: principal })));
    expect(readFileSync(connection.config.log, "utf8")).toBe("200\n200\n50\n");
  });

  test("is not started for a window that is over", async () => {
    const connection = site.plugin(`writeFileSync(config.log, "ran");`);
    const session = await site.open(connection);
    for (const end of [NOW, NaN as Instant])
      expect(await thrown(session.grant(edge(connection), { now: NOW, end }))).toMatchObject({
        class: "malformed",
      });
    expect(existsSync(connection.config.log)).toBe(false);
  });

  test("is not started without a variable that it needs", async () => {
    expect((await fixable(site.plugin("", { env: ["NOBODY_SET_ME"] }))).message).toContain("NOBODY_SET_ME");
  });

  test("says what it is before anything is asked of it", async () => {
    const text = `#!/bin/sh\necho '{"apiVersion":"lapse.dev/provider/v2","plugin":{}}'\n`;
    const connection = { program: site.write(text), sha256: sha256(Buffer.from(text)) };
    expect(await thrown(site.open(connection))).toMatchObject({ vendorCode: "other-version" });
  });

  test("that cannot be started is unknown", async () => {
    const text = "#!/no/such/interpreter\n";
    const connection = { program: site.write(text), sha256: sha256(Buffer.from(text)) };
    expect(await thrown(site.open(connection))).toMatchObject({
      vendorCode: "not-started",
      class: "transient",
    });
    const plugin = pluginOf(connection, { owner: "lapse", secret: () => undefined, timeout: 1_000 });
    expect(await exchange(plugin, {})).toMatchObject({ trouble: "not-started" });
  });
});

// ---- offline ----------------------------------------------------------------------------------------------------

test("names that cannot be passed on are refused offline, and the target's file says how to connect", () => {
  const role = { with: {} };
  expect(provider.lint({ identity: "ünï 名前", role, scope: {} })).toBeUndefined();
  for (const identity of ["", "a\nb", "x".repeat(257)])
    expect(provider.lint({ identity, role, scope: {} })).toContain("no name");
  expect(provider.howToConnect(claim({ howToConnect: "ssh bastion" }))).toBe("ssh bastion");
  expect(provider.howToConnect(claim({}))).toContain("whoever runs doors");
});
