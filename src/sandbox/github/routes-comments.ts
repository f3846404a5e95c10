// Comments on a pull request or an issue.
import { bodyOf, need, numberParam, page, refuse, REPO, textField } from "./api.ts";
import type { Call, Routes } from "./api.ts";
import { pageUrl, repositoryUrl } from "./json-pull.ts";
import { appJson, userJson } from "./json-user.ts";
import { issueNumber } from "./routes-issues.ts";
import type { CommentRecord, State } from "./state.ts";
import { iso } from "./world.ts";
import type { World } from "./world.ts";

/** Longest body that GitHub takes, in characters. */
const MAX_BODY = 65_536;

/** A comment as the API shows it. */
export function commentJson(world: World, state: State, comment: CommentRecord) {
  return {
    id: comment.id,
    node_id: `IC_${comment.id}`,
    url: `${repositoryUrl(world)}/issues/comments/${comment.id}`,
    html_url: pageUrl(world, `issues/${comment.pull}#issuecomment-${comment.id}`),
    issue_url: `${repositoryUrl(world)}/issues/${comment.pull}`,
    body: comment.body,
    user: userJson(world, state, comment.user),
    created_at: iso(comment.createdAt),
    updated_at: iso(comment.updatedAt),
    author_association: "COLLABORATOR",
    performed_via_github_app: appJson(world, state, comment.user),
  };
}

async function textOf(c: Call): Promise<string> {
  const text = textField(await bodyOf(c), "body") ?? "";
  if (text === "") refuse(422, "Validation Failed: body can't be blank");
  if (text.length > MAX_BODY)
    refuse(422, `Validation Failed: body is too long (maximum is ${MAX_BODY} characters)`);
  return text;
}

function commentParam(c: Call): CommentRecord {
  need(c, "read");
  const id = numberParam(c, "comment");
  return c.var.state.comments.find((comment) => comment.id === id) ?? refuse(404, "Not Found");
}

export const commentRoutes: Routes = (api, world) => {
  api.get(`${REPO}/issues/comments/:comment`, (c) =>
    c.json(commentJson(world, c.var.state, commentParam(c))),
  );
  api.patch(`${REPO}/issues/comments/:comment`, async (c) => {
    const comment = commentParam(c);
    if (comment.user !== c.var.user.id) need(c, "write");
    const changed = { ...comment, body: await textOf(c), updatedAt: world.clock() };
    world.store.write(({ comments }) => ({
      comments: comments.map((each) => (each.id === comment.id ? changed : each)),
    }));
    return c.json(commentJson(world, world.store.now(), changed));
  });
  api.get(`${REPO}/issues/:number/comments`, (c) => {
    const number = issueNumber(c);
    const found = c.var.state.comments.filter((comment) => comment.pull === number);
    return c.json(page(c, world, found).map((comment) => commentJson(world, c.var.state, comment)));
  });
  api.post(`${REPO}/issues/:number/comments`, async (c) => {
    const number = issueNumber(c);
    const at = world.clock();
    const user = c.var.user.id;
    const comment = {
      id: world.store.id(),
      pull: number,
      user,
      body: await textOf(c),
      createdAt: at,
      updatedAt: at,
    };
    world.store.write(({ comments }) => ({ comments: [...comments, comment] }));
    return c.json(commentJson(world, world.store.now(), comment), 201);
  });
};
