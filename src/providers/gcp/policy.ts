// What is an allow policy, was it read rightly, and what may be written back? (pure)
import type { Instant, Json, JsonObject } from "../../core/model.ts";
import { ProviderError } from "../provider.ts";
import { word } from "../schema.ts";
import { untilIn } from "./mark.ts";

/** As Google gave it; fields that we do not know are kept. */
export interface Binding {
  readonly role: string;
  readonly members: readonly string[];
  readonly condition?: {
    readonly title?: string;
    readonly description?: string;
    readonly expression?: string;
  };
}

export interface Policy {
  readonly etag: string;
  readonly bindings: readonly Binding[];
  /** Everything else in it, e.g. what is audited. */
  readonly rest: JsonObject;
  /** Google's time when it answered, to the second. */
  readonly date: Instant | undefined;
}

/**
 * A policy that shows conditions in an older version, or the names that stand for hidden conditions, was not read as
 * version 3: written back, it would lose every condition. https://cloud.google.com/iam/docs/allow-policies#versions
 */
export function readPolicy(answer: unknown, date: Instant | undefined): Policy {
  if (typeof answer !== "object" || answer === null) throw unreadable("it is no policy");
  const { etag, bindings = [], version, ...rest } = answer as JsonObject;
  if (word(etag) === "") throw unreadable("it has no etag");
  if (!Array.isArray(bindings) || !bindings.every(isBinding)) throw unreadable("its bindings are strange");
  if (hidesConditions(bindings, version))
    throw unreadable("its conditions are not shown as version 3 has them");
  return { etag: word(etag), bindings, rest, date };
}

function hidesConditions(bindings: readonly Binding[], version: Json | undefined): boolean {
  const hidden = bindings.some(({ role }) => role.includes("_withcond_"));
  return hidden || (version !== 3 && bindings.some(({ condition }) => condition !== undefined));
}

function unreadable(why: string): ProviderError {
  const message = `the policy was not read as it is, so it is never written back: ${why}`;
  return new ProviderError("transient", message, { vendorCode: "policy" });
}

function isBinding(value: Json): value is Json & Binding {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { role, members, condition } = value as JsonObject;
  const conditional = condition === undefined || (typeof condition === "object" && condition !== null);
  return typeof role === "string" && isTexts(members) && conditional;
}

function isTexts(value: Json | undefined): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

/** The same policy with these bindings; the etag makes sure that nobody changed it meanwhile. */
export function writable({ etag, rest }: Policy, bindings: readonly Binding[]): JsonObject {
  return { ...rest, version: 3, etag, bindings: bindings as unknown as Json };
}

export function titleIn({ condition }: Binding): string {
  return word(condition?.title);
}

export function descriptionIn({ condition }: Binding): string {
  return word(condition?.description);
}

export function endOf({ condition }: Binding): Instant | undefined {
  return untilIn(word(condition?.expression));
}

/** Has it ended by itself, by Google's clock? */
export function isExpired(binding: Binding, date: Instant | undefined): boolean {
  const end = endOf(binding);
  return end !== undefined && date !== undefined && end <= date;
}
