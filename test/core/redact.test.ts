// Does a secret stay inside, however somebody writes it?
import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redactor } from "../../src/core/redact.ts";
import { isSecretName } from "../../src/core/secret-parts.ts";
import { masked, secretKind } from "../../src/core/secret.ts";
import { nasty } from "../support/nasty.ts";

/** Random each time, so that no expectation can have been written for it. */
const fresh = (bytes = 24): string => randomBytes(bytes).toString("base64");
const knowing = (...secrets: readonly string[]) => {
  const made = redactor();
  secrets.forEach(made.learn);
  return made;
};

/** How programs write a value, by Node's own encoders: none of it is taken from what is tested. */
const WRITERS: Readonly<Record<string, (secret: string) => string>> = {
  plainly: (s) => s,
  "in base64": (s) => Buffer.from(s).toString("base64"),
  "in base64url": (s) => Buffer.from(s).toString("base64url"),
  "in the header that git sends": (s) => Buffer.from(`x-access-token:${s}`).toString("base64"),
  "in base64, one place on": (s) => Buffer.from(`:${s};`).toString("base64"),
  "in a URL": (s) => encodeURIComponent(s),
  "in a URL, as AWS signs it": (s) =>
    encodeURIComponent(s).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
  "in a form": (s) => new URLSearchParams({ s }).toString().slice(2),
  "in a URL, small letters": (s) => encodeURIComponent(s).replace(/%../g, (code) => code.toLowerCase()),
  "in JSON": (s) => JSON.stringify({ s }),
  "in JSON in JSON": (s) => JSON.stringify(JSON.stringify({ s })),
  "in hexadecimal": (s) => Buffer.from(s).toString("hex"),
  "in SQL": (s) => `'${s.replaceAll("'", "''")}'`,
  "in HTML": (s) => s.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;"),
};
const writers = Object.entries(WRITERS);

/** Is there any stretch of so many characters of `secret` in it? */
const leaks = (text: string, secret: string, length = 16): boolean =>
  Array.from({ length: Math.max(1, secret.length - length + 1) }, (_, i) => secret.slice(i, i + length)).some(
    (stretch) => text.includes(stretch),
  );

/** Whatever in it can be read as base64 or hexadecimal, or with the escapes of URLs and JSON. */
const unpacked = (text: string): string => {
  const runs = text.match(/[A-Za-z0-9+/_-]+/g) ?? [];
  const bytes = runs.flatMap((run) =>
    [0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), "base64").toString()),
  );
  const numbers = runs.map((run) => Buffer.from(run, "hex").toString());
  const urls = text
    .replaceAll("+", " ")
    .replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return [...bytes, ...numbers, urls, text.replaceAll("\\", ""), text.replaceAll("''", "'")].join("\n");
};

