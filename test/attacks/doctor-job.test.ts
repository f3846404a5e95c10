// Does the doctor see whose token a job has, and whether targets should trust the job?
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examinedBy, FILES, type Said } from "../support/doctor.ts";
import { WELL } from "../support/settings.ts";
import { world, type World } from "../support/world.ts";

let w: World;
beforeAll(async () => {
  w = await world({ files: FILES });
  w.forge.configure(WELL);
});
afterAll(async () => {
  await w.stop();
});

/** Claims of a job of the applier's, as GitHub signs them for a repository that was made after July 2026. */
const CLAIMS = {
  iss: "https://token.actions.githubusercontent.com",
  aud: "lapse-doctor",
  sub: "repo:acme@7/access@4711:environment:lapse-apply",
  repository: "acme/access",
  repository_id: "4711",
  repository_owner_id: "7",
  environment: "lapse-apply",
  ref: "refs/heads/main",
  job_workflow_ref: "acme/access/.github/workflows/doctor.yml@refs/heads/main",
  runner_environment: "github-hosted",
};

/** The doctor as a job whose own token says this. */
async function inJob(change: object, as = "lapse-applier"): Promise<Said> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url ?? ""} ${request.headers.authorization ?? ""}`);
    const body = Buffer.from(JSON.stringify({ ...CLAIMS, ...change })).toString("base64url");
    response.end(JSON.stringify({ value: `e30.${body}.c2ln` }));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  const variables: Record<string, string> = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?v=1`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "r-token",
  };
  const { io } = await w.context();
  try {
    return await examinedBy(w, as, { io: { ...io, annotates: true }, secret: (name) => variables[name] });
  } finally {
    server.close();
    expect(asked).toEqual(["/token?v=1&audience=lapse-doctor Bearer r-token"]);
  }
}

describe("the applier's own job", () => {
  it("F11: a workflow that runs with a person's token fails; an App's does not", async () => {
    expect((await inJob({}, "grace")).errors).toEqual([
      "LPS943 this workflow runs with the token of grace, a person",
    ]);
    expect((await inJob({})).errors).toEqual([]);
  });

  it.each<readonly [string, object]>([
    ["as it is for new repositories", {}],
    ["as it was before", { sub: "repo:acme/access:environment:lapse-apply" }],
  ])("%s passes", async (_, change) => {
    expect((await inJob(change)).errors).toEqual([]);
  });

  it.each<readonly [string, object, string]>([
    [
      "F6: on a self-hosted runner fails",
      { runner_environment: "self-hosted" },
      "LPS936 the applier's job runs on a runner of kind",
    ],
    [
      "F6: on a runner of no known kind fails",
      { runner_environment: null },
      "LPS936 the applier's job runs on a runner of kind null",
    ],
    [
      "F2: of another branch fails",
      { ref: "refs/heads/evil" },
      'LPS937 the applier\'s token says ref = "refs/heads/evil"',
    ],
    [
      "F2: of a pull request fails",
      { sub: "repo:acme/access:pull_request" },
      "LPS937 the applier's token says sub =",
    ],
    [
      "F2: of a repository that took the name fails",
      { repository_id: "666" },
      "LPS937 the applier's token says repository_id =",
    ],
  ])("%s", async (_, change, message) => {
    const { code, errors } = await inJob(change);
    expect(errors.filter((one) => one.startsWith(message))).toHaveLength(1);
    expect(code).toBe(3);
  });

  it("that is not the applier's is told, and proves nothing", async () => {
    const { warnings } = await inJob({ environment: "docs" });
    expect(warnings.join("\n")).toContain("LPS937 this job does not run in the environment lapse-apply");
  });

  it("that the forge does not vouch for is told", async () => {
    const { io } = await w.context();
    const { warnings } = await examinedBy(w, "lapse-applier", { io: { ...io, annotates: true } });
    expect(warnings.join("\n")).toContain("LPS910 the job's own token could not be read");
  });
});
