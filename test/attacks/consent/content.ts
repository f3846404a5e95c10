// Ways to have something else merged than what was approved.
import { requestFile, requestPath } from "../../support/company.ts";
import { SECOND } from "../../support/world.ts";
import { other, type Attack } from "./attack.ts";

export const CONTENT: readonly Attack[] = [
  {
    id: "before-force-push",
    story: "A1: approved, then other content is force-pushed; the forge moves the approval's commit along",
    code: "LPS306",
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
    story: "A3: push A, push B, B approved, force-push back to A with the approval's commit on A",
    code: "LPS306",
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
    story: "A18: approved against another branch, then pointed at main",
    code: "LPS306",
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
    id: "old-commit",
    story: "A1: approved in time, but on an older commit with other content",
    code: "LPS306",
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
    id: "critical-without-digest",
    story: "A1: a critical request approved by both groups, but nobody wrote down what they approved",
    code: "LPS306",
    play: (w, id) => w.askAndMerge({ id, entitlement: "crown" }, ["carol", "erin"]),
  },
  {
    id: "pushed-on-top",
    story: "A2: approved, then a commit is pushed on top, and the repository dismisses nothing",
    code: "LPS306",
    says: "carol (given before the branch last changed",
    play: async (w, id) => {
      const pull = await w.ask({ id });
      await w.approve(pull, "carol");
      w.tick(SECOND);
      await w.forge.push("ann", `access/${id}`, { [requestPath({ id })]: other(id) });
      await w.merge(pull);
    },
  },
  {
    id: "pushed-on-top-and-back",
    story: "A2: approved, then the branch moves on and comes back to what was approved",
    code: "LPS306",
    says: "carol (given before the branch last changed",
    play: async (w, id) => {
      const pull = await w.ask({ id });
      await w.approve(pull, "carol");
      w.tick(SECOND);
      await w.forge.push("ann", `access/${id}`, { [requestPath({ id })]: other(id) });
      w.tick(SECOND);
      await w.forge.push("ann", `access/${id}`, { [requestPath({ id })]: requestFile({ id }) });
      await w.merge(pull);
    },
  },
  {
    id: "merged-by-itself",
    story: "A22: auto-merge is on; a writer's push after the approval is merged within the same second",
    code: "LPS306",
    says: "carol (given before the branch last changed",
    play: async (w, id) => {
      const pull = await w.ask({ id });
      await w.approve(pull, "carol");
      w.tick(SECOND);
      await w.forge.push("bob", `access/${id}`, { [requestPath({ id })]: other(id) });
      await w.forge.merge("ann", pull);
      w.tick(SECOND);
    },
  },
];
