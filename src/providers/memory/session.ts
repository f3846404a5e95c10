// How does the in-memory target answer the port's calls?
import type { Assignment, Claim, Instant, JsonObject } from "../../core/model.ts";
import {
  ProviderError,
  type Listed,
  type Observed,
  type Revocation,
  type Session,
  type Verdict,
} from "../provider.ts";
import type { Call, FaultKind, MemoryTarget, Stored } from "./target.ts";

const ERRORS = {
  "timeout-before": "transient",
  "timeout-after": "transient",
  throttled: "throttled",
  forbidden: "forbidden",
  "too-soon": "too-soon",
} as const;

function failure(kind: keyof typeof ERRORS): ProviderError {
  return new ProviderError(ERRORS[kind], `the target answered: ${kind}`, { vendorCode: kind });
}

const fails = (kind: FaultKind | undefined): kind is keyof typeof ERRORS =>
  kind !== undefined && kind in ERRORS;

/** Runs a call as the target's fault of the hour wants it. */
async function call<T>(target: MemoryTarget, on: Call, act: (fault: FaultKind | undefined) => T): Promise<T> {
  const fault = target.next(on);
  if (fault === "hang") return new Promise<never>(() => undefined);
  if (fails(fault) && fault !== "timeout-after") throw failure(fault);
  const result = await Promise.resolve(fault).then(act);
  if (fault === "timeout-after") throw failure(fault);
  return result;
}

/** Opens a session on a target; `name` is the connection that assignments are found again by. */
export async function openMemory(
  target: MemoryTarget,
  connection: Assignment["connection"],
  owner: string,
): Promise<Session> {
  await call(target, "connect", () => undefined);
  return {
    resolve: (claim) => call(target, "resolve", () => resolve(target, claim)),
    observe: (assignments) =>
      call(target, "observe", (fault) => assignments.map((one) => observe(target, one, fault))),
    list: () =>
      call(target, "list", (fault) => {
        const items = [...seen(target, fault).values()].filter(
          (one) => one.owner === owner && one.mark !== "",
        );
        const shown = fault === "partial" ? items.slice(0, Math.floor(items.length / 2)) : items;
        return { items: shown.map((one) => listed(one, connection)), complete: fault !== "partial" };
      }),
    grant: (assignment, window) => call(target, "grant", () => grant(target, assignment, window)),
    revoke: (assignment) => call(target, "revoke", (fault) => revoke(target, assignment, fault)),
    verify: (assignment) => call(target, "verify", () => verify(target, assignment)),
    cleanup: () => call(target, "cleanup", () => cleanup(target, owner)),
    doctor: () => call(target, "doctor", () => []),
    close: () => Promise.resolve(),
  };
}

/** Judged offline: has everybody a name? */
export function lint({ identity, role }: Pick<Claim, "identity" | "role">): string | undefined {
  if (identity === "") return "the subject has no name";
  return named(role) === "" ? "the role has no name" : undefined;
}

function named(role: JsonObject): string {
  return typeof role["role"] === "string" ? role["role"] : "";
}

function resolve(target: MemoryTarget, claim: Claim): Assignment {
  const wrong = lint(claim);
  if (wrong !== undefined) throw new ProviderError("malformed", wrong, { vendorCode: "lint" });
  const id = target.subject(claim.identity);
  if (id === undefined) throw new ProviderError("subject-missing", "no such subject", { vendorCode: "404" });
  const role = named(claim.role);
  if (target.roles && !target.roles.includes(role))
    throw new ProviderError("role-missing", "no such role", { vendorCode: "404" });
  const { owner, provider, connection, scope } = claim;
  const mark = `${owner}:${claim.request}`;
  const principal = { id, name: claim.identity };
  return {
    key: `${claim.target}/${mark}`,
    owner,
    target: claim.target,
    provider,
    connection,
    principal,
    role: { role },
    scope,
    mark,
  };
}

