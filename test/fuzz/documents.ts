// Can any file confuse the reader, or mean two things? (laws; a second reading by the YAML library alone is the witness)
import { expect } from "vitest";
import fc from "fast-check";
import { parse } from "yaml";
import { readDocument, type Document } from "../../src/core/document.ts";
import type { Finding, Json } from "../../src/core/model.ts";
import { readRequest } from "../../src/core/request.ts";
import { requestText } from "../../src/core/request-text.ts";
import { bytes, requestTexts } from "./damaged.ts";
import { law, type Law } from "./law.ts";

const utf8 = new TextEncoder();
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

/** As YAML 1.2 alone has it: no types, no merge keys, whatever a directive says. */
const witness = (text: string): unknown =>
  parse(text, { schema: "failsafe", uniqueKeys: true, strict: true });

function plain(value: Json): boolean {
  if (typeof value === "string")
    return !HIDDEN.test(value.replaceAll(/[\n\t]/gu, "")) && value.normalize("NFC") === value;
  if (Array.isArray(value)) return value.every(plain);
  if (typeof value !== "object" || value === null) return false;
  const keys = Object.keys(value);
  const bare = Object.getPrototypeOf(value) === null;
  const safe = !keys.some((key) => ["__proto__", "constructor", "prototype", "<<"].includes(key));
  return bare && safe && Object.values(value).every(plain);
}

/** Every finding says why and what to do, and points into the file. */
function pointed(findings: readonly Finding[], size: number): void {
  expect(findings.length).toBeGreaterThan(0);
  for (const { message, fix, at } of findings) {
    expect(message.length > 0 && fix.length > 0).toBe(true);
    expect(at === undefined || (at.line >= 1 && at.column >= 1 && at.line <= size + 1)).toBe(true);
  }
}

function acceptable({ text, value }: Document): void {
  expect(plain(value)).toBe(true);
  expect(JSON.parse(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(witness(text))));
}

export const DOCUMENT_LAWS: readonly Law[] = [
  law("document: read as the YAML library reads it, or refused with a place", [bytes], (file: Uint8Array) => {
    const read = readDocument("a.yaml", file);
    if ("findings" in read) pointed(read.findings, file.length);
    else acceptable(read.document);
  }),
  law(
    "document: reading twice gives the same",
    [bytes],
    (file: Uint8Array) => {
      const [a, b] = [readDocument("a.yaml", file), readDocument("a.yaml", file)];
      expect(JSON.stringify(a)).toBe(JSON.stringify(b));
    },
    0.5,
  ),
  law(
    "document: a request that is accepted can be written again, and means the same",
    [requestTexts, fc.constantFrom("one", "two", "three")],
    (text: string, id: string) => {
      const path = `requests/orders-read/${id}.yaml`;
      const read = readRequest({ path, bytes: utf8.encode(text) });
      if ("findings" in read) {
        pointed(read.findings, text.length);
        return;
      }
      const { scope, ...said } = read.request;
      if (!Object.values(scope).every((one) => typeof one === "string")) return;
      const again = readRequest({
        path,
        bytes: utf8.encode(requestText({ ...said, scope: scope as Record<string, string> })),
      });
      expect("request" in again && { ...again.request, places: {} }).toEqual({ ...read.request, places: {} });
    },
  ),
];
