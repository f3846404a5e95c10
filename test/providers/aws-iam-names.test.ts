// Are names of inline policies told apart, and patterns of actions read as IAM reads them?
import { describe, expect, test } from "vitest";
import { policyName, readName } from "../../src/providers/aws/iam-names.ts";
import { covers } from "../../src/providers/aws/patterns.ts";

describe("names", () => {
  test("are read back, and long or hostile ones are told apart", () => {
    expect(readName(policyName("acme", "orders", "ann-1"), "acme")).toEqual({
      target: "orders",
      request: "ann-1",
    });
    const hostile = ["x".repeat(300), "x".repeat(301), "a@b", "=1", "../x", ""].map((request) =>
      policyName("acme", "orders", request),
    );
    expect(new Set(hostile).size).toBe(hostile.length);
    for (const name of hostile) {
      expect(name).toMatch(/^[\w+=,.@-]{1,128}$/);
      expect(readName(name, "acme")?.target).toBe("orders");
    }
  });

  test("of another owner are not ours, and owners without room are refused", () => {
    expect(readName(policyName("acme-two", "orders", "ann-1"), "acme")).toBeUndefined();
    expect(readName("lapse@acme@orders@a@b", "acme")).toBeUndefined();
    expect(() => policyName("a".repeat(63), "b".repeat(63), "c")).toThrow(/shorten/);
    expect(() => policyName("a@b", "orders", "c")).toThrow(/shorten/);
  });
});

test("a pattern covers what it is sure to match, in a time that grows with its length", () => {
  for (const [pattern, one] of [
    ["*", "s3:*"],
    ["s3:Get*", "s3:GetObject"],
    ["s3:*Object", "s3:Get*Object"],
    ["a?c", "abc"],
    ["a?c", "a?c"],
  ] as const)
    expect(covers(pattern, one), `${pattern} ${one}`).toBe(true);
  for (const [pattern, one] of [
    ["s3:GetObject", "s3:Get*"],
    ["s3:?", "s3:*"],
    ["a.c", "abc"],
    ["s3:Get", "s3:GetObject"],
    ["", "a"],
  ] as const)
    expect(covers(pattern, one), `${pattern} ${one}`).toBe(false);
  const start = performance.now();
  expect(covers(`${"*a".repeat(500)}b`, "a".repeat(5_000))).toBe(false);
  expect(performance.now() - start).toBeLessThan(2_000);
});
