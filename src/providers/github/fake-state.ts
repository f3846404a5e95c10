// What does a pretended GitHub know, and what may people do by it? (its own rules, none of the provider's code)
import type { Instant } from "../../core/model.ts";

export type FakeLevel = "pull" | "triage" | "push" | "maintain" | "admin";
const LEVELS: readonly FakeLevel[] = ["pull", "triage", "push", "maintain", "admin"];
const DAY = 86_400_000;

export interface FakeAccount {
  readonly id: number;
  login: string;
  readonly type: "User" | "Organization" | "Bot";
}

export interface FakeTeam {
  readonly id: number;
  slug: string;
  description: string;
  parent?: number;
  readonly members: Map<number, "member" | "maintainer">;
  readonly pending: Set<number>;
  /** A group of an identity provider fills it. */
  group?: string;
}

/** A role in the organisation, and the teams that hold it. */
export interface FakeRole {
  readonly id: number;
  readonly name: string;
  readonly base_role?: string | null;
  readonly permissions: readonly string[];
  readonly teams: Set<number>;
}

export interface FakeInvitation {
  readonly id: number;
  readonly invitee: number;
  readonly level: FakeLevel;
  readonly at: number;
}

export interface FakeRepository {
  readonly id: number;
  name: string;
  owner: number;
  isPrivate: boolean;
  readonly direct: Map<number, FakeLevel>;
  readonly teams: Map<number, FakeLevel>;
  invitations: readonly FakeInvitation[];
}

/** Mutable: tests play the administrators on it. */
export interface FakeGitHub {
  now: number;
  readonly org: { readonly id: number; login: string; base: FakeLevel | "none" };
  readonly accounts: Map<number, FakeAccount>;
  readonly members: Map<number, "admin" | "member">;
  readonly teams: Map<number, FakeTeam>;
  readonly repositories: Map<number, FakeRepository>;
  readonly roles: FakeRole[];
  lastId: number;
}

/** The organisation acme: ann and bob in it, olga owns it, eve is a stranger; a team to lend and a private repository. */
export function fakeGitHub(now: Instant): FakeGitHub {
  const account = (id: number, login: string, type: FakeAccount["type"] = "User") =>
    [id, { id, login, type }] as const;
  const team: FakeTeam = {
    ...{ id: 7001, slug: "deploy-production", description: "Temporary approvers; lapse:lapse" },
    ...{ members: new Map(), pending: new Set() },
  };
  const repository: FakeRepository = {
    ...{ id: 9001, name: "orders", owner: 42, isPrivate: true },
    ...{ direct: new Map(), teams: new Map(), invitations: [] },
  };
  return {
    now,
    org: { id: 42, login: "acme", base: "none" },
    accounts: new Map([
      ...[account(1001, "ann"), account(1002, "bob"), account(1003, "olga"), account(1004, "eve")],
      account(42, "acme", "Organization"),
    ]),
    members: new Map([
      [1001, "member"],
      [1002, "member"],
      [1003, "admin"],
    ]),
    teams: new Map([[team.id, team]]),
    repositories: new Map([[repository.id, repository]]),
    roles: ["all_repo_read", "all_repo_admin"].map((name, at) => ({
      ...{ id: 8132 + at, name, permissions: [], teams: new Set<number>() },
    })),
    lastId: 20_000,
  };
}

export function byLogin({ accounts }: FakeGitHub, login: string): FakeAccount | undefined {
  return [...accounts.values()].find((one) => one.login.toLowerCase() === login.toLowerCase());
}

export const childrenOf = ({ teams }: FakeGitHub, { id }: FakeTeam): readonly FakeTeam[] =>
  [...teams.values()].filter(({ parent }) => parent === id);

/** Members of child teams are members; owners of the organisation are shown as maintainers. */
export function rolesIn(
  hub: FakeGitHub,
  team: FakeTeam,
): Map<number, { role: "member" | "maintainer"; inherited: boolean }> {
  const roles = new Map<number, { role: "member" | "maintainer"; inherited: boolean }>();
  for (const child of childrenOf(hub, team))
    for (const [id] of rolesIn(hub, child)) roles.set(id, { role: "member", inherited: true });
  for (const [id, role] of team.members) {
    const shown = hub.members.get(id) === "admin" ? "maintainer" : role;
    roles.set(id, { role: shown, inherited: false });
  }
  return roles;
}

/** Whoever is in the team may do what it may; owners of the organisation may do everything. */
export function isIn(hub: FakeGitHub, login: string, team: FakeTeam): boolean {
  const id = byLogin(hub, login)?.id ?? 0;
  return hub.members.get(id) === "admin" || rolesIn(hub, team).has(id);
}

const highest = (levels: readonly (FakeLevel | "none" | undefined)[]): FakeLevel | undefined =>
  LEVELS.findLast((level) => levels.includes(level));

export function levelOn(hub: FakeGitHub, id: number, repository: FakeRepository): FakeLevel | undefined {
  const byTeams = [...repository.teams].map(([team, level]) => {
    const found = hub.teams.get(team);
    return found && rolesIn(hub, found).has(id) ? level : undefined;
  });
  const member = hub.members.get(id);
  return highest([
    ...byTeams,
    repository.direct.get(id),
    repository.isPrivate ? undefined : "pull",
    member === undefined ? undefined : hub.org.base,
    member === "admin" ? "admin" : undefined,
  ]);
}

export const atLeast = (level: FakeLevel | undefined, wanted: FakeLevel): boolean =>
  level !== undefined && LEVELS.indexOf(level) >= LEVELS.indexOf(wanted);

/** Invitations linger after a week, and give nothing any more. */
export const isExpired = ({ now }: FakeGitHub, { at }: FakeInvitation): boolean => now - at >= 7 * DAY;

export function accept(hub: FakeGitHub, repository: FakeRepository, invitee: number): void {
  const found = repository.invitations.find((one) => one.invitee === invitee && !isExpired(hub, one));
  if (!found) throw new Error("no invitation to accept");
  repository.invitations = repository.invitations.filter((one) => one !== found);
  repository.direct.set(invitee, found.level);
}
