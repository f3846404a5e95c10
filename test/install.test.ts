// Can a package that we depend on, or one that takes its place, run anything while it is installed?
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

interface Workflow {
  readonly jobs: {
    readonly apply: { readonly steps: readonly { readonly name?: string; readonly run?: string }[] };
  };
}

describe("C14: what is installed", () => {
  interface Locked {
    readonly resolved?: string;
    readonly integrity?: string;
    readonly link?: boolean;
  }
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };

  test("C14: is named in the lock file by its hash, all of it", () => {
    const outside = Object.entries(packages).filter(([path]) => path !== "");
    expect(outside.length).toBeGreaterThan(100);
    const open = outside.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ""));
    expect(open.map(([path]) => path)).toEqual([]);
  });

  test("C14: runs no script of its own while it is installed, by the very command of the workflows", () => {
    const dir = mkdtempSync(join(tmpdir(), "lapse-install-"));
    try {
      const marker = join(dir, "marker");
      mkdirSync(join(dir, "evil"));
      mkdirSync(join(dir, "tool"));
      const evil = { name: "evil", version: "1.0.0", scripts: { postinstall: `touch ${marker}` } };
      writeFileSync(join(dir, "evil/package.json"), JSON.stringify(evil));
      const tool = { name: "tool", version: "1.0.0", dependencies: { evil: "file:../evil" } };
      writeFileSync(join(dir, "tool/package.json"), JSON.stringify(tool));
      const env = {
        PATH: process.env["PATH"] ?? "",
        HOME: dir,
        npm_config_offline: "true",
        npm_config_audit: "false",
      };
      const npm = (command: string) =>
        execFileSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", command], {
          cwd: join(dir, "tool"),
          env,
          timeout: 60_000,
          stdio: "pipe",
        });
      npm("npm install --package-lock-only --ignore-scripts");
      const { jobs } = parse(readFileSync(".github/workflows/apply.yml", "utf8")) as Workflow;
      const build = jobs.apply.steps.find(({ name }) => name === "Build the tool");
      const [install = ""] = (build?.run ?? "").split("\n");
      expect(install).toBe("npm ci --ignore-scripts");
      npm(install);
      expect(readdirSync(dir).sort()).not.toContain("marker");
      npm(install.replace(" --ignore-scripts", ""));
      expect(readdirSync(dir)).toContain("marker");
    } finally {
      rmSync(dir, { recursive: true });
    }
  }, 120_000);
});
