// Ways to bring a request to main that no merge of a pull request vouches for.
import { requestFile, requestPath } from "../../support/company.ts";
import { SECOND } from "../../support/world.ts";
import { other, type Attack } from "./attack.ts";

export const LANDING: readonly Attack[] = [
  {
    id: "direct-push",
    story: "A7: a perfect, pre-authorised request pushed straight to main",
    code: "LPS301",
    play: async (w, id) => {
      const ask = { id, entitlement: "open-read" };
      w.tick(SECOND);
      await w.forge.push("ann", "main", { [requestPath(ask)]: requestFile(ask) });
    },
  },
  {
    id: "altered-merge",
    story: "A4: the merge commit holds a longer window than anybody reviewed (pre-authorised)",
    code: "LPS304",
    play: async (w, id) => {
      const ask = { id, entitlement: "open-read" };
      const pull = await w.ask(ask);
      await w.merge(pull, "ann", { alter: { [requestPath(ask)]: requestFile({ ...ask, duration: "8h" }) } });
    },
  },
  {
    id: "evil-merge",
    story: "A4, B2: an approved request whose merge commit takes another file along",
    code: "LPS303",
    play: async (w, id) => {
      const pull = await w.ask({ id });
      await w.approve(pull, "carol");
      await w.merge(pull, "grace", { alter: { ".gitattributes": "*.yaml -diff\n" } });
    },
  },
  {
    id: "two-in-one",
    story: "B2: a pull request that adds a request and changes something else",
    code: "LPS303",
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
    story: "B1: an approved rename of an old request, with its duration raised on the way",
    code: "LPS303",
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
    story: "A18: an approved pull request from a fork, where nobody here sees the pushes",
    code: "LPS302",
    says: "whose pushes this repository cannot see",
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
    id: "unreviewed-by-an-admin",
    story: "A7: an administrator merges without a review",
    code: "LPS306",
    play: (w, id) => w.askAndMerge({ id }, []),
  },
  {
    id: "of-a-stack",
    story: "A18: the upper one of two stacked pull requests is merged, and lands the lower one with it",
    code: "LPS303",
    play: async (w, id) => {
      const lower = { id: "below-a-stack", entitlement: "open-read" };
      await w.ask(lower);
      w.tick(SECOND);
      const parent = w.forge.tip(`access/${lower.id}`) ?? "";
      await w.forge.push("ann", `access/${id}`, { [requestPath({ id })]: requestFile({ id }) }, { parent });
      const upper = await w.forge.openPull("ann", {
        branch: `access/${id}`,
        title: id,
        base: `access/${lower.id}`,
      });
      w.tick(SECOND);
      await w.forge.retarget("ann", upper, "main");
      await w.approve(upper, "carol");
      await w.merge(upper);
      await w.forge.push("grace", "main", { [requestPath(lower)]: null });
    },
  },
  {
    id: "merged-elsewhere",
    story: "A6: an approved merge into another branch, which is then pushed to main",
    code: "LPS301",
    says: "by push of ann",
    play: async (w, id) => {
      w.tick(SECOND);
      await w.forge.push("ann", `access/${id}`, { [requestPath({ id })]: requestFile({ id }) });
      await w.forge.push("ann", `side/${id}`, {}, { to: w.forge.tip("main") ?? "" });
      const pull = await w.forge.openPull("ann", { branch: `access/${id}`, title: id, base: `side/${id}` });
      await w.approve(pull, "carol");
      const to = await w.merge(pull);
      await w.forge.push("ann", "main", {}, { to });
      w.tick(SECOND);
    },
  },
];
