// Is only a plainly named regular file a request?
import { describe, expect, test } from "vitest";
import { badTreeEntries, isName, requestPath } from "../../src/core/path.ts";

const file = (path: string) => ({ mode: "100644", path });

describe("a request's path", () => {
  test("says the entitlement and the id", () => {
    expect(requestPath("requests/orders-db-read/ann-20261123.yaml")).toEqual({
      entitlement: "orders-db-read",
      id: "ann-20261123",
    });
  });

  test("has names of 1 to 63 characters", () => {
    expect(isName("a")).toBe(true);
    expect(isName("a".repeat(63))).toBe(true);
    expect(isName("a".repeat(64))).toBe(false);
    expect(isName("")).toBe(false);
  });
});

describe("B5: confusable names", () => {
  test.each([
    "requests/e/A.yaml",
    "requests/e/\u00e9.yaml",
    "requests/e/e\u0301.yaml",
    "requests/e/\u0430nn.yaml",
    "requests/e/an\u200bn.yaml",
    "requests/e/ann\u202elmay.yaml",
    "requests/e/a\nb.yaml",
    "requests/e/-rf.yaml",
    "requests/e/a-.yaml",
    "requests/e/ a.yaml ",
    "requests/e/a.yaml.",
    "requests/e/con.yaml",
    "requests/nul/a.yaml",
    "requests/e/lpt9.yaml",
    "requests/e/a.yml",
    "requests/e/a.YAML",
    "requests/e/a_b.yaml",
    "requests/e/a.b.yaml",
    "requests/e/.yaml",
    "requests//a.yaml",
    "requests/a.yaml",
    "requests/e/f/a.yaml",
    "requests/../a.yaml",
    "requests/e/../a.yaml",
    "Requests/e/a.yaml",
    "/requests/e/a.yaml",
    "requests/e\\a.yaml",
    "requests/.gitattributes",
    "requests/e/README.md",
    "requests/e/constructor.yaml\0",
  ])("%j is no request", (path) => {
    const [finding, ...others] = badTreeEntries([file(path)]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: "LPS120", severity: "error" });
    // eslint-disable-next-line no-control-regex
    expect(`${finding?.message ?? ""}${finding?.at?.file ?? ""}`).not.toMatch(/[\u0000-\u001f\u200b\u202e]/);
  });
});

describe("B3, B4: tree entries that are not regular files", () => {
  test.each([
    ["120000", "a symbolic link"],
    ["160000", "a submodule"],
    ["100755", "an executable file"],
    ["040000", "a folder"],
    ["100664", "of mode 100664"],
  ])("%s is %s", (mode, words) => {
    const [finding] = badTreeEntries([{ mode, path: "requests/e/a.yaml" }]);
    expect(finding).toMatchObject({ code: "LPS121", at: { file: "requests/e/a.yaml", line: 1, column: 1 } });
    expect(finding?.message).toContain(words);
  });

  test("not even the README may be one", () => {
    expect(badTreeEntries([file("requests/README.md")])).toEqual([]);
    expect(badTreeEntries([{ mode: "120000", path: "requests/README.md" }])).toMatchObject([
      { code: "LPS121" },
    ]);
  });
});

test("B6: one bad entry among thousands is found, wherever it stands", () => {
  const good = Array.from({ length: 3000 }, (_, i) => file(`requests/e/a${i}.yaml`));
  expect(badTreeEntries(good)).toEqual([]);
  expect(badTreeEntries([...good, file("requests/e/a0.yml")])).toMatchObject([{ code: "LPS120" }]);
});
