// What was given for a request? (as the production code would have admitted and resolved it)
import type { Admission, LiveGrant } from "../../src/core/entry.ts";
import type { Assignment, Catalog, Claim, Instant, Lookup } from "../../src/core/model.ts";
import type { OpenRequest } from "./history.ts";

const HOUR = 3_600_000;

function found<T>(lookup: Lookup<T>): T {
  if (lookup.is !== "found") throw new Error(`the company lacks something: ${lookup.is}`);
  return lookup.value;
}

function claimOf(request: OpenRequest, catalog: Catalog): Claim {
  const { target, role } = found(catalog.entitlement(request.entitlement));
  const { provider, connection } = found(catalog.target(target));
  const { identities } = found(catalog.person(request.subject));
  const identity = identities[provider] ?? "";
  const { owner } = found(catalog.settings);
  return { request: request.id, owner, target, provider, connection, identity, role, scope: {} };
}

/** The assignment that a target of the provider `memory` answers with. */
export function claimed(
  request: OpenRequest,
  catalog: Catalog,
): { readonly assignment: Assignment; readonly target: string } {
  const { owner, target, provider, connection, role, scope, identity } = claimOf(request, catalog);
  const mark = `${owner}:${request.id}`;
  const { forge } = found(catalog.person(request.subject));
  const principal = { id: forge.id, name: identity };
  const key = `${target}/${mark}`;
  return { target, assignment: { key, owner, target, provider, connection, principal, role, scope, mark } };
}

/** Approved by one person, for twelve hours from the merge. */
export function admitted(request: OpenRequest, catalog: Catalog): Admission {
  const claim = claimOf(request, catalog);
  const { mergedAt: start, pull, path, blob, subject, entitlement } = request;
  const commit = (kind: string): string => kind + pull.toString(16).padStart(39, "0");
  const approval = { person: "person-001", user: 1001, review: pull, at: start, commit: commit("e") };
  return {
    path,
    blob,
    subject,
    entitlement,
    environment: found(catalog.target(claim.target)).environment,
    start,
    end: (start + 12 * HOUR) as Instant,
    breakGlass: false,
    claim,
    evidence: {
      pull,
      author: found(catalog.person(subject)).forge.id,
      mergedBy: null,
      openedAt: (start - HOUR) as Instant,
      mergedAt: start,
      before: commit("c"),
      after: commit("d"),
      head: commit("e"),
      approvals: [approval],
      policyAtMerge: catalog.digest,
      policyNow: catalog.digest,
    },
  };
}

/** Granted and read back. */
export function liveGrant(request: OpenRequest, catalog: Catalog): LiveGrant {
  const { assignment } = claimed(request, catalog);
  const admission = admitted(request, catalog);
  const { start } = admission;
  return {
    ...admission,
    request: request.id,
    phase: "granted",
    assignment,
    standing: false,
    grantedAt: start,
  };
}
