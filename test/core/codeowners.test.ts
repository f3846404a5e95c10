// Does CODEOWNERS say what GitHub would read in it?
import { describe, expect, it } from "vitest";
import { ownerLineOf, readCodeowners } from "../../src/core/codeowners.ts";
import { ownersFindings } from "../../src/core/repository-owners.ts";

const owners = (text: string, path: string) => ownerLineOf(readCodeowners(text), path)?.owners.join(" ");

describe("the owner of a path", () => {
  // From https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
  it.each([
    ["* @a", "x/y.txt", "@a"],
    ["*.js @a", "deep/x.js", "@a"],
    ["*.js @a", "x.ts", undefined],
    ["/build/logs/ @a", "build/logs/x/y", "@a"],
    ["/build/logs/ @a", "a/build/logs/x", undefined],
    ["docs/* @a", "docs/x.md", "@a"],
    ["docs/* @a", "docs/b/x.md", undefined],
    ["apps/ @a", "x/apps/y", "@a"],
    ["/scripts/ @a @b", "scripts/x", "@a @b"],
    ["**/logs @a", "build/logs/x", "@a"],
    ["**/logs @a", "logs/x", "@a"],
    ["/apps/ @a\n/apps/github", "apps/github/x", ""],
    ["/apps/ @a\n/apps/github @b", "apps/github/x", "@b"],
    ["/a\\ b/ @a", "a b/x", "@a"],
    ["* @a # why", "x", "@a"],
    ["# * @a", "x", undefined],
    ["/policies @a", "policies-old/x", undefined],
    ["/policies/**/x.yaml @a", "policies/x.yaml", "@a"],
    ["/POLICIES/ @a", "policies/x", undefined],
  ])("%j, %s: %s", (text, path, owner) => {
    expect(owners(text, path)).toBe(owner);
  });

  it("is found in time, whatever the pattern", () => {
    const started = performance.now();
    const stars = `${"*a".repeat(240)}b @a\n`;
    expect(owners(stars, "a".repeat(5000))).toBe(undefined);
    expect(owners(`${"**/".repeat(160)}x @a`, `${"a/".repeat(500)}y`)).toBe(undefined);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe("CODEOWNERS", () => {
  const PATHS = [
    "policies/lapse.yaml",
    ".github/workflows/apply.yml",
    "requests/a/b.yaml",
    "src/cli.ts",
    "docs/x",
  ];
  const path = ".github/CODEOWNERS";
  const found = (text: string, paths = PATHS) =>
    ownersFindings({ file: { path, text, bytes: text.length }, paths }).map(
      ({ code, severity, message, at }) => `${severity} ${code}:${at?.line ?? 0} ${message}`,
    );

  it("A14: that owns every guarded path passes", () => {
    expect(found("* @acme/platform\n/policies/ @acme/security\n")).toEqual([]);
    expect(found("/policies/ @a\n/.github/ @a\n/src/ @a\n/requests/ @a\n")).toEqual([]);
  });

  it("A14: with a later line that takes ownership away fails at that line", () => {
    expect(found("* @acme/platform\n\n/policies/lapse.yaml\n")).toEqual([
      "error LPS939:3 nobody owns policies/lapse.yaml: this line takes its owner away",
    ]);
  });

  it("A14: that leaves a new folder of policies to nobody fails", () => {
    const text = "/policies/lapse.yaml @a\n/.github/ @a\n/src/ @a\n/requests/ @a\n";
    expect(found(text)).toEqual(["error LPS939:1 nobody owns a new file in policies/: no line names it"]);
  });

  it("A14: with lines that GitHub skips fails, and what they owned is owned by nobody", () => {
    expect(found("* @a\n!/policies/ @a\n/src/[ab] @a\n/src/ @\n")).toEqual([
      "error LPS940:2 GitHub skips this line: patterns cannot be negated",
      "error LPS940:3 GitHub skips this line: patterns cannot have character ranges",
      'error LPS940:4 GitHub skips this line: "@" is no owner',
    ]);
  });

  it("A14: too large to be loaded fails", () => {
    const file = { path, text: "* @a\n", bytes: 3 * 1024 * 1024 + 1 };
    expect(ownersFindings({ file, paths: PATHS })).toMatchObject([{ code: "LPS940", severity: "error" }]);
  });

  it("that is missing, or asks nobody about requests, is told", () => {
    expect(ownersFindings({ file: undefined, paths: PATHS })).toMatchObject([
      { code: "LPS938", severity: "warning" },
    ]);
    expect(found("* @a\n/requests/\n")).toEqual([
      "warning LPS939:2 nobody owns requests/a/b.yaml: this line takes its owner away",
    ]);
  });
});
