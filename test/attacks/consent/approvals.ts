// Ways to have a request approved by somebody whose word does not count, or not at that time.
import { policies, requestPath } from "../../support/company.ts";
import { SECOND } from "../../support/world.ts";
import { other, opensForBob, type Attack } from "./attack.ts";

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
    play: async (w, id) => {
      const pull = await w.ask({ id });
      await w.approve(pull, "erin");
      w.tick(SECOND);
      const owners = policies()["policies/people/owners.yaml"] ?? "";
      await w.forge.push("grace", "main", {
        "policies/people/owners.yaml": owners.replace("[carol", "[erin, carol"),
      });
      await w.merge(pull);
    },
  },
];
