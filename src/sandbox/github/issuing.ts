// What can people do with the sandbox's issues and comments without HTTP?
import type { CommentRecord, IssueRecord } from "./state.ts";
import { knownAccount } from "./world.ts";
import type { World } from "./world.ts";

/** Verbs about issues. Users are named by login. */
export interface IssueVerbs {
  issues(): readonly IssueRecord[];
  /** Returns the comment's id. */
  comment(user: string, issue: number, body: string): number;
  /** Everybody with write access may edit everybody's comments. */
  editComment(user: string, comment: number, body: string): void;
  closeIssue(user: string, issue: number): void;
  deleteIssue(user: string, issue: number): void;
}

export function issueVerbs(world: World): IssueVerbs {
  const { store } = world;
  const change = (user: string, number: number, to: (at: number) => Partial<IssueRecord>) => {
    knownAccount(store.now(), user);
    store.begin();
    const at = world.clock();
    store.write(({ issues }) => ({
      issues: issues.map((each) => (each.number === number ? { ...each, updatedAt: at, ...to(at) } : each)),
    }));
  };
  return {
    issues: () => store.now().issues,
    comment: (user, issue, body) => {
      store.begin();
      const at = world.clock();
      const author = knownAccount(store.now(), user).id;
      const comment: CommentRecord = {
        ...{ id: store.id(), pull: issue, user: author, body },
        createdAt: at,
        updatedAt: at,
      };
      store.write(({ comments }) => ({ comments: [...comments, comment] }));
      return comment.id;
    },
    editComment: (user, id, body) => {
      store.begin();
      knownAccount(store.now(), user);
      const updatedAt = world.clock();
      store.write(({ comments }) => ({
        comments: comments.map((each) => (each.id === id ? { ...each, body, updatedAt } : each)),
      }));
    },
    closeIssue: (user, issue) => {
      change(user, issue, (at) => ({ state: "closed", closedAt: at }));
    },
    deleteIssue: (user, issue) => {
      change(user, issue, () => ({ deleted: true }));
    },
  };
}
