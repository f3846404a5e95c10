// Issues that are no pull requests: opened, listed together with pull requests, shown.
import { bodyOf, need, numberParam, page, refuse, REPO, textField } from "./api.ts";
import type { Call, Routes } from "./api.ts";
import { pageUrl, repositoryUrl } from "./json-pull.ts";
import { appJson, userJson } from "./json-user.ts";
import type { IssueRecord, PullRecord, State } from "./state.ts";
import { iso, nextNumber } from "./world.ts";
import type { World } from "./world.ts";

const time = (at: number | null) => (at === null ? null : iso(at));

/** What an issue and a pull request look like in a list of issues. */
function listedJson(world: World, state: State, one: IssueRecord | PullRecord) {
  const isPull = "head" in one;
  const at = `${repositoryUrl(world)}/issues/${one.number}`;
  const shown = pageUrl(world, `${isPull ? "pull" : "issues"}/${one.number}`);
  return {
    id: one.id,
    node_id: `I_${one.id}`,
    url: at,
    repository_url: repositoryUrl(world),
    labels_url: `${at}/labels{/name}`,
    comments_url: `${at}/comments`,
    events_url: `${at}/events`,
    html_url: shown,
    number: one.number,
    state: one.state,
    title: one.title,
    body: one.body,
    user: userJson(world, state, one.author),
    labels: isPull ? [] : one.labels,
    assignee: null,
    assignees: [],
    milestone: null,
    locked: false,
    comments: state.comments.filter((comment) => comment.pull === one.number).length,
    created_at: iso(one.createdAt),
    updated_at: iso(one.updatedAt),
    closed_at: time(one.closedAt),
    author_association: "COLLABORATOR",
    performed_via_github_app: appJson(world, state, one.author),
    ...(isPull && {
      pull_request: {
        url: at.replace("/issues/", "/pulls/"),
        html_url: shown,
        diff_url: null,
        patch_url: null,
      },
    }),
  };
}

/** One that was deleted is gone, not unknown. */
function issueParam(c: Call): IssueRecord | PullRecord {
  need(c, "read");
  const number = numberParam(c, "number");
  const { issues, pulls } = c.var.state;
  const issue = issues.find((each) => each.number === number);
  if (issue?.deleted === true) refuse(410, "This issue was deleted");
  return issue ?? pulls.find((each) => each.number === number) ?? refuse(404, "Not Found");
}

/** GitHub drops labels without a word where their giver may not write. */
async function labelsOf(c: Call): Promise<readonly string[]> {
  const { labels } = await bodyOf(c);
  if (!Array.isArray(labels) || c.var.user.permission === "read") return [];
  return labels.map(String);
}

/** Also of the comments below: the number of an issue or of a pull request. */
export const issueNumber = (c: Call): number => issueParam(c).number;

export const issueRoutes: Routes = (api, world) => {
  api.get(`${REPO}/issues`, (c) => {
    need(c, "read");
    const { issues, pulls } = c.var.state;
    const wanted = c.req.query("state") ?? "open";
    const since = Date.parse(c.req.query("since") ?? "") || 0;
    const found = [...issues.filter((each) => !each.deleted), ...pulls]
      .filter((each) => (wanted === "all" || each.state === wanted) && each.updatedAt >= since)
      .sort((a, b) => b.createdAt - a.createdAt || b.number - a.number);
    return c.json(page(c, world, found).map((each) => listedJson(world, c.var.state, each)));
  });
  api.post(`${REPO}/issues`, async (c) => {
    need(c, "read");
    const body = await bodyOf(c);
    const at = world.clock();
    const issue: IssueRecord = {
      number: nextNumber(world.store.now()),
      id: world.store.id(),
      title: textField(body, "title") ?? refuse(422, "Validation Failed: title is missing"),
      body: textField(body, "body") ?? null,
      author: c.var.user.id,
      state: "open",
      labels: await labelsOf(c),
      createdAt: at,
      updatedAt: at,
      closedAt: null,
      deleted: false,
    };
    world.store.write(({ issues }) => ({ issues: [...issues, issue] }));
    return c.json(listedJson(world, world.store.now(), issue), 201);
  });
  api.get(`${REPO}/issues/:number`, (c) => c.json(listedJson(world, c.var.state, issueParam(c))));
};
