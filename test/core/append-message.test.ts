// Does `git log` of the ledger alone say who asked, who approved, what was given, and when it was gone?
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { appendMessage } from "../../src/core/append-message.ts";
import { EMPTY_TIP, sealAll } from "../../src/core/chain.ts";
import type { Draft } from "../../src/core/entry.ts";
import type { Instant } from "../../src/core/model.ts";
import { aLife, aLive, NOON } from "../support/cases.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const message = (drafts: readonly (readonly [Instant, Draft])[], main?: string) => {
  const batches = drafts.map(([when, draft]) => ({ drafts: [draft], at: when, run: "77" }));
  const { entries: all, hash } = sealAll(batches, EMPTY_TIP, sha256);
  const options = { receipt: hash, nonce: "n", ...(main !== undefined && { main }) };
  return appendMessage(all, (request) => (request === "unknown" ? undefined : aLive(request)), options);
};
const receipt = expect.stringMatching(/^Receipt: 1 [0-9a-f]{64}$/) as string;

test("of an admission: who asked, for what, who approved", () => {
  expect(message([...aLife("fix-orders").slice(0, 1)]).split("\n")).toEqual([
    "Admitted: ann, orders-db-read until 2026-11-23T13:00:00Z, approved by carol",
    "",
    "Request: fix-orders",
    "Subject: ann",
    "Entitlement: orders-db-read",
    "Until: 2026-11-23T13:00:00Z",
    "Approved-by: carol (user 1003, review 18)",
    "From: 2026-11-23T12:00:00Z",
    "Pull-request: 412",
    "Asked-by: user 1001",
    receipt,
    "Append: n",
    "",
  ]);
});

test("of a removal: when it was confirmed, and when it was planned", () => {
  const text = message(aLife("fix-orders", 5).slice(-1));
  expect(text).toContain("Revoked: ann, orders-db-read at 2026-11-23T13:00:05Z (expired)\n");
  expect(text).toContain("\nPlanned-end: 2026-11-23T13:00:00Z\nRevoked-at: 2026-11-23T13:00:05Z\n");
});

test("of several about one request: its first sentence, then one line each", () => {
  const text = message(aLife("fix-orders", 5), "f".repeat(40));
  expect(text.split("\n").slice(0, 8)).toEqual([
    "Admitted: ann, orders-db-read until 2026-11-23T13:00:00Z, approved by carol",
    "",
    "Admitted: ann, orders-db-read until 2026-11-23T13:00:00Z, approved by carol [fix-orders]",
    "Granting: ann, orders-db-read until 2026-11-23T13:00:00Z [fix-orders]",
    "Granted: ann, orders-db-read until 2026-11-23T13:00:00Z [fix-orders]",
    "Revoking: ann, orders-db-read (expired) [fix-orders]",
    "Revoked: ann, orders-db-read at 2026-11-23T13:00:05Z (expired) [fix-orders]",
    "",
  ]);
  expect(text).toContain(`\nMain: ${"f".repeat(40)}\n`);
});

test.each<[string, Draft]>([
  ["Processed: main at ffffffffffff", undefined as never],
  [
    "Refused: a (LPS301, LPS302)",
    { kind: "refused", request: "a", path: "p", blob: "b", codes: ["LPS301", "LPS302"] },
  ],
  [
    "Missed: a (pending-timeout)",
    { kind: "missed", request: "a", path: "p", blob: "b", because: "pending-timeout" },
  ],
  [
    "Granted: ann, orders-db-read until 2026-11-23T13:00:00Z (had it already)",
    { kind: "granted", request: "a", target: "t", standing: true, receipt: {} },
  ],
  [
    "Revocation sent: ann, orders-db-read (subject-gone)",
    { kind: "revoke-sent", request: "a", target: "t", because: "subject-gone", receipt: {} },
  ],
  [
    "Failed to revoke: a request without an open case (transient)",
    { kind: "failed", op: "revoke", request: "unknown", target: "t", error: "transient" },
  ],
  ["Heartbeat: swept with main at abcdefabcdef", { kind: "heartbeat", main: "abcdef".repeat(6) }],
  [
    "Violation: LPS370 requests/a\\u000aApproved-by: eve",
    { kind: "violation", code: "LPS370", subject: "requests/a\nApproved-by: eve" },
  ],
])("%s", (subject, draft) => {
  const drafts = (draft as Draft | undefined) === undefined ? [] : [[NOON, draft] as const];
  expect(message(drafts, "f".repeat(40)).split("\n")[0]).toBe(subject);
});