describe("F5: a secret that was read", () => {
  test.each(writers)("is taken out of a text %s", (_, write) => {
    for (const secret of [
      fresh(),
      `p"w'd\\ %/+ <${fresh(6)}>&`,
      `pass|word:(!*)${fresh(4)}`,
      "kürzer-中",
      "s3cr3t",
    ]) {
      const written = write(secret);
      const text = knowing(secret).text(`before ${written} after`);
      expect(text.startsWith("before ")).toBe(true);
      expect(text.endsWith(" after")).toBe(true);
      expect(leaks(text, secret, Math.min(16, secret.length))).toBe(false);
      expect(leaks(unpacked(text), secret, Math.min(12, secret.length))).toBe(false);
    }
  });

  test("is the only thing that is taken out", () => {
    const secret = fresh();
    expect(knowing(secret).text(`a ${secret} b, ${secret}${secret}.`)).toBe("a *** b, ***.");
    fc.assert(
      fc.property(nasty, (text) => {
        fc.pre(secretKind(text) === undefined);
        expect(knowing(secret).text(text)).toBe(text);
      }),
    );
  });

  test("is found where it was cut short, wrapped or begins in another one", () => {
    const secret = fresh(90);
    const wrapped = secret.replace(/.{40}/g, "$&\n");
    expect(leaks(knowing(secret).text(wrapped), secret)).toBe(false);
    expect(knowing(secret).text(`see ${secret.slice(0, 59)}…`)).toBe("see ***…");
    expect(knowing("abcdefgh", "efghijkl").text("abcdefghijkl")).toBe("***");
  });

  test("of any characters is found in any text, and no stretch of it is left", () => {
    const secrets = fc
      .string({ unit: "grapheme", minLength: 6, maxLength: 60 })
      .filter((s) => s.trim() === s && !/^\d*$|\*\*\*|\n|:\/\/|-----/.test(s) && !/\p{Cs}/u.test(s));
    fc.assert(
      fc.property(secrets, nasty, nasty, fc.constantFrom(...writers), (secret, left, right, [, write]) => {
        const written = write(secret);
        const text = knowing(secret).text(left + written + right);
        fc.pre(![left, right].some((side) => side.includes(secret)));
        expect(text).not.toContain(secret);
      }),
      { numRuns: 300 },
    );
  });

  test("that is a key of many lines is found line by line, in any line ends", () => {
    const lines = Array.from({ length: 8 }, () => fresh(48));
    const pem = ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----", ""].join("\n");
    const known = knowing(pem);
    for (const line of lines) {
      expect(known.text(`${line}\r\n`)).not.toContain(line.slice(0, 16));
      expect(known.text(Buffer.from(pem).toString("base64"))).not.toContain(
        Buffer.from(line).toString("base64").slice(4, 24),
      );
    }
    expect(known.text("-----BEGIN PUBLIC KEY-----")).toBe("-----BEGIN PUBLIC KEY-----");
  });

  test("that is an address with a password is found by the password alone, as typed and as meant", () => {
    const url = "postgres://applier:p%40ss%2Fw0rd-x@db.example.com:5432/orders?sslmode=verify-full";
    const known = redactor();
    expect(known.learn(url)).toEqual(["p%40ss%2Fw0rd-x", "p@ss/w0rd-x"]);
    expect(known.text("no pg_hba entry for p@ss/w0rd-x")).toBe("no pg_hba entry for ***");
    expect(known.text("at p%40ss%2Fw0rd-x")).toBe("at ***");
    expect(known.text("db.example.com:5432 does not answer applier")).toBe(
      "db.example.com:5432 does not answer applier",
    );
    expect(known.text(`connecting to ${url}`)).toBe("connecting to ***");
  });
});

