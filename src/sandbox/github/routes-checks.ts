// Check runs on a commit.
import { bodyOf, need, numberParam, page, refuse, REPO, textField } from "./api.ts";
import type { Call, Routes } from "./api.ts";
import { pageUrl, repositoryUrl } from "./json-pull.ts";
import { appJson } from "./json-user.ts";
import type { CheckRecord, State } from "./state.ts";
import { iso } from "./world.ts";
import type { World } from "./world.ts";

function checkJson(world: World, state: State, check: CheckRecord) {
  const url = `${repositoryUrl(world)}/check-runs/${check.id}`;
  const page = pageUrl(world, `runs/${check.id}`);
  return {
    id: check.id,
    name: check.name,
    node_id: `CR_${check.id}`,
    head_sha: check.sha,
    external_id: check.externalId,
    url,
    html_url: page,
    details_url: page,
    status: check.status,
    conclusion: check.conclusion,
    started_at: iso(check.at),
    completed_at: check.conclusion === null ? null : iso(check.at),
    output: {
      title: check.title,
      summary: check.summary,
      text: null,
      annotations_count: 0,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: check.id },
    app: appJson(world, state, check.app),
    pull_requests: [],
  };
}

/** What an App said about a commit. Without a conclusion it is not over. */
function checkFrom(body: Readonly<Record<string, unknown>>): Omit<CheckRecord, "id" | "at" | "app"> {
  const said = Object(body["output"]) as Readonly<Record<string, unknown>>;
  const field = (name: string, of = body) => textField(of, name) ?? null;
  const conclusion = field("conclusion");
  return {
    sha: field("head_sha") ?? "",
    name: field("name") ?? refuse(422, "Validation Failed"),
    externalId: field("external_id"),
    status: conclusion === null ? (field("status") ?? "queued") : "completed",
    conclusion,
    title: field("title", said),
    summary: field("summary", said),
  };
}

async function create(c: Call, world: World): Promise<CheckRecord> {
  if (c.var.user.type !== "Bot") refuse(403, "You must authenticate via a GitHub App.");
  need(c, "write");
  const said = checkFrom(await bodyOf(c));
  const known = await world.git.attempt(["cat-file", "-e", `${said.sha}^{commit}`]);
  if (known.code !== 0) refuse(422, `No commit found for SHA: ${said.sha}`);
  const check = { ...said, id: world.store.id(), at: world.clock(), app: c.var.user.id };
  world.store.write(({ checks }) => ({ checks: [...checks, check] }));
  return check;
}

export const checkRoutes: Routes = (api, world) => {
  api.post(`${REPO}/check-runs`, async (c) => {
    const check = await create(c, world);
    return c.json(checkJson(world, world.store.now(), check), 201);
  });
  api.get(`${REPO}/check-runs/:check`, (c) => {
    need(c, "read");
    const id = numberParam(c, "check");
    const check = c.var.state.checks.find((each) => each.id === id) ?? refuse(404, "Not Found");
    return c.json(checkJson(world, c.var.state, check));
  });
  api.get(`${REPO}/commits/:ref/check-runs`, (c) => {
    need(c, "read");
    const ref = c.req.param("ref");
    const sha = c.var.state.refs.get(`refs/heads/${ref}`) ?? ref;
    const found = c.var.state.checks.filter((check) => check.sha === sha).toReversed();
    const check_runs = page(c, world, found).map((check) => checkJson(world, c.var.state, check));
    return c.json({ total_count: found.length, check_runs });
  });
};
