// How does the applier sign in to GitHub, and what may people write for it?
import { generateKeyPairSync } from "node:crypto";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Problem } from "../../src/core/problem.ts";
import { TOKEN, type FakeServer } from "../../src/providers/github/fake-desk.ts";
import { provider } from "../../src/providers/github/index.ts";
import { judgeRights } from "../../src/providers/github/rights.ts";
import { ANN, classOf, site, WINDOW, type Site } from "../support/github.ts";

let here: Site;
let server: FakeServer;
beforeEach(async () => {
  here = await site("github");
  server = here.server;
});
afterEach(() => server.stop());

describe("signing in", () => {
  const key = () =>
    generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    }).privateKey;
  const app = { appIdEnv: "APP_ID", privateKeyEnv: "APP_KEY", installation: 4711 };
  const open = (more: object, secrets: Record<string, string> = {}) =>
    provider.connect(
      { organisation: "acme", api: server.url, ...more },
      { owner: "lapse", secret: (name) => secrets[name], timeout: 5_000 },
    );

  test("works as an App, whose permissions doctor reads", async () => {
    const session = await open(app, { APP_ID: "1", APP_KEY: key() });
    const assignment = await session.resolve(here.claim());
    await session.grant(assignment, WINDOW);
    expect(server.hub.teams.get(7001)?.members.has(ANN)).toBe(true);
    expect(await session.doctor()).toEqual([]);
    server.settings.permissions = { members: "read", contents: "write" };
    const next = await open(app, { APP_ID: "1", APP_KEY: key() });
    expect((await next.doctor()).map(({ code }) => code)).toEqual(["LPS430", "LPS431"]);
  });

  test.each([
    [{ tokenEnv: "NOT_SET" }, "NOT_SET"],
    [{}, "sign in"],
    [{ ...app, tokenEnv: "T" }, "sign in"],
    [{ appIdEnv: "APP_ID" }, "sign in"],
  ])("says what is missing of %j", async (connection, word) => {
    const thrown: unknown = await open(connection).catch((reason: unknown) => reason);
    expect(thrown).toBeInstanceOf(Problem);
    expect(thrown).toMatchObject({ kind: "misconfigured", message: expect.stringContaining(word) as string });
  });

  test("with a token that is not accepted is forbidden", async () => {
    expect(await classOf(open({ tokenEnv: "T" }, { T: "wrong" }))).toBe("forbidden");
  });
});

test("an App that lends collaborators has to see who is in the organisation, too", () => {
  const need = { permissions: ["administration"], reads: ["members"], scopes: [] };
  const judged = (permissions: Record<string, string>) =>
    judgeRights({ permissions }, need).map(({ code }) => code);
  expect(judged({ administration: "write", members: "read", metadata: "read" })).toEqual([]);
  expect(judged({ administration: "write" })).toEqual(["LPS430"]);
  expect(judged({ administration: "admin", members: "write" })).toEqual(["LPS431"]);
});

describe("what people write", () => {
  const ajv = new Ajv2020({ strict: true });
  const valid = ajv.compile(provider.schemas.connection);

  test("needs no more than before", () => {
    expect(valid({ organisation: "acme", tokenEnv: "ACME_ORG_TOKEN" })).toBe(true);
  });

  test.each([
    ["ann", true],
    ["ann#1001", true],
    ["ann_acme", true],
    ["ann#", false],
    ["ann#01", false],
    ["-ann", false],
    ["ann/../bob", false],
    ["dependabot[bot]", false],
  ])("knows %s as a login: %s", (identity, ok) => {
    expect(provider.lint({ identity, role: {}, scope: {} }) === undefined).toBe(ok);
  });
});

describe("a target says only where GitHub is, and the job where its own server is, so", () => {
  const valid = new Ajv2020({ strict: true }).compile(provider.schemas.connection);
  const open = (more: object, address?: string) =>
    provider.connect(
      { organisation: "acme", tokenEnv: "T", ...more },
      { owner: "lapse", secret: (name) => ({ T: TOKEN, API: address })[name], timeout: 5_000 },
    );
  const problem = async (more: object, address?: string) => {
    const thrown: unknown = await open(more, address).catch((reason: unknown) => reason);
    expect(thrown).toBeInstanceOf(Problem);
    return (thrown as Problem).message;
  };

  // https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency
  test.each(["https://api.github.com", "https://api.acme.ghe.com", "http://127.0.0.1:8080"])(
    "a target may name %s",
    (api) => {
      expect(valid({ organisation: "acme", tokenEnv: "T", api })).toBe(true);
    },
  );

  test.each([
    ...["https://github.example.com/api/v3", "https://evil.example", "https://api.github.com.evil.example"],
    ...[
      "https://evil.example/api.github.com",
      "https://api.evil.example/.ghe.com",
      "https://api.x.y.ghe.com",
    ],
    ...["https://api.acme.ghe.com@evil.example", "https://api.acme.ghe.com:8443", "http://api.acme.ghe.com"],
    ...["http://127.0.0.1:80@evil.example", "http://127.0.0.1.evil.example:80", "http://169.254.169.254:80"],
    ...["https://apixacme.ghe.com", "https://api.github.com\n", "https://api.acme.ghe.com/?x="],
  ])("the token never goes to %j, whatever has let it through", async (api) => {
    expect(valid({ organisation: "acme", tokenEnv: "T", api })).toBe(false);
    expect(await problem({ api })).toContain("not GitHub's own");
  });

  test("a variable of the job names a GitHub Enterprise Server", async () => {
    expect(valid({ organisation: "acme", tokenEnv: "T", apiEnv: "GITHUB_API_URL" })).toBe(true);
    const session = await open({ apiEnv: "API" }, `${server.url}/`);
    expect((await session.resolve(here.claim())).principal).toMatchObject({ id: ANN });
    await session.close();
  });

  test.each([
    [undefined, "API is not set"],
    ["  ", "API is not set"],
    ["github.example.com", "https address"],
    ["http://github.example.com/api/v3", "https address"],
    ["https://t@github.example.com", "https address"],
    ["https://github.example.com/?to=x", "https address"],
  ])("a variable that holds %j is refused, without repeating it", async (address, words) => {
    const said = await problem({ apiEnv: "API" }, address);
    expect(said).toContain(words);
    expect(said).not.toContain("github.example.com");
  });

  test("two places are one too many", async () => {
    expect(await problem({ apiEnv: "API", api: "https://api.github.com" }, server.url)).toContain("twice");
  });
});
