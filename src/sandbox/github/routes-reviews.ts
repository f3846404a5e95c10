// Reviews: list, read, write, dismiss.
import { bodyOf, need, numberParam, page, pullParam, refuse, REPO, textField } from "./api.ts";
import type { Call, Routes } from "./api.ts";
import { pageUrl, repositoryUrl } from "./json-pull.ts";
import { userJson } from "./json-user.ts";
import { dismissReview, submitReview } from "./reviewing.ts";
import type { ReviewRecord, ReviewState, State } from "./state.ts";
import { iso } from "./world.ts";
import type { World } from "./world.ts";

const EVENTS: Readonly<Record<string, ReviewState>> = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
};

/** A review as the API shows it. */
export function reviewJson(world: World, state: State, review: ReviewRecord) {
  const html = pageUrl(world, `pull/${review.pull}#pullrequestreview-${review.id}`);
  const pull = `${repositoryUrl(world)}/pulls/${review.pull}`;
  return {
    id: review.id,
    node_id: `PRR_${review.id}`,
    user: userJson(world, state, review.user),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pull,
    author_association: "COLLABORATOR",
    _links: { html: { href: html }, pull_request: { href: pull } },
    ...(review.state !== "PENDING" && { submitted_at: iso(review.at) }),
    commit_id: review.commit,
  };
}

/** Oldest first; drafts are shown to their author only. */
function visible(c: Call, number: number): readonly ReviewRecord[] {
  return c.var.state.reviews
    .filter((review) => review.pull === number)
    .filter((review) => review.state !== "PENDING" || review.user === c.var.user.id);
}

function reviewParam(c: Call): ReviewRecord {
  const id = numberParam(c, "review");
  return visible(c, pullParam(c).number).find((review) => review.id === id) ?? refuse(404, "Not Found");
}

/** GitHub's reasons not to take a review. */
function refuseUseless(own: boolean, state: ReviewState, text: string): void {
  if (own && state === "APPROVED") refuse(422, "Can not approve your own pull request");
  if (own && state === "CHANGES_REQUESTED") refuse(422, "Can not request changes on your own pull request");
  const mustSay = state === "COMMENTED" || state === "CHANGES_REQUESTED";
  if (text === "" && mustSay) refuse(422, "Body can't be blank");
}

async function create(c: Call, world: World): Promise<ReviewRecord> {
  const pull = pullParam(c);
  const body = await bodyOf(c);
  const event = textField(body, "event");
  const state = event === undefined ? "PENDING" : (EVENTS[event] ?? refuse(422, "Unprocessable Entity"));
  const text = textField(body, "body") ?? "";
  refuseUseless(pull.author === c.var.user.id, state, text);
  const commit = textField(body, "commit_id");
  const review = { body: text, ...(commit !== undefined && { commit }) };
  return submitReview(world, c.var.user, pull.number, state, review);
}

export const reviewRoutes: Routes = (api, world) => {
  const path = `${REPO}/pulls/:number/reviews`;
  api.get(path, (c) => {
    const reviews = page(c, world, visible(c, pullParam(c).number));
    return c.json(reviews.map((review) => reviewJson(world, c.var.state, review)));
  });
  api.post(path, async (c) => {
    const review = await world.exclusive(() => create(c, world));
    return c.json(reviewJson(world, world.store.now(), review));
  });
  api.get(`${path}/:review`, (c) => c.json(reviewJson(world, c.var.state, reviewParam(c))));
  api.put(`${path}/:review/dismissals`, async (c) => {
    need(c, "write");
    const { id, pull, state } = reviewParam(c);
    if (state !== "APPROVED" && state !== "CHANGES_REQUESTED") refuse(422, "Can not dismiss this review");
    if (textField(await bodyOf(c), "message") === undefined) refuse(422, "Message can't be blank");
    dismissReview(world, c.var.user, pull, id);
    const review = world.store.now().reviews.find((each) => each.id === id) ?? refuse(404, "Not Found");
    return c.json(reviewJson(world, world.store.now(), review));
  });
};
