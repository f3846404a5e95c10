// Is every hostile or mistaken file refused, at the very place, and nothing else disturbed?
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { badTreeEntries } from "../src/core/path.ts";
import { readRequest } from "../src/core/request.ts";
import { readDocument } from "../src/core/document.ts";
import { sorted } from "../src/core/finding.ts";

const PATH = "requests/orders-db-read/bad.yaml";
const CORPUS = new URL("cases/bad-input/", import.meta.url);
const GOOD = `apiVersion: lapse.dev/v1
kind: AccessRequest
metadata: { name: bad }
spec:
  subject: ann
  entitlement: orders-db-read
  duration: 4h
  reason: Backfill of stuck orders, INC-4711
`;

const bytes = (text: string) => new TextEncoder().encode(text);

function findingsOf(content: string | Uint8Array) {
  const read = readRequest({ path: PATH, bytes: typeof content === "string" ? bytes(content) : content });
  return "findings" in read ? read.findings : [];
}

/** `LPS107 6:3` for each finding, in order. */
function summary(content: string | Uint8Array): string {
  const place = (f: { at?: { line: number; column: number } }) => `${f.at?.line ?? 0}:${f.at?.column ?? 0}`;
  return findingsOf(content)
    .map((f) => `${f.code} ${place(f)}`)
    .join(", ");
}

const put = (from: string, to: string) => GOOD.replace(from, to);

test("the file that all others are made from is right", () => {
  expect(findingsOf(GOOD)).toEqual([]);
});

describe("B7, B8, B9: the corpus", () => {
  const names = readdirSync(CORPUS).sort();

  test("has a case for each construct", () => {
    expect(names.length).toBeGreaterThan(60);
  });

  test.each(names)("%s", (name) => {
    const text = readFileSync(new URL(name, CORPUS), "utf8");
    const [, expected, lesson] = /^# ((?:LPS\d{3} \d+:\d+(?:, )?)+): (.+)\n/.exec(text) ?? [];
    expect(lesson).toBeDefined();
    expect(summary(text)).toBe(expected);
    const findings = findingsOf(text);
    expect(findings).toEqual(sorted(findings));
    for (const { frame, message, fix } of findings) {
      expect(frame).toMatch(/^> /m);
      expect(message).toMatch(/\S/);
      expect(fix).toMatch(/\S/);
    }
  });
});

describe("B1: a rename or an edit", () => {
  test("cannot keep the content under another id or entitlement", () => {
    const at = (path: string) => readRequest({ path, bytes: bytes(GOOD) });
    expect(at(PATH)).toHaveProperty("request.id", "bad");
    expect(at("requests/orders-db-read/other.yaml")).toMatchObject({ findings: [{ code: "LPS122" }] });
    expect(at("requests/orders-db-write/bad.yaml")).toMatchObject({ findings: [{ code: "LPS123" }] });
  });
});

describe("B2, B3, B4: what rides along under requests/", () => {
  test.each([
    ["100644", "requests/.gitattributes", "LPS120"],
    ["100644", "requests/.gitmodules", "LPS120"],
    ["100644", "requests/orders-db-read/package.json", "LPS120"],
    ["120000", PATH, "LPS121"],
    ["160000", PATH, "LPS121"],
    ["100755", PATH, "LPS121"],
  ])("%s %s is %s", (mode, path, code) => {
    expect(badTreeEntries([{ mode, path }])).toMatchObject([{ code, severity: "error" }]);
  });
});

describe("B5: a path that is no request's", () => {
  test("is refused before a byte is read", () => {
    for (const path of ["requests/e/A.yaml", "requests/e/\u0430.yaml", "policies/people/ann.yaml"]) {
      expect(readRequest({ path, bytes: bytes(GOOD) })).toMatchObject({ findings: [{ code: "LPS120" }] });
    }
  });
});

describe("B7: keys that are one to some parsers and two to others", () => {
  test("in composed and decomposed form", () => {
    const both = "  scope: { \u00e9: a, e\u0301: b }\n";
    expect(summary(GOOD + both)).toBe("LPS105 9:18");
    expect(summary(GOOD + both.replace("e\u0301", '"e\\u0301"'))).toBe("LPS105 9:18");
  });
});

