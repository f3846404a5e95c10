// Ways to get access that nobody consented to. Each leaves one merged request behind and names what must stop it.
import { policies, requestFile, requestPath } from "../support/company.ts";
import { SECOND, type World } from "../support/world.ts";

export interface Attack {
  /** The request's id; also the name of the story. */
  readonly id: string;
  readonly story: string;
  /** The code of the finding that must be among those that refuse it. */
  readonly code: string;
  /** The defence which alone stands in its way: without it, this attack succeeds. */
  readonly defence: string;
  /** Another defence stands behind this one: without this one the approval counts, but is still not enough. */
  readonly layered?: true;
  readonly play: (w: World, id: string) => Promise<unknown>;
}

async function opensForBob(w: World, id: string, author: string, approver: string): Promise<void> {
  w.tick(SECOND);
  await w.forge.push("bob", `access/${id}`, { [requestPath({ id })]: requestFile({ id, subject: "bob" }) });
  w.tick(SECOND);
  const pull = await w.forge.openPull(author, { branch: `access/${id}`, title: id });
  await w.approve(pull, approver);
  await w.merge(pull);
}

const other = (id: string) => requestFile({ id, duration: "8h" });

export const ATTACKS: readonly Attack[] = [
  {
    id: "direct-push",
    story: "a perfect, pre-authorised request pushed straight to main",
    code: "LPS301",
    defence: "merged-pull-request",
    play: async (w, id) => {
      const ask = { id, entitlement: "open-read" };
      w.tick(SECOND);
      await w.forge.push("ann", "main", { [requestPath(ask)]: requestFile(ask) });
    },
  },
  {
    id: "by-subject",
    story: "the subject, an owner, approves what bob asked for her",
    code: "LPS306",
    defence: "not-subject",
    layered: true,
    play: (w, id) => w.askAndMerge({ id, subject: "carol", author: "bob" }, ["carol"]),
  },
  {
    id: "by-author",
    story: "an owner opens a pull request for bob's branch and approves it",
    code: "LPS306",
    defence: "not-author",
    play: (w, id) => opensForBob(w, id, "dan", "dan"),
  },
  {
    id: "by-authors-other-account",
    story: "an owner opens it with one account and approves it with the other",
    code: "LPS306",
    defence: "not-author",
    play: (w, id) => opensForBob(w, id, "carol-private", "carol"),
  },
  {
    id: "by-pusher",
    story: "an owner pushes to ann's branch and then approves",
    code: "LPS306",
    defence: "not-pusher",
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
    story: "a listed owner without write permission approves",
    code: "LPS306",
    defence: "can-write",
    play: (w, id) => w.askAndMerge({ id }, ["rita"]),
  },
  {
    id: "by-bot",
    story: "a listed account that is a bot approves",
    code: "LPS306",
    defence: "human",
    play: (w, id) => w.askAndMerge({ id }, ["robo"]),
  },
  {
    id: "by-stranger",
    story: "somebody with write permission whom policy does not name approves",
    code: "LPS306",
    defence: "enough-approvals",
    play: (w, id) => w.askAndMerge({ id, subject: "ann" }, ["bob"]),
  },
  {
    id: "before-force-push",
    story: "approved, then other content is force-pushed; the forge moves the approval's commit along",
    code: "LPS306",
    defence: "after-last-change",
    play: async (w, id) => {
      const pull = await w.ask({ id });
      await w.approve(pull, "carol");
      w.tick(SECOND);
      await w.forge.push("ann", `access/${id}`, { [requestPath({ id })]: other(id) }, { force: true });
      await w.merge(pull);
    },
  },
  {
    id: "head-ping-pong",
    story: "push A, push B, B approved, force-push back to A with the approval's commit on A",
    code: "LPS306",
    defence: "after-last-change",
    play: async (w, id) => {
      const pull = await w.ask({ id });
      const first = w.forge.tip(`access/${id}`) ?? "";
      w.tick(SECOND);
      await w.forge.push("ann", `access/${id}`, { [requestPath({ id })]: other(id) });
      await w.approve(pull, "carol");
      w.tick(SECOND);
      await w.forge.push("ann", `access/${id}`, {}, { force: true, to: first });
      await w.merge(pull);
    },
  },
  {
    id: "retargeted",
    story: "approved against another branch, then pointed at main",
    code: "LPS306",
    defence: "after-last-change",
    play: async (w, id) => {
      w.tick(SECOND);
      await w.forge.push("ann", `access/${id}`, { [requestPath({ id })]: requestFile({ id }) });
      await w.forge.push("ann", "playground", { "playground.txt": id });
      const pull = await w.forge.openPull("ann", { branch: `access/${id}`, title: id, base: "playground" });
      await w.approve(pull, "carol");
      w.tick(SECOND);
      await w.forge.retarget("ann", pull, "main");
      await w.merge(pull);
    },
  },
  {
    id: "after-merge",
    story: "an admin merges, the approval comes later",
    code: "LPS306",
    defence: "before-merge",
    play: async (w, id) => {
      const pull = await w.ask({ id });
      await w.merge(pull);
      await w.approve(pull, "carol");
    },
  },
  {
    id: "old-commit",
    story: "approved in time, but on an older commit with other content",
    code: "LPS306",
    defence: "same-content",
    play: async (w, id) => {
      const pull = await w.ask({ id });
      const seen = w.forge.tip(`access/${id}`) ?? "";
      w.tick(SECOND);
      await w.forge.push("ann", `access/${id}`, { [requestPath({ id })]: other(id) });
      w.tick(SECOND);
      await w.forge.review("carol", pull, "APPROVED", { commit: seen });
      await w.merge(pull);
    },
  },
  {
    id: "veto-on-page-two",
    story: "after a hundred comments an owner requests changes; another owner approves",
    code: "LPS305",
    defence: "no-veto",
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
    id: "altered-merge",
    story: "the merge commit holds a longer window than anybody reviewed (pre-authorised)",
    code: "LPS304",
    defence: "merged-as-reviewed",
    play: async (w, id) => {
      const ask = { id, entitlement: "open-read" };
      const pull = await w.ask(ask);
      await w.merge(pull, "ann", { alter: { [requestPath(ask)]: requestFile({ ...ask, duration: "8h" }) } });
    },
  },
  {
    id: "evil-merge",
    story: "an approved request whose merge commit takes another file along",
    code: "LPS303",
    defence: "sole-addition",
    play: async (w, id) => {
      const pull = await w.ask({ id });
      await w.approve(pull, "carol");
      await w.merge(pull, "grace", { alter: { ".gitattributes": "*.yaml -diff\n" } });
    },
  },
  {
    id: "two-in-one",
    story: "a pull request that adds a request and changes something else",
    code: "LPS303",
    defence: "sole-addition",
    play: async (w, id) => {
      w.tick(SECOND);
      await w.forge.push("ann", `access/${id}`, {
        [requestPath({ id })]: requestFile({ id }),
        "notes.txt": "hello\n",
      });
      const pull = await w.forge.openPull("ann", { branch: `access/${id}`, title: id });
      await w.approve(pull, "carol");
      await w.merge(pull);
    },
  },
  {
    id: "renamed",
    story: "an approved rename of an old request, with its duration raised on the way",
    code: "LPS303",
    defence: "sole-addition",
    play: async (w, id) => {
      await w.askAndMerge({ id: "to-be-renamed" }, []);
      await w.forge.push("ann", `access/${id}`, {
        [requestPath({ id: "to-be-renamed" })]: null,
        [requestPath({ id })]: other(id),
      });
      w.tick(SECOND);
      const pull = await w.forge.openPull("ann", { branch: `access/${id}`, title: id });
      await w.approve(pull, "carol");
      await w.merge(pull);
    },
  },
  {
    id: "from-a-fork",
    story: "an approved pull request from a fork, where nobody here sees the pushes",
    code: "LPS302",
    defence: "own-repository",
    play: async (w, id) => {
      w.tick(SECOND);
      await w.forge.push(
        "ann",
        `access/${id}`,
        { [requestPath({ id })]: requestFile({ id }) },
        { fork: true },
      );
      w.tick(SECOND);
      const pull = await w.forge.openPull("ann", {
        branch: `access/${id}`,
        title: id,
        headRepository: "fork",
      });
      await w.approve(pull, "carol");
      await w.merge(pull);
    },
  },
  {
    id: "two-accounts",
    story: "two owners are needed; one owner approves with both of her accounts",
    code: "LPS306",
    defence: "one-person-one-vote",
    play: (w, id) => w.askAndMerge({ id, entitlement: "orders-write" }, ["carol", "carol-private"]),
  },
  {
    id: "critical-without-digest",
    story: "a critical request approved by both groups, but nobody wrote down what they approved",
    code: "LPS306",
    defence: "quotes-digest",
    play: (w, id) => w.askAndMerge({ id, entitlement: "crown" }, ["carol", "erin"]),
  },
  {
    id: "added-after-approving",
    story: "somebody approves first and is made an owner afterwards",
    code: "LPS306",
    defence: "listed",
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
