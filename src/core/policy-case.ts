// What do the cases of one PolicyTest file put before the policies?
import type { ReadFile } from "./file.ts";
import { checkedDuration, checkedInstant } from "./formats.ts";
import type { AccessRequest, ActiveGrant, Catalog, Instant, JsonObject, Place, Window } from "./model.ts";
import { plus } from "./time.ts";

/** What is compared with a decision. */
export interface Expectation {
  readonly effect: "permit" | "deny";
  readonly approvals?: readonly { readonly from: readonly string[]; readonly count: number }[];
  readonly rules?: readonly string[];
  readonly codes?: readonly string[];
}

/** One case, ready to be judged. */
export interface Case {
  readonly file: string;
  readonly name: string;
  readonly at: Place;
  readonly expect: Expectation;
  readonly stage: {
    readonly request: AccessRequest;
    readonly window: Window;
    readonly now: Instant;
    readonly active: readonly ActiveGrant[];
    readonly history: readonly ActiveGrant[];
  };
}

interface WrittenRequest {
  readonly subject: string;
  readonly entitlement: string;
  readonly duration: string;
  readonly reason?: string;
  readonly ticket?: string;
  readonly scope?: JsonObject;
  readonly notBefore?: string;
  readonly extends?: string;
  readonly breakGlass?: boolean;
}

interface WrittenGrant {
  readonly request: string;
  readonly subject: string;
  readonly entitlement: string;
  readonly start: string;
  readonly end: string;
}

interface Written {
  readonly now: string;
  readonly active?: readonly WrittenGrant[];
  readonly history?: readonly WrittenGrant[];
  readonly cases: readonly {
    readonly name: string;
    readonly request: WrittenRequest;
    readonly expect: Expectation;
  }[];
}

/** What each case of a file expects, in order. */
export function expectations({ spec }: ReadFile): readonly Expectation[] {
  return (spec as unknown as Written).cases.map(({ expect }) => expect);
}

/** The cases of a file that matches its schema. Each is merged at `now`. */
export function toCases({ spec, document }: ReadFile, catalog: Catalog): readonly Case[] {
  const written = spec as unknown as Written;
  const now = checkedInstant(written.now);
  const grants = (list: readonly WrittenGrant[] = []) => list.map((grant) => toGrant(grant, catalog));
  const stage = { now, active: grants(written.active), history: grants(written.history) };
  return written.cases.map(({ name, request: asked, expect }, i) => {
    const place = (field: string) => document.place(["spec", "cases", i, "request", field]);
    const request = toRequest(asked, place);
    const start = request.notBefore !== undefined && request.notBefore > now ? request.notBefore : now;
    const window = { start, end: plus(start, request.duration) };
    const at = document.place(["spec", "cases", i, "name"]);
    return { file: document.file, name, at, expect, stage: { ...stage, request, window } };
  });
}

/** No person can name a request like this, so a case never meets itself among the grants. */
const ID = "(policy test)";

function toRequest(asked: WrittenRequest, place: (field: string) => Place): AccessRequest {
  const { duration, notBefore, reason, scope, breakGlass, ...rest } = asked;
  return {
    ...rest,
    id: ID,
    path: `requests/${asked.entitlement}/${ID}.yaml`,
    duration: checkedDuration(duration),
    reason: reason ?? "a case of a policy test",
    scope: scope ?? {},
    breakGlass: breakGlass ?? false,
    ...(notBefore !== undefined && { notBefore: checkedInstant(notBefore) }),
    places: Object.fromEntries(Object.keys(asked).map((field) => [field, place(field)])),
  };
}

/** Target and environment are the entitlement's; an unknown entitlement has neither. */
function toGrant(grant: WrittenGrant, catalog: Catalog): ActiveGrant {
  const entitlement = catalog.entitlement(grant.entitlement);
  const name = entitlement.is === "found" ? entitlement.value.target : "";
  const target = catalog.target(name);
  return {
    ...grant,
    start: checkedInstant(grant.start),
    end: checkedInstant(grant.end),
    target: name,
    environment: target.is === "found" ? target.value.environment : "",
    approvers: [],
  };
}
