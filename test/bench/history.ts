// Which requests did a company make over the years? (seeded: the same numbers give the same history)
import { createHash } from "node:crypto";
import type { Catalog, Instant } from "../../src/core/model.ts";
import type { Random } from "./random.ts";

/** 2026-11-23T12:00:00Z */
export const NOW = 1_795_435_200_000 as Instant;
export const MINUTE = 60_000;

export interface Past {
  /** Requests that were ever opened; all but the last `live` were also ended and removed. */
  readonly lifecycles: number;
  readonly live: number;
}

export interface OpenRequest {
  readonly id: string;
  readonly path: string;
  readonly subject: string;
  readonly entitlement: string;
  readonly pull: number;
  readonly mergedAt: Instant;
  readonly text: string;
  /** Git's id of the file. */
  readonly blob: string;
}

export type Step =
  | { readonly is: "opened"; readonly at: Instant; readonly request: OpenRequest }
  | { readonly is: "ended"; readonly at: Instant; readonly request: OpenRequest };

/** One request, nth of its history. */
export function request(nth: number, mergedAt: Instant, catalog: Catalog, rng: Random): OpenRequest {
  const subject = rng.pick(catalog.people).name;
  const entitlement = rng.pick(catalog.entitlements).name;
  const id = `${subject}-${String(nth).padStart(7, "0")}`;
  const text = [
    "# yaml-language-server: $schema=../../schemas/request.schema.json",
    "apiVersion: lapse.dev/v1",
    "kind: AccessRequest",
    "metadata:",
    `  name: ${id}`,
    "spec:",
    `  subject: ${subject}`,
    `  entitlement: ${entitlement}`,
    "  duration: 12h",
    `  reason: Look into report ${rng.below(100_000)}`,
    "  ticket: INC-4711",
    "",
  ].join("\n");
  const blob = createHash("sha1")
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest("hex");
  return {
    id,
    path: `requests/${entitlement}/${id}.yaml`,
    subject,
    entitlement,
    pull: nth + 1,
    mergedAt,
    text,
    blob,
  };
}

/** What happened, oldest first: requests open in turn, and the oldest one ends as soon as more than `live` are open. */
export function* steps(past: Past, catalog: Catalog, rng: Random): Generator<Step> {
  const open: OpenRequest[] = [];
  for (let nth = 0; nth < past.lifecycles; nth++) {
    const opened = request(nth, mergeTime(past, nth), catalog, rng);
    open.push(opened);
    yield { is: "opened", at: opened.mergedAt, request: opened };
    const over = open.length > past.live ? open.shift() : undefined;
    if (over !== undefined) yield { is: "ended", at: (opened.mergedAt + MINUTE) as Instant, request: over };
  }
}

/** Live ones came within the last eight hours, so that none is over; before them one came every five minutes. */
function mergeTime({ lifecycles, live }: Past, nth: number): Instant {
  const ahead = lifecycles - live - nth;
  const minutes = ahead > 0 ? 8 * 60 + ahead * 5 : (8 * 60 * (lifecycles - nth)) / live;
  return (NOW - Math.round(minutes * 60) * 1000) as Instant;
}