function seen(target: MemoryTarget, fault: FaultKind | undefined): ReadonlyMap<string, Stored> {
  return fault === "stale" ? target.before.objects : target.objects;
}

const nameOf = (assignment: Assignment) => assignment.mark ?? "";
const memberOf = (assignment: Assignment) => Number(assignment.principal["id"]);

function same(stored: Stored, assignment: Assignment): boolean {
  return (
    stored.owner === assignment.owner &&
    stored.role === assignment.role["role"] &&
    stored.members.includes(memberOf(assignment))
  );
}

function observe(target: MemoryTarget, assignment: Assignment, fault?: FaultKind): Observed {
  const stored = seen(target, fault).get(nameOf(assignment));
  if (!stored || target.over(stored)) return { state: "absent" };
  if (!same(stored, assignment)) return { state: "foreign" };
  if (stored.state === "pending") return { state: "pending" };
  const drift = driftOf(stored);
  const receipt = { object: nameOf(assignment), end: stored.end };
  return { state: "ours", receipt, ...(drift !== "" && { drift }) };
}

function driftOf({ mark, members }: Stored): string {
  const stripped = mark === "" ? ["its mark was removed"] : [];
  const more = members.length > 1 ? [`${members.length - 1} more member(s)`] : [];
  return [...stripped, ...more].join("; ");
}

function listed(stored: Stored, connection: Assignment["connection"]): Listed {
  const { owner, target, members, role, scope, mark, end } = stored;
  const principal = { id: members[0] ?? 0 };
  return {
    key: `${target}/${mark}`,
    owner,
    target,
    provider: "memory",
    connection,
    principal,
    role: { role },
    scope,
    mark,
    until: end,
  };
}

function grant(target: MemoryTarget, assignment: Assignment, window: { end: Instant; now: Instant }) {
  target.tell(window.now);
  if (!(window.end > window.now))
    throw new ProviderError("malformed", "the window is over", { vendorCode: "past" });
  const name = nameOf(assignment);
  const there = target.objects.get(name);
  if (there && !(same(there, assignment) && there.mark !== ""))
    throw new ProviderError("conflict", "the name is taken by something that is not ours", {
      vendorCode: "409",
    });
  if (!there)
    target.write(() => {
      const { owner, role, scope } = assignment;
      const state = target.asynchronous === true ? "pending" : "active";
      const members = [memberOf(assignment)];
      const stored = {
        mark: name,
        owner,
        target: assignment.target,
        members,
        role: named(role),
        scope,
      };
      target.objects.set(name, { ...stored, end: window.end, state });
    });
  return { object: name, end: window.end };
}

function revoke(target: MemoryTarget, assignment: Assignment, fault: FaultKind | undefined): Revocation {
  const name = nameOf(assignment);
  const stored = target.objects.get(name);
  const receipt = { object: name };
  if (!stored || !same(stored, assignment)) return { state: "absent", receipt, residue: [] };
  target.write(() => {
    if (fault === "kept") return;
    if (target.asynchronous === true) stored.state = "ending";
    else target.objects.delete(name);
  });
  if (target.objects.has(name)) return { state: "sent", receipt, residue: [] };
  return { state: verify(target, assignment).standing ? "escaped" : "absent", receipt, residue: [] };
}

function verify(target: MemoryTarget, assignment: Assignment): Verdict {
  const ways = target
    .history()
    .filter(
      ({ to, subject, role }) =>
        to === undefined && subject === memberOf(assignment) && role === named(assignment.role),
    )
    .map(({ via }) => via);
  const standing = ways.some((via) => target.objects.get(via)?.owner !== assignment.owner);
  return { allowed: ways.length > 0, via: ways, standing };
}

function cleanup(target: MemoryTarget, owner: string): readonly string[] {
  const expired = [...target.objects].filter(([, one]) => one.owner === owner && target.over(one));
  for (const [name] of expired) target.objects.delete(name);
  return expired.map(([name]) => `removed ${name}, which had expired`);
}