describe("what is handed over like a secret and is none", () => {
  test.each([
    ["too short to be told from words", "four5"],
    ["a number, such as an App's", "1234567"],
    ["the address of an API", "https://github.example.com/api/v3"],
    ["a certificate", `-----BEGIN CERTIFICATE-----\n${fresh(48)}\n-----END CERTIFICATE-----`],
    ["nothing", ""],
    ["white space", "  \n  "],
  ])("%s stays", (_, value) => {
    expect(knowing(value).text(`a ${value} b`)).toBe(`a ${value} b`);
  });

  test("but an address may be a secret: with a login, a query or a long random name", () => {
    const hook = `https://hooks.example.com/services/T0/B0/${"x1".repeat(12)}`;
    expect(knowing(hook).text(hook)).toBe("***");
    expect(knowing("https://a.example/?sig=abcdef12").text("at https://a.example/?sig=abcdef12")).toBe(
      "at ***",
    );
  });

  test("names tell which variables nobody has to look up to know", () => {
    const secret = ["GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "APP_PRIVATE_KEY"];
    expect(secret.filter(isSecretName)).toEqual(secret);
    expect(["PATH", "AWS_WEB_IDENTITY_TOKEN_FILE", "KEYBOARD", "HOME"].filter(isSecretName)).toEqual([]);
  });
});

describe("JSON", () => {
  test("stays JSON, with everything that is no secret in it", () => {
    fc.assert(
      fc.property(nasty, nasty, fc.integer({ min: 0, max: 5 }), (key, value, cut) => {
        const secret = `${'\\n"{}'.slice(cut)}:${fresh(12)}`;
        const document = JSON.stringify(
          { [key]: [value + secret, 12, true], [secret]: null, other: value },
          null,
          2,
        );
        const safe = knowing(secret).json(document);
        const read = JSON.parse(safe) as Record<string, unknown>;
        expect(JSON.stringify(read)).not.toContain(secret.slice(-16));
        if (secretKind(value) === undefined) expect(read["other"]).toBe(value);
      }),
    );
  });

  test("is not broken by a secret that looks like JSON, or that numbers hold", () => {
    const document = JSON.stringify({ seq: 123456789, name: "x", list: [] }, null, 2);
    for (const secret of ['"name": "x"', '"seq": 123', '{\n  "seq"', "postgres://u:3456789@h/d"]) {
      expect(JSON.parse(knowing(secret).json(document))).toMatchObject({ seq: 123456789 });
    }
  });

  test("that holds none is handed on to the letter", () => {
    const text = '{"a": "\\u202e", "b": 1.0}';
    expect(knowing(fresh()).json(text)).toBe(text);
  });
});

describe("F5: a secret that nobody read", () => {
  const jwt = ['{"alg":"none"}', `{"n":"${fresh(90)}"}`].map((part) =>
    Buffer.from(part).toString("base64url"),
  );
  const word = createHash("sha256").update(fresh()).digest("hex");
  const body = ["M", "I", "I", word, word].join("");
  test.each([
    ["an installation token as it used to be", `ghs_${word.slice(0, 36)}`],
    ["an installation token of 2026", `ghs_${jwt.join(".")}.${word}`],
    ["a personal token", `github_pat_${word}_${word}`],
    ["an ID token", `${jwt.join(".")}.${word}`],
    ["an AWS key", `AKIA${word.slice(0, 16).toUpperCase()}`],
    ["an AWS secret key", `AWS_SECRET_ACCESS_KEY=${word.slice(0, 40)}`],
    ["a private key", `-----BEGIN RSA PRIVATE KEY-----\n${body}\n-----END RSA PRIVATE KEY-----`],
    ["a private key with headers", `-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: A-B\n\n${body}`],
    ["a password in an address", `https://x-access-token:${word}@github.com/`],
  ])("is known by its form: %s", (_, secret) => {
    const text = redactor().text(`fatal: ${secret} refused`);
    expect(leaks(text, secret.slice(8))).toBe(false);
    expect(text).not.toContain(word.slice(0, 12));
    expect(masked(secret)).toHaveLength(secret.length);
    expect(masked(secret).split("\n")).toHaveLength(secret.split("\n").length);
    expect(secretKind(`take ${secret}`)).toBeDefined();
  });

  test("is not seen in prose", () => {
    for (const text of [
      "Backfill of stuck orders, INC-4711",
      "the ghs_ prefix",
      "eyJ is how they start",
      "a://b",
    ])
      expect(secretKind(text)).toBeUndefined();
  });
});

describe("cost", () => {
  /** Milliseconds of this process alone, whoever else is busy; the best of three. */
  const cost = (act: () => unknown): number =>
    Math.min(
      ...[1, 2, 3].map(() => {
        const start = process.cpuUsage();
        act();
        return process.cpuUsage(start).user / 1000;
      }),
    );

  test.each([
    [
      "ordinary output",
      (n: number) => "granted  ann  orders-db-read  until 2026-11-23 15:05 UTC\n".repeat(n / 57),
    ],
    ["starts of tokens", (n: number) => "eyJ-".repeat(n / 4)],
    ["starts of keys", (n: number) => "-----BEGIN PRIVATE KEY-----".repeat(n / 27)],
    ["starts of addresses", (n: number) => "ab://c:".repeat(n / 7)],
    ["prefixes", (n: number) => "ghs_ghp_".repeat(n / 8)],
    ["one letter", (n: number) => "A".repeat(n)],
  ])("grows with the length alone: %s", (_, text) => {
    const known = knowing(...Array.from({ length: 50 }, () => fresh(32)));
    const [small, large] = [50_000, 400_000].map(text);
    known.text(small ?? "");
    const ratio =
      cost(() => known.text(large ?? "")) /
      Math.max(
        0.5,
        cost(() => known.text(small ?? "")),
      );
    expect(ratio).toBeLessThan(40);
  });

  test("fifty secrets make a text no dearer than a few times reading it", () => {
    const known = knowing(...Array.from({ length: 50 }, () => fresh(32)));
    const text = "granted  ann  orders-db-read  until 2026-11-23 15:05 UTC\n".repeat(20_000);
    const floor = cost(() => JSON.parse(JSON.stringify(text)) as unknown);
    expect(cost(() => known.text(text))).toBeLessThan(Math.max(20, floor) * 30);
  });
});