describe("B8: a directive cannot change what values mean", () => {
  test.each(["%YAML 1.1", "%YAML 1.2", "%YAML 9.9", "%TAG ! tag:evil,2026:", "%FOO bar"])(
    "%s",
    (directive) => {
      const text = `${directive}\n---\n${put("duration: 4h", "duration: 4:00:00")}`;
      expect(findingsOf(text).map(({ code }) => code)).toContain("LPS106");
    },
  );

  test("and what YAML 1.1 reads as true or as a number is text", () => {
    for (const word of ["yes", "on", "y", "True", "0o17", "1_000", "1:30", "~", ".inf"]) {
      const read = readDocument("x.yaml", bytes(`a: ${word}\n`));
      expect("document" in read && read.document.value).toEqual({ a: word });
    }
  });
});

describe("B9: a byte order mark", () => {
  test.each([
    ["at the start", `\uFEFF${GOOD}`, "LPS103 1:1"],
    ["inside", put("subject: ann", "\uFEFFsubject: ann"), "LPS104 5:3"],
    ["of UTF-16", Uint8Array.from([0xff, 0xfe, 0x61, 0x00]), "LPS103 1:1"],
  ])("%s", (_, content, expected) => {
    expect(summary(content)).toBe(expected);
  });
});

describe("bytes that are not UTF-8", () => {
  test.each([
    ["a lone continuation", [0x80]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["an overlong NUL", [0xe0, 0x80, 0x80]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["beyond Unicode", [0xf4, 0x90, 0x80, 0x80]],
    ["an end in the middle of a character", [0xe2, 0x82]],
    ["Latin-1", [0xe9, 0x20]],
  ])("%s", (_, evil) => {
    const content = Uint8Array.from([...bytes("# \u00e9\u{1F600}\na: "), ...evil]);
    expect(summary(content)).toBe("LPS103 2:4");
  });
});

describe("B13: prototype keys", () => {
  test.each(["__proto__", "constructor", "prototype"])("%s is refused at each depth", (key) => {
    for (const content of [
      `${key}: { polluted: yes }\n${GOOD}`,
      put("{ name: bad }", `{ name: bad, ${key}: { polluted: yes } }`),
      put("  subject", `  "${key}": { polluted: yes }\n  subject`),
      `${GOOD}  scope: { schema: [{ ${key}: { polluted: yes } }] }\n`,
    ]) {
      expect(findingsOf(content).map(({ code }) => code)).toEqual(["LPS108"]);
    }
    expect("polluted" in {}).toBe(false);
  });

  test("required keys are looked for on the value itself, not on its prototype", () => {
    const read = readDocument("x.yaml", bytes("a: { b: c }\n"));
    const value = "document" in read ? (read.document.value as object) : undefined;
    expect(value && Object.getPrototypeOf(value)).toBe(null);
  });
});

/** Processor time, since the machine may be busy with something else. */
describe("B15: input made to stall the check", () => {
  const inputs: Readonly<Record<string, string | Uint8Array>> = {
    "50,000 open brackets": "[".repeat(50_000),
    "20 MiB": new Uint8Array(20 * 1024 * 1024).fill(0x61),
    "as many brackets as fit": "[".repeat(16_384),
    "as many braces as fit": "{a: ".repeat(4_096),
    "lists in lists on one line": "- ".repeat(8_192),
    "questions in questions": "? ".repeat(8_192),
    "as many entries as fit": `[${Array.from({ length: 5_000 }, () => "k").join(",")}]`,
    "as many keys as fit": `{${Array.from({ length: 2_700 }, (_, i) => `k${i}`).join(",")}}`,
    quotes: '"'.repeat(16_384),
    colons: ": ".repeat(8_192),
    "closing brackets": "]".repeat(16_384),
    anchors: "&a ".repeat(5_461),
    "anchors within the limits": "- &a x\n".repeat(299),
    "unknown keys within the limits": `${GOOD}x: {${Array.from({ length: 98 }, (_, i) => `k${i}: x`).join(",")}}\n`,
    "mistakes of the schema within the limits": `${GOOD}  scope: {${Array.from({ length: 98 }, (_, i) => `K${i}: {}`).join(",")}}\n`,
    aliases: "*a ".repeat(5_461),
    "blank lines": "\n".repeat(16_384),
    "combining marks": `a: a${"\u0301".repeat(8_000)}`,
    "letters of other scripts": "\u00e9".repeat(8_192),
  };

  test.each(Object.entries(inputs))("%s: refused in time", (_, content) => {
    const data = typeof content === "string" ? bytes(content) : content;
    const fastest = Math.min(
      ...Array.from({ length: 5 }, () => {
        const start = process.cpuUsage();
        expect(findingsOf(data).length).toBeGreaterThan(0);
        const { user, system } = process.cpuUsage(start);
        return (user + system) / 1000;
      }),
    );
    expect(fastest).toBeLessThan(100);
  });
});

describe("B16: what a reviewer cannot see", () => {
  const hidden = Array.from(
    "\0\u0001\u0007\u0008\t\u000b\u000c\u001b\u007f\u0080\u0085\u009f" +
      "\u00a0\u00ad\u034f\u061c\u115f\u1680\u17b4\u180b\u180e\u2000\u2003\u200b\u200c\u200d\u200e\u200f" +
      "\u2028\u2029\u202a\u202d\u202e\u202f\u205f\u2060\u2061\u2066\u2069\u206a\u2800\u3000\u3164" +
      "\ue000\ufe0f\ufeff\uffa0\ufff9\ufffe\u{1d173}\u{e0001}\u{e0061}\u{e0100}\u{f0000}",
  );
  const fields = [
    "name: b",
    "subject: a",
    "entitlement: o",
    "duration: 4",
    "reason: B",
    "  duration",
    "kind: A",
  ];

  test.each(hidden.map((c) => `U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`))(
    "%s is refused in each field, and shown",
    (point) => {
      const character = String.fromCodePoint(parseInt(point.slice(2), 16));
      for (const field of fields) {
        const [finding, ...others] = findingsOf(put(field, field + character));
        expect(others).toEqual([]);
        expect(finding?.code).toBe("LPS104");
        expect(finding?.message).toContain(point);
        expect(finding?.frame).toContain(`<${point}>`);
        expect(finding?.frame).not.toContain(character);
      }
    },
  );

  test("each format character of Unicode is refused in each field", () => {
    const all = Array.from({ length: 0x110000 }, (_, i) => i)
      .filter((point) => point < 0xd800 || point > 0xdfff)
      .map((point) => String.fromCodePoint(point))
      .filter((character) => /^\p{Cf}$/u.test(character));
    expect(all.length).toBeGreaterThan(150);
    for (const character of all) {
      for (const field of fields)
        expect(findingsOf(put(field, field + character)).map(({ code }) => code)).toEqual(["LPS104"]);
    }
  });

  test("CR is named as such", () => {
    expect(summary(GOOD.replaceAll("\n", "\r\n"))).toBe("LPS103 1:25");
    expect(summary(put("ann", "ann\rbob"))).toBe("LPS103 5:15");
  });

  test("a reason may be in any language", () => {
    for (const reason of [
      "Čištění uvízlých objednávek",
      "滞留している注文の再処理です。",
      "إعادة معالجة الطلبات",
      "Исправление заказов №5 – срочно! 🚑",
    ]) {
      expect(findingsOf(put("Backfill of stuck orders, INC-4711", reason))).toEqual([]);
    }
  });
});

describe("secrets in a reason", () => {
  const x = (n: number) => "x1Y".repeat(n).slice(0, n);
  test.each([
    ["a GitHub token", `ghp_${x(36)}`],
    ["a GitHub token", `github_pat_${x(40)}`],
    ["a GitLab token", `glpat-${x(20)}`],
    ["an AWS access key", `AKIA${"A1".repeat(8)}`],
    ["a Slack token", `xoxb-${x(12)}`],
    ["a Stripe key", `sk_live_${x(20)}`],
    ["a private key", "-----BEGIN EC PRIVATE" + " KEY-----"],
    ["a JSON Web Token", `eyJ${x(12)}.eyJ${x(12)}.${x(12)}`],
    ["a password in a URL", `postgres://ann:${x(8)}@db/orders`],
  ])("%s is refused, and not repeated", (kind, secret) => {
    const findings = findingsOf(
      put("stuck orders", `stuck: ${secret} now`)
        .replace("reason: ", "reason: '")
        .replace("4711\n", "4711'\n"),
    );
    expect(findings).toMatchObject([{ code: "LPS124", at: { line: 8, column: 11 } }]);
    expect(findings[0]?.message).toContain(kind);
    expect(JSON.stringify(findings)).not.toContain(secret);
  });

  test("other findings beside it do not show it either", () => {
    const secret = `ghp_${x(36)}`;
    const findings = findingsOf(
      put("4h", "1w").replace("stuck orders", secret).replace("subject: ann", `subject: ${secret}`),
    );
    expect(findings.map(({ code }) => code)).toEqual(["LPS114", "LPS116", "LPS124"]);
    expect(JSON.stringify(findings)).not.toContain(secret);
  });

  test("a commit id, a long word or a plain URL is none", () => {
    const reason = `See https://example.com/a?b=c at ${"0a".repeat(20)}, Donaudampfschifffahrtsgesellschaft`;
    expect(findingsOf(put("Backfill of stuck orders, INC-4711", `'${reason}'`))).toEqual([]);
  });
});
