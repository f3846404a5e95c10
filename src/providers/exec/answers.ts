// What does the plugin's answer to each op mean in the words of the port?
import { error } from "../../core/finding.ts";
import type { Assignment, Claim, Finding } from "../../core/model.ts";
import { instant } from "../../core/time.ts";
import type { Listed, Observed, Revocation, Verdict } from "../provider.ts";
import type { Unread } from "./call.ts";
import type { Description, Seen } from "./protocol.ts";
import { flag, list, name, nonsense, object, oneOf, receipt, stored, text, texts } from "./read.ts";

/** What Lapse knows better than the plugin: these fields of an assignment are never taken from an answer. */
export interface Frame extends Pick<Claim, "owner" | "provider" | "connection"> {
  /** The plugin's own name, which is the same in all its versions. */
  readonly name: string;
}

const MAX_ITEMS = 10_000;
const MAX_FINDINGS = 100;

const SEEN = ["absent", "ours", "held", "foreign", "pending", "tombstone"] as const;
const FINDINGS = ["LPS430", "LPS431", "LPS432", "LPS433", "LPS434", "LPS435"] as const;

/** No plugin can speak of access by another kind of target, nor by accident of another plugin's. */
function keyOf(value: unknown, frame: Frame): string {
  return `exec:${frame.name}/${name(value, "key")}`;
}

/** The key as the plugin gave it. */
export function ownKey(key: string): string {
  return key.slice(key.indexOf("/") + 1);
}

export function assignmentOf(value: unknown, frame: Frame, target: string): Assignment {
  const one = object(value, "resolve");
  const { owner, provider, connection } = frame;
  const principal = stored(one["principal"], "principal");
  if (Object.keys(principal).length === 0) throw nonsense("principal");
  return {
    key: keyOf(one["key"], frame),
    ...{ owner, target, provider, connection, principal },
    role: stored(one["role"], "role"),
    scope: stored(one["scope"], "scope"),
    ...(one["mark"] !== undefined && { mark: name(one["mark"], "mark") }),
  };
}

export function observedOf(value: unknown): Observed {
  const one = object(value, "observe");
  const state = oneOf(one["state"], SEEN, "state");
  switch (state) {
    case "absent":
    case "foreign":
    case "pending":
      return { state };
    case "held":
      return { state, receipt: receipt(one["receipt"], "receipt") };
    case "tombstone":
      return { state, reason: text(one["reason"], "reason") };
    case "ours": {
      const drift = one["drift"] === undefined ? {} : { drift: text(one["drift"], "drift") };
      return { state, receipt: receipt(one["receipt"], "receipt"), ...drift };
    }
  }
}

const GRANTED: readonly Seen["state"][] = ["ours", "held", "pending"];

export function isThere({ state }: { readonly state: Seen["state"] }): boolean {
  return GRANTED.includes(state);
}

export function grantedOf(value: unknown) {
  const one = object(value, "grant");
  oneOf(one["state"], GRANTED, "state");
  return one["receipt"] === undefined ? {} : receipt(one["receipt"], "receipt");
}

export function revokedOf(value: unknown): Revocation {
  const one = object(value, "revoke");
  return {
    state: oneOf(one["state"], ["absent", "sent", "escaped"] as const, "state"),
    receipt: receipt(one["receipt"], "receipt"),
    residue: texts(one["residue"] ?? [], "residue"),
  };
}

export function verdictOf(value: unknown): Verdict {
  const one = object(value, "verify");
  return {
    allowed: flag(one["allowed"], "allowed"),
    via: texts(one["via"], "via"),
    standing: flag(one["standing"], "standing"),
  };
}

/** Complete only if the plugin says so in so many words. */
export function listingOf({ items, complete }: Unread, frame: Frame) {
  return {
    items: list(items, "items", MAX_ITEMS).map((item) => listedOf(item, frame)),
    complete: complete === true,
  };
}

/** The request's name goes where whoever ends it without a ledger looks for it. */
function listedOf(value: unknown, frame: Frame): Listed {
  const one = object(value, "items");
  const { request } = one;
  const target = one["target"] === undefined ? frame.name : text(one["target"], "target");
  const assignment = assignmentOf(one, frame, target);
  const until = typeof one["until"] === "string" ? instant(one["until"]) : undefined;
  return {
    ...assignment,
    role: { ...assignment.role, ...(request !== undefined && { request: text(request, "request") }) },
    ...(until !== undefined && { until }),
  };
}

export function findingsOf({ findings }: Unread): readonly Finding[] {
  return list(findings, "findings", MAX_FINDINGS).map((value) => {
    const one = object(value, "findings");
    const code = oneOf(one["code"], FINDINGS, "code");
    const severity = oneOf(one["severity"], ["error", "warning"] as const, "severity");
    return { ...error(code, text(one["message"], "message"), text(one["fix"], "fix")), severity };
  });
}

function shortName(value: unknown): string {
  if (typeof value !== "string" || !/^[a-z0-9][a-z0-9-]{0,62}$/.test(value)) throw nonsense("plugin.name");
  return value;
}

export function descriptionOf({ plugin }: Unread): Description {
  const one = object(plugin, "plugin");
  const expiries = ["none", "native", "native-leaves-garbage", "credential-ttl"] as const;
  return {
    name: shortName(one["name"]),
    version: text(one["version"], "plugin.version"),
    ownership: oneOf(
      one["ownership"],
      ["object", "container", "marked", "bare"] as const,
      "plugin.ownership",
    ),
    expiry: oneOf(one["expiry"], expiries, "plugin.expiry"),
    async: flag(one["async"], "plugin.async"),
    residue: texts(one["residue"], "plugin.residue"),
  };
}
