// What does a request look like to a policy expression?
import { celDuration, type CelInput } from "./cel.ts";
import { record } from "./cel-variables.ts";
import { memberships } from "./policy-people.ts";
import type {
  AccessRequest,
  ActiveGrant,
  Catalog,
  Entitlement,
  Instant,
  Json,
  JsonObject,
  Person,
  Settings,
  Target,
  Window,
} from "./model.ts";

/** All that a decision is made from; nothing else may influence it. */
export interface Facts {
  readonly request: AccessRequest;
  readonly subject: Person;
  readonly entitlement: Entitlement;
  readonly target: Target;
  readonly settings: Settings;
  readonly catalog: Catalog;
  readonly window: Window;
  readonly now: Instant;
  readonly active: readonly ActiveGrant[];
  readonly history: readonly ActiveGrant[];
}

/**
 * The facts as CEL values. Lists hold other grants only: a request that is judged again never counts itself.
 * Whole seconds, because the engine compares parts of a second by how they were computed.
 */
export function celInput(facts: Facts): CelInput {
  const { request, entitlement, target, window } = facts;
  const active = others(facts.active, request.id);
  const history = others(facts.history, request.id);
  const mine = active.bySubject.get(request.subject) ?? [];
  return {
    values: {
      request: requestValue(request),
      subject: subjectValue(facts),
      entitlement: record("Entitlement", {
        name: entitlement.name,
        title: entitlement.title,
        risk: entitlement.risk,
        maxDuration: celDuration(entitlement.maxDuration),
        eligible: entitlement.eligible,
      }),
      target: record("Target", {
        name: target.name,
        environment: target.environment,
        provider: target.provider,
      }),
      window: record("Window", { start: time(window.start), end: time(window.end) }),
      now: time(facts.now),
      active: active.all,
      history: history.all,
      mine,
    },
    sizes: { active: active.all.length, history: history.all.length, mine: mine.length },
  };
}

/** The same input, with the number of approvals that the request needs; a rule that asks fails where it is not known. */
export function withApprovals(input: CelInput, approvals: number | undefined): CelInput {
  if (approvals === undefined) return input;
  return { ...input, values: { ...input.values, approvals: BigInt(approvals) } };
}

function time(at: Instant): Date {
  return new Date(Math.floor(at / 1000) * 1000);
}

function requestValue(request: AccessRequest): object {
  const { ticket, notBefore } = request;
  return record("Request", {
    id: request.id,
    subject: request.subject,
    entitlement: request.entitlement,
    duration: celDuration(request.duration),
    reason: request.reason,
    scope: scopeValue(request.scope),
    breakGlass: request.breakGlass,
    ...(notBefore !== undefined && { notBefore: time(notBefore) }),
    ...(ticket !== undefined && { ticket }),
    ...(request.extends !== undefined && { extends: request.extends }),
  });
}

/** Each key has a list, even for one value, so that a rule reads both in one way: `request.scope.schema == ['orders']`. */
function scopeValue(scope: JsonObject): Readonly<Record<string, readonly string[]>> {
  const text = (value: Json) => (typeof value === "string" ? value : JSON.stringify(value));
  const list = (value: Json): readonly string[] =>
    Array.isArray(value) ? (value as readonly Json[]).map(text) : [text(value)];
  return Object.fromEntries(Object.entries(scope).map(([key, value]) => [key, list(value)]));
}

/** Reading `subject.groups` fails while any group is unreadable: unknown membership is not absence. */
function subjectValue({ subject, catalog }: Facts): object {
  const value = record("Subject", { name: subject.name, login: subject.forge.login });
  return Object.defineProperty(value, "groups", {
    get: () => {
      const groups = memberships(catalog, subject.name);
      if (groups === "unknown") throw new RangeError("the groups of policies/people cannot be read");
      return groups;
    },
  });
}

interface Grants {
  readonly all: readonly object[];
  readonly bySubject: ReadonlyMap<string, readonly object[]>;
  readonly ids: ReadonlySet<string>;
}

/** Thousands of requests are judged against one list of grants: it is turned into values once. */
const converted = new WeakMap<readonly ActiveGrant[], Grants>();

function others(grants: readonly ActiveGrant[], id: string): Grants {
  const known = converted.get(grants) ?? convert(grants);
  converted.set(grants, known);
  return known.ids.has(id) ? convert(grants.filter((grant) => grant.request !== id)) : known;
}

function convert(grants: readonly ActiveGrant[]): Grants {
  const all: object[] = [];
  const bySubject = new Map<string, object[]>();
  for (const grant of grants) {
    const value = grantValue(grant);
    all.push(value);
    const same = bySubject.get(grant.subject);
    if (same) same.push(value);
    else bySubject.set(grant.subject, [value]);
  }
  return { all, bySubject, ids: new Set(grants.map((grant) => grant.request)) };
}

function grantValue(grant: ActiveGrant): object {
  return Object.assign(record("Grant", grant), { start: time(grant.start), end: time(grant.end) });
}
