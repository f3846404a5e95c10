// Is every call to Azure bounded, is the applier signed in afresh, and does the doctor see what is wrong with it?
import { describe, expect, test } from "vitest";
import { Problem } from "../../src/core/problem.ts";
import { cloudOf } from "../../src/providers/azure/clouds.ts";
import { ADMIN, can, OWNER, READER, row, SCOPE, SUB_SCOPE } from "../../src/providers/azure/fake-azure.ts";
import { ANN, BOB, OTHERS } from "../../src/providers/azure/fake-site.ts";
import { provider } from "../../src/providers/azure/index.ts";
import { desk, failure, WINDOW } from "../support/azure.ts";

const at = desk(provider);

// ---- the wire ------------------------------------------------------------------------------------------------

describe("every call", () => {
  test.each(["before", "after"] as const)("is bounded when Azure hangs %s its effect", async (effect) => {
    const assignment = await at.session.resolve(at.claim());
    const short = await at.here.connect(provider, {}, 300);
    await short.observe([assignment]);
    at.here.arm.fault({ on: /^(PUT|GET)/, do: { is: "hang", effect }, times: Infinity });
    const begun = performance.now();
    expect(await failure(short.observe([assignment]))).toMatchObject({ class: "transient", retryable: true });
    expect(await failure(short.verify(assignment))).toMatchObject({ class: "transient" });
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  test("is bounded when the sign-in hangs", async () => {
    const assignment = await at.session.resolve(at.claim());
    at.here.entra.fault({ on: /oidc|token|openid/, do: { is: "hang", effect: "before" }, times: Infinity });
    const short = await at.here.connect(provider, {}, 300);
    const begun = performance.now();
    expect(await failure(short.observe([assignment]))).toMatchObject({ class: "transient" });
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  test("waits as long as Azure says when there is time, and gives up at once when there is not", async () => {
    const assignment = await at.session.resolve(at.claim());
    const throttle = (headers: Record<string, string>, times: number) => {
      at.here.arm.fault({ on: /^PUT/, do: { is: "status", status: 429, headers }, times });
    };
    throttle({ "retry-after": "0" }, 1);
    throttle({}, 1);
    await at.session.grant(assignment, WINDOW);
    await at.session.revoke(assignment);
    throttle({ "retry-after": "3600" }, 1);
    const begun = performance.now();
    expect(await failure(at.session.grant(assignment, WINDOW))).toMatchObject({
      class: "throttled",
      retryable: true,
    });
    expect(performance.now() - begun).toBeLessThan(1_500);
    throttle({}, 100);
    expect(await failure(at.session.grant(assignment, WINDOW))).toMatchObject({ class: "throttled" });
    expect(can(at.here.state, ANN)).toBe(false);
  });

  test("brings no token and no vendor text into an error", async () => {
    at.here.state.mayWrite = false;
    const assignment = await at.session.resolve(at.claim());
    const error = await failure(at.session.grant(assignment, WINDOW));
    expect(error.message).not.toContain("what Azure says");
    expect(JSON.stringify([error, error.cause, Object.values(error.cause as object)])).not.toMatch(
      /bearer|e30\./i,
    );
  });

  test("reads all pages of a list whose pages are smaller than asked for", async () => {
    await at.granted();
    await at.granted({ identity: BOB });
    expect((await at.session.list()).items).toHaveLength(2);
    expect(at.here.arm.calls.some((call) => call.includes("skiptoken"))).toBe(true);
  });

  test("goes to a path with one slash in front of the scope", async () => {
    await at.granted();
    expect(at.here.arm.calls.filter((call) => call.includes(" //"))).toEqual([]);
  });
});

// ---- the applier ---------------------------------------------------------------------------------------------

describe("signing in", () => {
  // https://github.com/Azure/login/issues/180
  test("asks GitHub for a fresh assertion each time, since one is good for five minutes only", async () => {
    for (let run = 0; run < 3; run += 1) {
      const before = at.here.vouched();
      await (await at.here.connect(provider)).list();
      expect(at.here.vouched()).toBeGreaterThan(before);
    }
  });

  test("says what to do when the job may not ask for one, and when the CA is not set", async () => {
    for (const missing of ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "LAPSE_CA"]) {
      const secret = (name: string) => (name === missing ? undefined : at.here.secret(name));
      const options = { owner: "lapse", secret, timeout: 1_000 };
      const thrown: unknown = await provider
        .connect(at.here.connection, options)
        .catch((reason: unknown) => reason);
      expect(thrown).toBeInstanceOf(Problem);
      expect(thrown).toMatchObject({
        kind: "misconfigured",
        message: expect.stringContaining(missing) as string,
      });
    }
  });

  test.each([
    ["clientId", "AADSTS700016", "forbidden"],
    ["tenant", "CredentialUnavailableError", "transient"],
  ])("tells an unknown %s", async (name, vendorCode, cls) => {
    const lost = await at.here.connect(provider, { [name]: OTHERS });
    expect(await failure(lost.verify(await at.session.resolve(at.claim())))).toMatchObject({
      vendorCode,
      class: cls,
    });
  });

  test("tells a GitHub that does not vouch from one that is down", async () => {
    const assignment = await at.session.resolve(at.claim());
    for (const [status, cls] of [
      [403, "forbidden"],
      [503, "transient"],
    ] as const) {
      at.here.entra.fault({ on: /oidc/, do: { is: "status", status }, times: Infinity });
      const fresh = await at.here.connect(provider);
      expect((await failure(fresh.verify(assignment))).class).toBe(cls);
      at.here.entra.heal();
    }
  });
});

// The word that GitHub gives for this job opens the real Entra, and tokens open what they were made for.
describe("where Azure is", () => {
  const RULES = (provider.schemas.connection as { properties: Record<string, { pattern: string }> })
    .properties;
  const US = {
    authority: "https://login.microsoftonline.us",
    endpoint: "https://management.usgovcloudapi.net",
    graph: "https://graph.microsoft.us",
  };
  const elsewhere = [
    "https://login.microsoftonline.com.evil.example",
    "https://evil.example",
    "https://login.microsoftonline.com:444",
    "https://loginXmicrosoftonline.com",
    "http://127.0.0.1:8443",
    "https://127.0.0.1.evil.example:443",
    "https://localhost:8443",
  ];

  test.each(["authority", "endpoint", "graph"] as const)("is no free choice of %s", async (name) => {
    const { pattern = "" } = RULES[name] ?? {};
    for (const address of ["https://127.0.0.1:8443", US[name]]) expect(address).toMatch(new RegExp(pattern));
    for (const address of elsewhere) {
      expect(address).not.toMatch(new RegExp(pattern));
      await expect(at.here.connect(provider, { [name]: address })).rejects.toMatchObject({
        kind: "misconfigured",
      });
    }
    expect(at.here.vouched()).toBe(0);
  });

  test("is one cloud: nothing of a rehearsal goes to Microsoft, nor the other way round", async () => {
    for (const name of ["authority", "endpoint", "graph"] as const)
      for (const address of ["", US[name]])
        await expect(at.here.connect(provider, { [name]: address })).rejects.toMatchObject({
          kind: "misconfigured",
        });
    await expect(at.here.connect(provider, { ...US, endpoint: "" })).rejects.toThrow("authority");
    for (const cloud of [US, { authority: "", endpoint: "", graph: "" }])
      expect(await at.here.connect(provider, cloud)).toBeDefined();
  });

  test("is told to GitHub, so that the word for a rehearsal opens nothing else", async () => {
    await (await at.here.connect(provider)).list();
    const asked = at.here.entra.calls.filter((call) => call.includes("/oidc"));
    expect(asked).not.toHaveLength(0);
    expect(asked.filter((call) => call.includes("AzureADTokenExchange"))).toEqual([]);
    expect(cloudOf({}).audience).toBe("api://AzureADTokenExchange");
  });
});

describe("the doctor", () => {
  const codes = async () => (await at.session.doctor()).map(({ code, severity }) => `${code} ${severity}`);
  const applier = (change: { role?: string; condition?: string | undefined }) => {
    const [mine] = at.here.state.rows;
    if (mine) Object.assign(mine, change);
  };

  test("finds nothing wrong with an applier that is set up as it should be", async () => {
    expect(await codes()).toEqual([]);
  });

  test("finds an applier that cannot do what it must", async () => {
    applier({ role: READER });
    at.here.state.mayReadUsers = false;
    expect(await codes()).toEqual(["LPS430 error", "LPS430 error", "LPS430 error"]);
  });

  test("finds an applier that can give any role to anybody, or change resources", async () => {
    applier({ condition: undefined });
    expect(await codes()).toEqual(["LPS431 error"]);
    applier({ role: OWNER });
    expect(await codes()).toEqual(["LPS431 error", "LPS431 warning"]);
  });

  test("finds a pretender: our mark under a name that is not ours, at any scope", async () => {
    const assignment = await at.granted();
    const description = at.here.state.rows.at(-1)?.description;
    const scopes = [SCOPE, SUB_SCOPE];
    at.here.state.rows.push(
      ...scopes.map((scope) => row({ principal: BOB, description, scope, createdBy: ADMIN })),
    );
    expect(await codes()).toEqual(["LPS435 error", "LPS435 error"]);
    expect((await at.session.list()).items).toHaveLength(1);
    await at.session.revoke(assignment);
    expect(can(at.here.state, BOB)).toBe(true);
  });
});
