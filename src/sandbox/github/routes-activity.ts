// What did the server see happen? (the activity feed and a pull request's timeline)
import { addressWith, need, page, pageSize, pullParam, refuse, REPO } from "./api.ts";
import type { Call, Routes } from "./api.ts";
import { commitsOf, gitCommitJson } from "./json-commit.ts";
import { commentJson } from "./routes-comments.ts";
import { pageUrl, repositoryUrl } from "./json-pull.ts";
import { appJson, userJson, userOrGhostJson } from "./json-user.ts";
import { reviewJson } from "./routes-reviews.ts";
import type { ActivityRecord, EventRecord, State } from "./state.ts";
import { branchRef, iso } from "./world.ts";
import type { World } from "./world.ts";

const activityJson = (world: World, state: State, entry: ActivityRecord) => ({
  id: entry.id,
  node_id: `PSH_${entry.id}`,
  before: entry.before,
  after: entry.after,
  ref: entry.ref,
  timestamp: iso(entry.at),
  activity_type: entry.kind,
  actor: userJson(world, state, entry.actor),
});

/** Newest first; pages are found by cursor, never by number. */
function activityPage(c: Call, world: World): readonly ActivityRecord[] {
  const { ref, activity_type: kind, actor, after } = c.req.query();
  const login = (id: number) => c.var.state.accounts.find((account) => account.id === id)?.login;
  const found = c.var.state.activity
    .filter((entry) => ref === undefined || entry.ref === branchRef(ref))
    .filter((entry) => kind === undefined || entry.kind === kind)
    .filter((entry) => actor === undefined || login(entry.actor) === actor)
    .toReversed();
  const start = after === undefined ? 0 : found.findIndex((entry) => `cursor-${entry.id}` === after) + 1;
  if (after !== undefined && start === 0) refuse(422, "Invalid cursor");
  const entries = found.slice(start, start + pageSize(c));
  const last = entries.at(-1);
  if (last && start + entries.length < found.length)
    c.header("link", `<${addressWith(c, world, { after: `cursor-${last.id}` })}>; rel="next"`);
  return entries;
}

function reviewed(world: World, state: State, { review: id }: EventRecord) {
  const review = state.reviews.find((each) => each.id === id);
  if (!review) return [];
  const user = userOrGhostJson(world, state, review.user);
  return [{ ...reviewJson(world, state, review), event: "reviewed", user }];
}

function eventJson(world: World, state: State, event: EventRecord) {
  if (event.event === "reviewed") return reviewed(world, state, event);
  const { commit } = event;
  const dismissed = {
    state: (event.was ?? "approved").toLowerCase(),
    review_id: event.review,
    dismissal_message: "",
  };
  return [
    {
      id: event.id,
      node_id: `EV_${event.id}`,
      url: `${repositoryUrl(world)}/issues/events/${event.id}`,
      actor: userOrGhostJson(world, state, event.actor),
      event: event.event,
      commit_id: commit,
      commit_url: commit === null ? null : `${repositoryUrl(world)}/commits/${commit}`,
      created_at: iso(event.at),
      performed_via_github_app: appJson(world, state, event.actor),
      ...(event.event === "review_dismissed" && { dismissed_review: dismissed }),
    },
  ];
}

/** Commits first (they carry no server time), then everything else by time. */
async function timeline(c: Call, world: World) {
  const pull = pullParam(c);
  const { state } = c.var;
  const commits = (await commitsOf(world, pull)).map((commit) => ({
    ...gitCommitJson(world, commit),
    event: "committed",
    html_url: pageUrl(world, `commit/${commit.sha}`),
  }));
  const events = state.events
    .filter((event) => event.pull === pull.number)
    .map((event) => ({ at: event.at, items: eventJson(world, state, event) }));
  const comments = state.comments
    .filter((comment) => comment.pull === pull.number)
    .map((comment) => {
      const user = userOrGhostJson(world, state, comment.user);
      const item = { ...commentJson(world, state, comment), event: "commented", user, actor: user };
      return { at: comment.createdAt, items: [item] };
    });
  const rest = [...events, ...comments].toSorted((a, b) => a.at - b.at);
  return [...commits, ...rest.flatMap(({ items }): readonly object[] => items)];
}

export const activityRoutes: Routes = (api, world) => {
  api.get(`${REPO}/activity`, (c) => {
    need(c, "read");
    return c.json(activityPage(c, world).map((entry) => activityJson(world, c.var.state, entry)));
  });
  api.get(`${REPO}/issues/:number/timeline`, async (c) => c.json(page(c, world, await timeline(c, world))));
};
