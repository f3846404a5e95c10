// Ways to change what decides without the word of those whom the settings name for it; each leaves one merge behind.
import { policies } from "../support/company.ts";
import { SECOND, type World } from "../support/world.ts";

export interface ChangeAttack {
  /** The file that it brings; also the name of the story. */
  readonly path: string;
  readonly story: string;
  readonly code: string;
  /** Part of the reason that the finding must give. */
  readonly why: string;
  readonly play: (w: World, path: string) => Promise<unknown>;
}

const TEXT = "export const on = true;\n";
const policy = (path: string) => policies()[path] ?? "";

async function opened(w: World, author: string, path: string, files = {}): Promise<number> {
  w.tick(SECOND);
  await w.forge.push(author, path, { [path]: TEXT, ...files });
  w.tick(SECOND);
  return w.forge.openPull(author, { branch: path, title: path });
}

async function approvedBy(w: World, pull: number, ...people: readonly string[]): Promise<void> {
  for (const by of people) await w.approve(pull, by);
}

export const CHANGE_ATTACKS: readonly ChangeAttack[] = [
  {
    path: "src/nobody.ts",
    story: "nobody approved it; an administrator merged it",
    code: "LPS311",
    why: "counted: nobody",
    play: (w, path) => w.change({ [path]: TEXT }, []),
  },
  {
    path: ".github/workflows/check.yml",
    story: "C1: the validating workflow is replaced by `exit 0` in a pull request that passes itself",
    code: "LPS311",
    why: "counted: nobody",
    play: (w, path) => w.change({ [path]: "on: pull_request\njobs: {}\n" }, []),
  },
  {
    path: "src/strangers.ts",
    story: "approved by two who may approve requests, not changes",
    code: "LPS311",
    why: "not named for changes",
    play: (w, path) => w.change({ [path]: TEXT }, ["carol", "ann"]),
  },
  {
    path: "src/own-electors.ts",
    story: "the change itself makes its approvers maintainers",
    code: "LPS311",
    why: "not named for changes",
    play: (w, path) =>
      w.change(
        {
          [path]: TEXT,
          "policies/people/maintainers.yaml": policy("policies/people/maintainers.yaml").replace(
            "[dan, erin, grace]",
            "[dan, erin, grace, ann, carol]",
          ),
        },
        ["carol", "ann"],
      ),
  },
  {
    path: "src/own-quorum.ts",
    story: "the change itself lowers the number of approvals",
    code: "LPS311",
    why: "counted: erin",
    play: (w, path) =>
      w.change(
        {
          [path]: TEXT,
          "policies/lapse.yaml": policy("policies/lapse.yaml").replace("count: 2", "count: 1"),
        },
        ["erin"],
      ),
  },
  {
    path: "src/author.ts",
    story: "one of the two approvals is the author's own",
    code: "LPS311",
    why: "opened the pull request",
    play: async (w, path) => {
      const pull = await opened(w, "erin", path);
      await approvedBy(w, pull, "erin", "grace");
      await w.merge(pull, "dan");
    },
  },
  {
    path: "src/pusher.ts",
    story: "an approver pushed to the branch",
    code: "LPS311",
    why: "pushed or committed",
    play: async (w, path) => {
      const pull = await opened(w, "bob", path);
      w.tick(SECOND);
      await w.forge.push("grace", path, { [path]: `${TEXT}// more\n` });
      await approvedBy(w, pull, "erin", "grace");
      await w.merge(pull, "dan");
    },
  },
  {
    path: "src/late-push.ts",
    story: "other content is force-pushed after the approvals, which the forge moves along",
    code: "LPS311",
    why: "before the branch last changed",
    play: async (w, path) => {
      const pull = await opened(w, "bob", path);
      await approvedBy(w, pull, "erin", "grace");
      w.tick(SECOND);
      await w.forge.push("bob", path, { [path]: "export const on = false;\n" }, { force: true });
      await w.merge(pull, "dan");
    },
  },
  {
    path: "src/old-commit.ts",
    story: "approved after the last push, but on an older commit",
    code: "LPS311",
    why: "given for another commit",
    play: async (w, path) => {
      const pull = await opened(w, "bob", path);
      const seen = w.forge.tip(path) ?? "";
      w.tick(SECOND);
      await w.forge.push("bob", path, { [path]: "export const on = false;\n" });
      for (const by of ["erin", "grace"]) {
        w.tick(SECOND);
        await w.forge.review(by, pull, "APPROVED", { commit: seen });
      }
      await w.merge(pull, "dan");
    },
  },
  {
    path: "package.json",
    story: "what the tool is built from is changed, and nobody approved it",
    code: "LPS311",
    why: "counted: nobody",
    play: (w, path) => w.change({ [path]: '{ "scripts": { "build": "true" } }\n' }, []),
  },
  {
    path: "src/veto.ts",
    story: "two approve, and a third maintainer requests changes after the merge",
    code: "LPS311",
    why: "requested changes",
    play: async (w, path) => {
      const pull = await opened(w, "bob", path);
      await approvedBy(w, pull, "erin", "grace");
      await w.merge(pull, "bob");
      w.tick(SECOND);
      await w.forge.review("dan", pull, "CHANGES_REQUESTED");
    },
  },
  {
    path: "src/evil-merge.ts",
    story: "the merge commit holds what no approver saw",
    code: "LPS313",
    why: "something else than its branch holds",
    play: async (w, path) => {
      const pull = await opened(w, "bob", path);
      await approvedBy(w, pull, "erin", "grace");
      await w.merge(pull, "bob", {
        alter: { "src/hidden.ts": TEXT },
      });
    },
  },
  {
    path: "src/fork.ts",
    story: "approved, but from a fork, whose pushes nobody sees",
    code: "LPS313",
    why: "comes from a fork",
    play: async (w, path) => {
      w.tick(SECOND);
      await w.forge.push("bob", path, { [path]: TEXT }, { fork: true });
      w.tick(SECOND);
      const pull = await w.forge.openPull("bob", { branch: path, title: path, headRepository: "fork" });
      await approvedBy(w, pull, "erin", "grace");
      await w.merge(pull, "dan");
    },
  },
  {
    path: "src/pushed.ts",
    story: "pushed straight to main by a maintainer",
    code: "LPS312",
    why: "but by push",
    play: async (w, path) => {
      w.tick(SECOND);
      await w.forge.push("grace", "main", { [path]: TEXT });
      w.tick(SECOND);
    },
  },
];
