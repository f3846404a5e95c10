// What of a plugin's answer does Lapse believe, and what goes into the ledger?
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { claim, edge, execSite, thrown, window } from "../support/exec.ts";

const site = execSite();
afterAll(site.stop);

describe("resolve", () => {
  const GOOD = { key: "k", principal: { id: 7 }, role: { group: 12 }, scope: {}, mark: "m" };

  test("takes from the answer what only the plugin knows, and nothing else", async () => {
    const bad = {
      owner: "evil",
      target: "other",
      provider: "memory",
      connection: { program: "/bin/sh" },
      more: 1,
    };
    const connection = site.plugin(`each(${JSON.stringify({ ...GOOD, ...bad })});`);
    expect(await (await site.open(connection)).resolve(claim(connection))).toEqual({
      key: "exec:t/k",
      ...{ owner: "lapse", target: "doors", provider: "exec", connection },
      ...{ principal: { id: 7 }, role: { group: 12 }, scope: {}, mark: "m" },
    });
  });

  test.each([
    ["a key with a blank", `{ ...good, key: "a b" }`],
    ["no key", `{ ...good, key: undefined }`],
    ["a mark that no terminal should see", `{ ...good, mark: "\\u202e" }`],
    ["nobody", `{ ...good, principal: {} }`],
    ["a list for a role", `{ ...good, role: [] }`],
    ["a fraction, which two readers may read differently", `{ ...good, role: { n: 0.1 } }`],
    ["half a character", `{ ...good, role: { n: "\\ud800" } }`],
    [
      "a reserved word",
      `JSON.parse('{"key":"k","principal":{"id":{"__proto__":{"a":1}}},"role":{},"scope":{}}')`,
    ],
    ["more than the ledger should hold", `{ ...good, role: { n: "x".repeat(5000) } }`],
    ["what is nested without end", `{ ...good, role: { n: JSON.parse("[".repeat(100) + "]".repeat(100)) } }`],
  ])("refuses %s", async (_, answer) => {
    const connection = site.plugin(`const good = ${JSON.stringify(GOOD)}; each(${answer});`);
    const error = await thrown((await site.open(connection)).resolve(claim(connection)));
    expect(error).toMatchObject({ vendorCode: "bad-answer", class: "transient" });
  });

  test("hands on hostile names as data", async () => {
    const connection = site.plugin(
      `writeFileSync(config.log, JSON.stringify(asked)); each(${JSON.stringify(GOOD)});`,
    );
    const hostile = { request: `"; rm -rf / #\n$(id)`, identity: "--help", scope: { part: "`id`" } };
    await (await site.open(connection)).resolve(claim(connection, hostile));
    expect(JSON.parse(readFileSync(connection.config.log, "utf8"))).toEqual([
      { id: "1", target: "doors", role: { group: "oncall" }, ...hostile },
    ]);
  });
});

test("a receipt is made fit for the ledger, and long words are cut", async () => {
  const connection = site.plugin(
    `each(op === "observe" ? { state: "absent" } : { state: "absent", receipt: { cost: 0.5, at: "e\\u0301" }, residue: ["x".repeat(1000)] });`,
  );
  const revoked = await (await site.open(connection)).revoke(edge(connection));
  expect(revoked).toEqual({
    state: "absent",
    receipt: { cost: "0.5", at: "\u00e9" },
    residue: ["x".repeat(300)],
  });
});

describe("list", () => {
  const ITEM = { key: "k", mark: "k", principal: { id: 7 }, role: { group: 1 }, scope: {}, target: "doors" };
  const listed = async (answer: object) => {
    const session = await site.open(site.plugin(`say(${JSON.stringify(answer)});`));
    return session.list();
  };

  test("is complete only if the plugin says so", async () => {
    expect(await listed({ items: [] })).toMatchObject({ complete: false });
    expect(await listed({ items: [], complete: "true" })).toMatchObject({ complete: false });
    expect(await listed({ items: [], complete: true })).toMatchObject({ complete: true });
  });

  test("gives request, target and planned end, unless somebody spoiled the end", async () => {
    const good = { ...ITEM, request: "ann-1", until: "2026-11-23T10:00:00Z" };
    const { items } = await listed({ items: [good, { ...ITEM, until: "for ever" }], complete: true });
    expect(items).toMatchObject([
      {
        key: "exec:t/k",
        owner: "lapse",
        target: "doors",
        role: { group: 1, request: "ann-1" },
        until: window.end,
      },
      { key: "exec:t/k", mark: "k" },
    ]);
    expect(items[1]).not.toHaveProperty("until");
  });
});

describe("doctor", () => {
  const FOUND = { code: "LPS431", severity: "warning", message: "can delete users", fix: "take it away" };
  test("gives findings of providers, and no others", async () => {
    const good = await site.open(site.plugin(`say({ findings: [${JSON.stringify(FOUND)}] });`));
    expect(await good.doctor()).toEqual([FOUND]);
    const bad = await site.open(
      site.plugin(`say({ findings: [${JSON.stringify({ ...FOUND, code: "LPS306" })}] });`),
    );
    expect(await thrown(bad.doctor())).toMatchObject({ vendorCode: "bad-answer" });
  });
});
