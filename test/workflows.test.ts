// Can a pull request reach anything through our workflows that it should not? (the .github folder, as data)
import { execFileSync, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly name?: string;
  readonly if?: string;
  readonly needs?: readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly "runs-on"?: string;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly concurrency: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = ".github/workflows";
const texts = new Map(readdirSync(FOLDER).map((file) => [file, readFileSync(`${FOLDER}/${file}`, "utf8")]));
const workflows = new Map([...texts].map(([file, text]) => [file, parse(text) as Workflow]));
const workflow = (file: string): Workflow => {
  const found = workflows.get(file);
  if (found === undefined) throw new Error(`${FOLDER}/${file} is missing`);
  return found;
};
const job = (file: string, name: string): Job => {
  const found = workflow(file).jobs[name];
  if (found === undefined) throw new Error(`${FOLDER}/${file} has no job ${name}`);
  return found;
};
const jobs = [...workflows].flatMap(([file, { jobs }]) =>
  Object.entries(jobs).map(([name, job]) => ({ at: `${file} ${name}`, job })),
);
const steps = jobs.flatMap(({ at, job }) => job.steps.map((step) => ({ at, step })));
const using = (name: string) =>
  steps.filter(({ step }) => step.uses?.startsWith(`actions/${name}@`) ?? false);
const stepNamed = (job: Job, name: string): string => job.steps.find((step) => step.name === name)?.run ?? "";
const withCredentials = ["apply.yml", "expire.yml"];

// Git without anybody's settings, so that the scripts prove themselves on any machine.
const STRICT = ["--noprofile", "--norc", "-eo", "pipefail", "-c"];
const quietGit = {
  PATH: process.env["PATH"] ?? "",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Ann",
  GIT_AUTHOR_EMAIL: "ann@example.com",
  GIT_COMMITTER_NAME: "Ann",
  GIT_COMMITTER_EMAIL: "ann@example.com",
};
const git = (cwd: string, ...args: readonly string[]): string =>
  execFileSync("git", args, { cwd, env: quietGit, encoding: "utf8", timeout: 20_000 });

/** A repository as the forge serves it, with one pull request; the id of its test merge. */
function anOrigin(dir: string, ledger: boolean): string {
  mkdirSync(dir, { recursive: true });
  git(dir, "init", "--quiet", "--initial-branch=main");
  git(dir, "config", "uploadpack.allowReachableSHA1InWant", "true");
  git(dir, "commit", "--quiet", "--allow-empty", "-m", "Start");
  git(dir, "checkout", "--quiet", "-b", "ann");
  mkdirSync(join(dir, "requests/orders-db-read"), { recursive: true });
  writeFileSync(join(dir, "requests/orders-db-read/ann.yaml"), "kind: AccessRequest\n");
  git(dir, "add", ".");
  git(dir, "commit", "--quiet", "-m", "Access: orders");
  git(dir, "checkout", "--quiet", "main");
  git(dir, "commit", "--quiet", "--allow-empty", "-m", "Meanwhile");
  git(dir, "merge", "--quiet", "--no-ff", "-m", "Merge", "ann");
  const merge = git(dir, "rev-parse", "HEAD").trim();
  git(dir, "update-ref", "refs/pull/1/merge", merge);
  git(dir, "reset", "--quiet", "--hard", "HEAD^1");
  if (ledger) git(dir, "branch", "lapse/ledger");
  return merge;
}

test("the workflows are the ones below, so that no rule here misses one", () => {
  const all = ["apply.yml", "check.yml", "ci.yml", "expire.yml", "watchdog.yml"];
  expect([...workflows.keys()].sort()).toEqual(all);
});

describe("triggers", () => {
  test("C4, C5: are exactly these: none runs a pull request's code with more than a reader's rights", () => {
    const triggers = Object.fromEntries([...workflows].map(([file, { on }]) => [file, Object.keys(on)]));
    expect(triggers).toEqual({
      "apply.yml": ["push", "schedule", "workflow_dispatch", "workflow_call"],
      "check.yml": ["pull_request", "workflow_call"],
      "ci.yml": ["pull_request", "push", "workflow_dispatch"],
      "expire.yml": ["schedule", "workflow_dispatch", "workflow_call"],
      "watchdog.yml": ["schedule", "workflow_dispatch", "workflow_call"],
    });
  });

  test("C3: pushes count on main only, and no path filter can make a required check pass by being skipped", () => {
    for (const { on } of workflows.values()) {
      if ("push" in on) expect(on["push"]).toEqual({ branches: ["main"] });
    }
    for (const text of texts.values()) expect(text).not.toMatch(/^\s*paths(-ignore)?:/m);
  });

  test("a check runs again when the pull request's title or base is edited", () => {
    expect(workflow("check.yml").on["pull_request"]).toEqual({
      branches: ["main"],
      types: ["opened", "synchronize", "reopened", "edited"],
    });
  });

  test("schedules avoid the round minutes, at least four times an hour, and apply and expire take turns", () => {
    const minutes = withCredentials.flatMap((file) => {
      const [entry] = workflow(file).on["schedule"] as readonly { readonly cron: string }[];
      const [minute, ...rest] = entry?.cron.split(" ") ?? [];
      expect(rest, file).toEqual(["*", "*", "*", "*"]);
      const list = minute?.split(",").map(Number) ?? [];
      expect(list.length, file).toBeGreaterThanOrEqual(4);
      return list;
    });
    expect(minutes.filter((minute) => minute % 5 === 0)).toEqual([]);
    expect(new Set(minutes).size).toBe(minutes.length);
  });
});

describe("permissions", () => {
  test("are none at the top of every workflow", () => {
    for (const [file, { permissions }] of workflows) expect(permissions, file).toEqual({});
  });

  test("F3: are exactly these per job; only apply and expire may sign in to targets", () => {
    expect(Object.fromEntries(jobs.map(({ at, job }) => [at, job.permissions]))).toEqual({
      "apply.yml apply": {
        contents: "write",
        "id-token": "write",
        issues: "write",
        "pull-requests": "write",
      },
      "check.yml check": { contents: "read", "pull-requests": "write" },
      "ci.yml gate": { contents: "read" },
      "ci.yml prove": { contents: "read" },
      "ci.yml ci": {},
      "expire.yml expire": { contents: "write", "id-token": "write", "pull-requests": "write" },
      "watchdog.yml watchdog": { contents: "read" },
    });
  });

  test("each say why", () => {
    for (const [file, text] of texts) {
      const scopes = text.split("\n").filter((line) => /^ {6}[a-z-]+: (read|write)\b/.test(line));
      for (const line of scopes) expect(line, file).toMatch(/ # \S/);
    }
  });

  test("credentials are behind one environment, in apply and expire alone", () => {
    const environments = jobs.flatMap(({ at, job }) => (job.environment === undefined ? [] : [at]));
    expect(environments).toEqual(["apply.yml apply", "expire.yml expire"]);
    for (const { job } of jobs) expect(job.environment ?? "lapse-apply").toBe("lapse-apply");
    for (const [file, text] of texts) {
      const secrets = [...text.matchAll(/secrets\.(\w+)/g)].map((match) => match[1]);
      expect(secrets, file).toEqual(withCredentials.includes(file) ? ["LAPSE_APP_PRIVATE_KEY"] : []);
    }
  });

  test("F4: the App's token carries named permissions only", () => {
    const tokens = using("create-github-app-token");
    expect(tokens.map(({ at }) => at)).toEqual(["apply.yml apply", "expire.yml expire"]);
    for (const { at, step } of tokens) {
      expect(step.with).toEqual({
        ...(at.startsWith("apply.yml") && { "permission-issues": "write" }),
        "client-id": "${{ vars.LAPSE_APP_CLIENT_ID }}",
        "private-key": "${{ secrets.LAPSE_APP_PRIVATE_KEY }}",
        "permission-contents": "write",
        "permission-pull-requests": "write",
      });
    }
  });
});

describe("what runs", () => {
  test("C9: every action is one of three, pinned to a commit, with the version beside it", () => {
    const allowed = new Set(["actions/checkout", "actions/setup-node", "actions/create-github-app-token"]);
    for (const [file, text] of texts) {
      const uses = text.split("\n").filter((line) => /^\s*(- )?uses:/.test(line));
      expect(uses.length, file).toBeGreaterThan(0);
      for (const line of uses) expect(line, file).toMatch(/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
    for (const { at, step } of steps) {
      if (step.uses !== undefined) expect(allowed, at).toContain(step.uses.split("@")[0]);
    }
  });

  test("C7: no expression is pasted into a script, and no script writes the runner's command files", () => {
    for (const { at, step } of steps) {
      expect(step.run ?? "", at).not.toContain("${{");
      expect(step.run ?? "", at).not.toMatch(/GITHUB_(ENV|PATH|OUTPUT|STATE)\b/);
    }
  });

  test("C7: free text of an event never reaches an expression", () => {
    for (const [file, text] of texts) {
      const events = [...text.matchAll(/github\.event\.([\w.]+)/g)].map((match) => match[1] ?? "");
      for (const path of events) {
        expect(["pull_request.number", "pull_request.base.sha", "repository.default_branch"], file).toContain(
          path,
        );
      }
      expect(text, file).not.toMatch(/github\.(head_ref|actor|triggering_actor)/);
    }
  });

  test("C10, C14: nothing is installed but the lockfile, without install scripts, and nothing comes from a cache", () => {
    for (const { at, step } of steps) {
      const lines = (step.run ?? "").split("\n");
      const npm = lines.filter((line) => /\b(npm (ci|i|install|add|exec)|npx)\b/.test(line));
      for (const line of npm) expect(line.trim(), at).toBe("npm ci --ignore-scripts");
    }
    for (const { at, step } of using("setup-node")) {
      expect(Object.keys(step.with ?? {}), at).toEqual(["node-version", "package-manager-cache"]);
      expect(step.with?.["package-manager-cache"], at).toBe(false);
    }
  });

  test("C16: no checkout leaves a credential on disk", () => {
    const checkouts = using("checkout");
    expect(checkouts).toHaveLength(6);
    for (const { at, step } of checkouts) expect(step.with?.["persist-credentials"], at).toBe(false);
  });

  test("every job has a fixed runner, a name and an end", () => {
    for (const { at, job } of jobs) {
      expect(job["runs-on"], at).toBe("ubuntu-24.04");
      expect(job.name, at).toBeTypeOf("string");
      expect(job["timeout-minutes"], at).toBeLessThanOrEqual(60);
    }
  });
});

describe("check", () => {
  const check = job("check.yml", "check");
  const script = check.steps.map((step) => step.run ?? "").join("\n");

  test("takes the tool from the base commit, or from the pinned commit of a called workflow", () => {
    const [checkout] = check.steps;
    expect(checkout?.with?.["ref"]).toBe(
      "${{ job.workflow_repository != github.repository && job.workflow_sha || github.event.pull_request.base.sha }}",
    );
    expect(using("checkout").filter(({ at }) => at === "check.yml check")).toHaveLength(1);
  });

  test("never writes a file of the pull request out", () => {
    expect(script).toContain("git init --quiet access");
    expect(script).not.toMatch(/git (-C \S+ )?(checkout|switch|restore|reset|worktree|pull|merge|archive)\b/);
    expect(script).toMatch(
      /^node tool\/dist\/cli\.js -C access check --base "\$base" --head "\$GITHUB_SHA" --pull "\$PULL"$/m,
    );
  });

  test.each([
    ["before the first grant", false],
    ["with a ledger", true],
  ])("finds what it needs, %s", (_, ledger) => {
    const dir = mkdtempSync(join(tmpdir(), "lapse-check-"));
    try {
      const sha = anOrigin(join(dir, "acme/access.git"), ledger);
      execFileSync("bash", [...STRICT, stepNamed(check, "Fetch the pull request as data")], {
        cwd: dir,
        timeout: 20_000,
        env: {
          ...quietGit,
          GITHUB_SERVER_URL: `file://${dir}`,
          GITHUB_REPOSITORY: "acme/access",
          GITHUB_SHA: sha,
          DEFAULT_BRANCH: "main",
        },
      });
      const access = join(dir, "access");
      expect(git(access, "for-each-ref", "--format=%(refname)").trim().split("\n")).toEqual([
        "refs/lapse/merge",
        ...(ledger ? ["refs/remotes/origin/lapse/ledger"] : []),
        "refs/remotes/origin/main",
      ]);
      const changes = git(access, "diff", "--name-status", "refs/lapse/merge^1", sha);
      expect(changes).toBe("A\trequests/orders-db-read/ann.yaml\n");
      expect(readdirSync(access)).toEqual([".git"]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  test("C16: hands git the token when it asks, and never keeps it", () => {
    const dir = mkdtempSync(join(tmpdir(), "lapse-check-"));
    const token = randomUUID();
    try {
      const [setUp] = stepNamed(check, "Fetch the pull request as data").split("git fetch ");
      const env = {
        ...quietGit,
        GITHUB_SERVER_URL: "https://forge.invalid",
        GITHUB_REPOSITORY: "acme/access",
      };
      execFileSync("bash", [...STRICT, setUp ?? ""], { cwd: dir, env, timeout: 20_000 });
      const filled = execFileSync("git", ["-C", "access", "credential", "fill"], {
        cwd: dir,
        env: { ...env, GITHUB_TOKEN: token },
        input: "protocol=https\nhost=forge.invalid\n\n",
        encoding: "utf8",
        timeout: 20_000,
      });
      expect(filled).toContain(`username=x-access-token\npassword=${token}\n`);
      expect(readFileSync(join(dir, "access/.git/config"), "utf8")).not.toContain(token);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe("apply and expire", () => {
  test("work on the tip of main, never on the commit that triggered them", () => {
    for (const file of withCredentials) {
      expect(texts.get(file), file).not.toMatch(/GITHUB_SHA|github\.sha\b|github\.ref\b/);
      const [checkout] = Object.values(workflow(file).jobs)[0]?.steps ?? [];
      expect(checkout?.with?.["ref"], file).toBe(
        "${{ job.workflow_repository != github.repository && job.workflow_sha || 'main' }}",
      );
    }
  });

  test("start from an empty clone: the tool fetches what it needs with its own token", () => {
    for (const [file, command] of [
      ["apply.yml", "apply"],
      ["expire.yml", "expire"],
    ] as const) {
      const last = job(file, command).steps.at(-1);
      expect(Object.keys(last?.env ?? {})).toEqual(["GITHUB_TOKEN"]);
      expect(last?.run?.trim().split("\n")).toEqual([
        "git init --quiet access",
        'git -C access remote add origin "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY.git"',
        `node tool/dist/cli.js -C access ${command}`,
      ]);
    }
  });

  test("are never cancelled, and a stuck apply cannot hold back an end", () => {
    const [apply, expire] = withCredentials.map((file) => workflow(file).concurrency);
    expect(apply).toEqual({ group: "lapse-apply", "cancel-in-progress": false });
    expect(expire).toEqual({ group: "lapse-expire", "cancel-in-progress": false });
  });

  test("C18: make no decision of trust in an expression: only the App's presence is asked for", () => {
    const conditions = steps.flatMap(({ step }) => step.if ?? []);
    expect(new Set(conditions)).toEqual(new Set(["vars.LAPSE_APP_CLIENT_ID != ''"]));
    expect(jobs.flatMap(({ at, job }) => (job.if === undefined ? [] : [`${at}: ${job.if}`]))).toEqual([
      "ci.yml ci: always()",
    ]);
  });
});

test("the watchdog only looks, with nothing that could be missing when apply and expire are broken", () => {
  const { steps, ...watchdog } = job("watchdog.yml", "watchdog");
  expect(watchdog).not.toHaveProperty("environment");
  expect(texts.get("watchdog.yml")).not.toMatch(/secrets\.|vars\./);
  expect(steps.at(-1)?.run?.trim().split("\n").at(-1)).toBe("node tool/dist/cli.js -C access watchdog");
});

test("C3: the check to require runs always, and passes only when all that it needs did", () => {
  const needing = [...workflows.values()].flatMap(({ jobs }) =>
    Object.values(jobs).filter(({ needs }) => needs),
  );
  expect(needing).toHaveLength(1);
  const [last] = needing;
  expect(last?.if).toBe("always()");
  const [step] = last?.steps ?? [];
  expect(last?.needs).toEqual(["gate", "prove"]);
  expect(step?.env).toEqual({ GATE: "${{ needs.gate.result }}", PROOFS: "${{ needs.prove.result }}" });
  const passes = (GATE: string, PROOFS: string): boolean =>
    spawnSync("bash", [...STRICT, step?.run ?? ""], { env: { GATE, PROOFS }, timeout: 20_000 }).status === 0;
  const results = ["success", "skipped", "failure", "cancelled", ""];
  const both = results.flatMap((gate) => results.map((proofs) => [gate, proofs] as const));
  expect(both.filter(([gate, proofs]) => passes(gate, proofs))).toEqual([["success", "success"]]);
});

test("ci runs the whole gate on every Node that is promised", () => {
  const text = texts.get("ci.yml") ?? "";
  const { engines, scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
    readonly engines: { readonly node: string };
    readonly scripts: Readonly<Record<string, string>>;
  };
  expect(engines.node).toMatch(/^>=20\b/);
  expect(text).toContain("node: [20, 22, 24, 26]");
  for (const [, script = ""] of text.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty(script);
});

describe("code owners", () => {
  const lines = readFileSync(".github/CODEOWNERS", "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => line.trim().split(/\s+/));
  const owners = (path: string): readonly string[] =>
    lines.findLast(([pattern = ""]) => pattern === "*" || `/${path}`.startsWith(pattern))?.slice(1) ?? [];

  test.each(["policies/rules/a.yaml", "schemas/request.schema.json", "src/cli.ts", ".github/CODEOWNERS"])(
    "%s has two teams",
    (path) => {
      expect(owners(path).length).toBeGreaterThanOrEqual(2);
    },
  );

  test("what the tool is built from has an owner, requests have none: policy says who approves them", () => {
    expect(owners("package-lock.json")).not.toEqual([]);
    expect(owners("requests/orders-db-read/ann.yaml")).toEqual([]);
  });
});

test("updates of packages and actions wait a week", () => {
  const { updates } = parse(readFileSync(".github/dependabot.yml", "utf8")) as {
    readonly updates: readonly {
      readonly "package-ecosystem": string;
      readonly cooldown: { readonly "default-days": number };
    }[];
  };
  expect(updates.map((update) => [update["package-ecosystem"], update.cooldown["default-days"]])).toEqual([
    ["npm", 7],
    ["github-actions", 7],
  ]);
});
