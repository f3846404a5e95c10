// Ways to have a request approved by somebody whose word does not count, or not at that time.
import { requestFile, requestPath } from "../../support/company.ts";
import { SECOND } from "../../support/world.ts";
import { other, opensForBob, quote, type Attack } from "./attack.ts";
import { ownersFile } from "./people.ts";

export const APPROVALS: readonly Attack[] = [
  {
    id: "by-subject",
    story: "A9: the subject, an owner, approves what bob asked for her",
    code: "LPS306",
    says: "carol (is the subject of the request)",
    play: (w, id) => w.askAndMerge({ id, subject: "carol", author: "bob" }, ["carol"]),
  },
  {
    id: "by-author",
    story: "A9: an owner opens a pull request for bob's branch and approves it",
    code: "LPS306",
    play: (w, id) => opensForBob(w, id, "dan", "dan"),
  },
  {
    id: "by-authors-other-account",
    story: "A9, A10: an owner opens it with one account and approves it with the other",
    code: "LPS306",
    play: (w, id) => opensForBob(w, id, "carol-private", "carol"),
  },
  {
    id: "by-pusher",
    story: "A9: an owner pushes to ann's branch and then approves",
    code: "LPS306",
    play: async (w, id) => {
      const pull = await w.ask({ id });
      w.tick(SECOND);
      await w.forge.push("dan", `access/${id}`, { [requestPath({ id })]: other(id) });
      await w.approve(pull, "dan");
      await w.merge(pull);
    },
  },
  {
    id: "by-reader",
    story: "A12: a listed owner without write permission approves",
    code: "LPS306",
    play: (w, id) => w.askAndMerge({ id }, ["rita"]),
  },
  {
    id: "by-bot",
    story: "A11: a listed account that is a bot approves",
    code: "LPS306",
    play: (w, id) => w.askAndMerge({ id }, ["robo"]),
  },
  {
    id: "by-stranger",
    story: "A12: somebody with write permission whom policy does not name approves",
    code: "LPS306",
    play: (w, id) => w.askAndMerge({ id, subject: "ann" }, ["bob"]),
  },
  {
    id: "after-merge",
    story: "A8: an admin merges, the approval comes later",
    code: "LPS306",
    play: async (w, id) => {
      const pull = await w.ask({ id });
      await w.merge(pull);
      await w.approve(pull, "carol");
    },
  },
  {
    id: "veto-on-page-two",
    story: "A13: after a hundred comments an owner requests changes; another owner approves",
    code: "LPS305",
    play: async (w, id) => {
      const pull = await w.ask({ id });
      for (let n = 0; n < 100; n += 1)
        await w.forge.review("bob", pull, "COMMENTED", { body: `comment ${String(n)}` });
      w.tick(SECOND);
      await w.forge.review("dan", pull, "CHANGES_REQUESTED");
      await w.approve(pull, "carol");
      await w.merge(pull);
    },
  },
  {
    id: "two-accounts",
    story: "A10: two owners are needed; one owner approves with both of her accounts",
    code: "LPS306",
    play: (w, id) => w.askAndMerge({ id, entitlement: "orders-write" }, ["carol", "carol-private"]),
  },
  {
    id: "added-after-approving",
    story: "A15: somebody approves first and is made an owner afterwards",
    code: "LPS306",
    says: "erin (not an approver",
    play: async (w, id) => {
      const pull = await w.ask({ id });
      await w.approve(pull, "erin");
      w.tick(SECOND);
      await w.forge.push("grace", "main", { "policies/people/owners.yaml": ownersFile("erin") });
      await w.merge(pull);
    },
  },
  {
    id: "by-subjects-other-account",
    story: "A9: the subject, an owner, approves with her other account",
    code: "LPS306",
    says: "carol-private (is the subject of the request",
    play: (w, id) => w.askAndMerge({ id, subject: "carol", author: "bob" }, ["carol-private"]),
  },
  {
    id: "by-committer",
    story: "A9: a commit of the branch is an owner's work, whoever pushed it, and the owner approves",
    code: "LPS306",
    says: "dan (pushed or committed",
    play: async (w, id) => {
      w.tick(SECOND);
      const author = { name: "dan", email: "1004+dan@users.noreply.github.com" };
      await w.forge.push("ann", `access/${id}`, { [requestPath({ id })]: requestFile({ id }) }, { author });
      const pull = await w.forge.openPull("ann", { branch: `access/${id}`, title: id });
      await w.approve(pull, "dan");
      await w.merge(pull);
    },
  },
  {
    id: "by-placeholder",
    story: "A11: a listed account that stands for somebody who never signed in approves",
    code: "LPS306",
    says: "manny (not a person's account)",
    play: (w, id) => w.askAndMerge({ id }, ["manny"]),
  },
  {
    id: "by-app-in-disguise",
    story: "A11: a listed account with an app's name and a person's type approves",
    code: "LPS306",
    says: "helper[bot] (not a person's account)",
    play: (w, id) => w.askAndMerge({ id }, ["helper[bot]"]),
  },
  {
    id: "by-deleted-account",
    story: "A11: a listed owner approves and the account is deleted",
    code: "LPS306",
    says: "a deleted account (not a person's account",
    play: async (w, id) => {
      await w.askAndMerge({ id }, ["gone"]);
      w.forge.deleteUser("gone");
    },
  },
  {
    id: "dismissed",
    story: "A13: the approval is dismissed before the merge",
    code: "LPS306",
    play: async (w, id) => {
      const pull = await w.ask({ id });
      const review = await w.approve(pull, "carol");
      w.tick(SECOND);
      await w.forge.dismiss("bob", pull, review);
      await w.merge(pull);
    },
  },
  {
    id: "veto-dismissed-by-the-author",
    story: "A13: an owner requests changes, and the author dismisses that",
    code: "LPS305",
    play: async (w, id) => {
      const pull = await w.ask({ id });
      w.tick(SECOND);
      const veto = await w.forge.review("dan", pull, "CHANGES_REQUESTED");
      w.tick(SECOND);
      await w.forge.dismiss("ann", pull, veto);
      await w.approve(pull, "carol");
      await w.merge(pull);
    },
  },
  {
    id: "by-code-owner",
    story: "A14: CODEOWNERS names somebody, and a later line nobody at all; policy names neither",
    code: "LPS306",
    says: "bob (not an approver",
    play: async (w, id) => {
      w.tick(SECOND);
      await w.forge.push("grace", "main", {
        ".github/CODEOWNERS": "* @bob\n/requests/ @bob\n/requests/orders-read/\n",
      });
      await w.askAndMerge({ id }, ["bob"]);
    },
  },
  {
    id: "in-time-for-another-group",
    story: "A15: an owner approves, and only then joins the second group whose word is needed too",
    code: "LPS306",
    play: async (w, id) => {
      const ask = { id, entitlement: "crown" };
      const pull = await w.ask(ask);
      for (const by of ["carol", "dan"]) await w.approve(pull, by, quote(requestFile(ask)));
      w.tick(SECOND);
      const group = "apiVersion: lapse.dev/v1\nkind: Group\nmetadata: { name: security }\n";
      await w.forge.push("grace", "main", {
        "policies/people/security.yaml": `${group}spec: { members: [carol, erin] }\n`,
      });
      await w.merge(pull);
    },
  },
  {
    id: "by-the-next-of-that-name",
    story: "A20: an owner renames, somebody else takes the login and approves",
    code: "LPS306",
    says: "not a person in policies/people)",
    play: async (w, id) => {
      w.forge.renameUser("vera", "vera-m");
      w.forge.addUser({ login: "vera", id: 1777, token: "token-of-1777" });
      await w.askAndMerge({ id }, ["vera"]);
    },
  },
];
