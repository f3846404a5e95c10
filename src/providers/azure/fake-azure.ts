// What is the pretended Azure subscription made of? (its state, its clock, and its own judgement of who may do what)
import { randomUUID } from "node:crypto";
import type { Json, JsonObject } from "../../core/model.ts";

export const TENANT = "00000000-0000-4000-8000-0000000000a1";
export const SUBSCRIPTION = "00000000-0000-4000-8000-0000000000b1";
export const CLIENT = "00000000-0000-4000-8000-0000000000c1";
export const APPLIER = "00000000-0000-4000-8000-0000000000d1";
export const ADMIN = "00000000-0000-4000-8000-0000000000d2";
export const READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
export const OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const RBAC_ADMIN = "f58310d9-a9f6-439a-9e8d-f62e7b41a168";
export const GROUP = "payments-staging";
export const SUB_SCOPE = `/subscriptions/${SUBSCRIPTION}`;
export const SCOPE = `${SUB_SCOPE}/resourceGroups/${GROUP}`;

/** A role assignment as it is stored. Mutable: tests play the careless administrator on it. */
export interface Stored {
  name: string;
  scope: string;
  role: string;
  principal: string;
  description: string | undefined;
  condition: string | undefined;
  createdBy: string;
  createdOn: number;
}

export interface Schedule {
  name: string;
  scope: string;
  role: string;
  principal: string;
  assignmentType: "Assigned" | "Activated";
  start: number;
  /** Absent: it does not end. */
  end: number | undefined;
  request: string;
  /** The ordinary role assignment that it shows up as. */
  row: string;
  /** How many more looks at what is active it takes until lists show it. */
  unlisted: number;
}

export interface Order {
  name: string;
  type: string;
  status: string;
  scope: string;
  role: string;
  principal: string;
  justification: string;
  target: string | undefined;
  createdOn: number;
  start: number;
  end: number | undefined;
}

export interface Role {
  readonly roleName: string;
  readonly permissions: readonly {
    readonly actions: readonly string[];
    readonly notActions: readonly string[];
  }[];
}

export interface Azure {
  now: number;
  readonly users: Map<string, { upn: string; enabled: boolean; replicated: boolean }>;
  readonly groups: Map<string, Set<string>>;
  readonly roles: Map<string, Role>;
  /** In lower case. */
  readonly resourceGroups: Set<string>;
  rows: Stored[];
  schedules: Schedule[];
  orders: Order[];
  /** May the applier write role assignments? */
  mayWrite: boolean;
  mayReadUsers: boolean;
  locked: boolean;
  limit: number;
  /** Names that Azure refuses by a hash conflict. */
  readonly unlucky: Set<string>;
  /** Rules of the role's settings in Privileged Identity Management that refuse any order. */
  refusing: readonly string[];
  /** What an accepted order comes to. */
  outcome: string;
  /** How many looks later than done an order is seen among the schedules. */
  slow: number;
  /** The next removal finds nothing, though it is there. */
  forgetful: boolean;
  /** Lists of role assignments show the state before the last write so many more times. */
  stale: number;
  /** The state that they show then. */
  before: readonly Stored[];
  /** Names just given, and how often a look at them still finds nothing. */
  readonly unseen: Map<string, number>;
}

const allow = (roleName: string, actions: readonly string[], notActions: readonly string[] = []): Role => ({
  roleName,
  permissions: [{ actions, notActions }],
});

export function azure(subjects: readonly string[]): Azure {
  return {
    now: Date.UTC(2026, 10, 23, 9),
    users: new Map(
      subjects.map((id, i) => [id, { upn: `user${i}@acme.example`, enabled: true, replicated: true }]),
    ),
    groups: new Map(),
    roles: new Map([
      [READER, allow("Reader", ["*/read"])],
      [OWNER, allow("Owner", ["*"])],
      [
        RBAC_ADMIN,
        allow("Role Based Access Control Administrator", [
          "*/read",
          "Microsoft.Authorization/roleAssignments/write",
          "Microsoft.Authorization/roleAssignments/delete",
        ]),
      ],
    ]),
    resourceGroups: new Set([GROUP]),
    rows: [
      row({
        scope: SUB_SCOPE,
        role: RBAC_ADMIN,
        principal: APPLIER,
        condition: "@Request[...] and @Resource[...]",
      }),
    ],
    ...{ schedules: [], orders: [], unlucky: new Set(), refusing: [], outcome: "Provisioned", slow: 0 },
    ...{ mayWrite: true, mayReadUsers: true, locked: false, limit: 4000, forgetful: false },
    ...{ stale: 0, before: [], unseen: new Map() },
  };
}

export function row(some: Partial<Stored> & Pick<Stored, "principal">): Stored {
  const rest = { name: randomUUID(), scope: SCOPE, role: READER, createdBy: ADMIN, createdOn: 0 };
  return { description: undefined, condition: undefined, ...rest, ...some };
}

export const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

type Tuple = Pick<Stored, "scope" | "role" | "principal">;

/** There is one role assignment for each scope, role and principal, whoever made it and how. */
export const onEdge =
  (edge: Tuple) =>
  (one: Tuple): boolean =>
    same(one.scope, edge.scope) && same(one.role, edge.role) && same(one.principal, edge.principal);

/** By Azure's own rules: a role at the scope or above it, to the user or to a group of his. */
export function can(state: Azure, user: string): boolean {
  expire(state);
  const ids = [user, ...groupsOf(state, user)];
  return state.rows.some(
    ({ scope, role, principal }) => role === READER && covers(scope, SCOPE) && ids.includes(principal),
  );
}

export const covers = (above: string, scope: string): boolean =>
  same(above, scope) || `${scope}/`.toLowerCase().startsWith(`${above}/`.toLowerCase());

export function groupsOf({ groups }: Azure, user: string): readonly string[] {
  return [...groups].filter(([, members]) => members.has(user)).map(([id]) => id);
}

/** Every write goes through here: for a while lists show what was there before it. */
export function write(state: Azure, change: () => void): void {
  state.before = structuredClone(state.rows);
  state.stale = 2;
  change();
}

/** Ends what has an end, as Azure does by itself. */
export function expire(state: Azure): void {
  const over = state.schedules.filter(({ end }) => end !== undefined && end <= state.now);
  for (const one of over) drop(state, one);
}

/** The ordinary role assignment goes on being shown for a while. */
export function drop(state: Azure, schedule: Schedule): void {
  state.before = structuredClone(state.rows);
  state.stale = 1;
  state.schedules = state.schedules.filter((one) => one !== schedule);
  state.rows = state.rows.filter(({ name }) => name !== schedule.row);
}

/** Everything that a write could change. */
export function snapshot({ rows, schedules, orders }: Azure): unknown {
  return structuredClone({ rows, schedules, orders });
}

export function answer(
  status: number,
  body: JsonObject | readonly Json[],
  headers: Record<string, string> = {},
): Response {
  return Response.json(body, { status, headers });
}

/** The first that is broken. */
export function firstRefusal(
  rules: readonly (readonly [broken: boolean, status: number, code: string])[],
): Response | undefined {
  const found = rules.find(([broken]) => broken);
  return found && refuse(found[1], found[2]);
}

export function refuse(status: number, code: string, message = `${code} is what Azure says`): Response {
  return answer(status, { error: { code, message } });
}
