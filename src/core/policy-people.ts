// Who is in which group, who may ask, and who may approve?
import type { ApprovalDemand, Catalog, Entitlement, Obligation } from "./model.ts";

/** Folder of people and groups; one unreadable file there may be any person or group. */
const PEOPLE = "policies/people/";

/** Names of the groups that a person is in, sorted; unknown while a file of people cannot be read. */
export function memberships(catalog: Catalog, person: string): readonly string[] | "unknown" {
  if (catalog.broken.some((path) => path.startsWith(PEOPLE))) return "unknown";
  return catalog.groups
    .filter((group) => group.members.includes(person))
    .map((group) => group.name)
    .sort();
}

/** Names behind `group:x` or `person:x`; undefined when it cannot be read or names nothing. */
function names(catalog: Catalog, entry: string): readonly string[] | undefined {
  const [kind, name = ""] = entry.split(":", 2);
  if (kind === "person") return [name];
  const group = kind === "group" ? catalog.group(name) : ({ is: "absent" } as const);
  return group.is === "found" ? group.value.members : undefined;
}

/** Who a list of parties lets in, and whether one of its groups cannot be read. */
interface Admitted {
  readonly catalog: Catalog;
  readonly people: ReadonlySet<string>;
  readonly isPartial: boolean;
}

/** Is this person one of these parties? An unreadable group has no members. */
export function belongs(catalog: Catalog, parties: readonly string[], person: string): boolean {
  return parties.some((party) => names(catalog, party)?.includes(person) === true);
}

/** A hundred thousand grants ask about a few hundred lists: each is looked up once, as long as the catalog is the same. */
const admittedBy = new WeakMap<readonly string[], Admitted>();

function admitted(catalog: Catalog, entries: readonly string[]): Admitted {
  const known = admittedBy.get(entries);
  if (known?.catalog === catalog) return known;
  const people = new Set(entries.flatMap((entry) => names(catalog, entry) ?? []));
  const isPartial = entries.some((entry) => isUnreadableGroup(catalog, entry));
  const found = { catalog, people, isPartial };
  admittedBy.set(entries, found);
  return found;
}

function isUnreadableGroup(catalog: Catalog, entry: string): boolean {
  const [kind, name = ""] = entry.split(":", 2);
  return kind === "group" && catalog.group(name).is === "unreadable";
}

/**
 * May this person still have this entitlement? `unknown` when a group that decides it cannot be read: that grants
 * nothing, and it also ends nothing.
 */
export function eligible(
  catalog: Catalog,
  entitlement: Entitlement,
  subjectName: string,
  breakGlass: boolean,
): boolean | "unknown" {
  const entries = breakGlass ? entitlement.breakGlass?.eligible : entitlement.eligible;
  if (entries === undefined) return false;
  const { people, isPartial } = admitted(catalog, entries);
  if (people.has(subjectName)) return true;
  return isPartial ? "unknown" : false;
}

/**
 * Who may fulfil a demand: readable people of its groups, never the subject. Undefined when one of them cannot be
 * read, since a demand that is only half known would be met by the wrong half.
 */
export function approversOf(
  catalog: Catalog,
  demand: ApprovalDemand,
  subject: string,
): Obligation | undefined {
  const lists = demand.from.map((entry) => names(catalog, entry));
  if (lists.some((list) => list === undefined)) return undefined;
  const approvers = [...new Set(lists.flatMap((list) => list ?? []))]
    .filter((name) => name !== subject && catalog.person(name).is === "found")
    .sort();
  return { approvers, from: demand.from, count: demand.count };
}

/** Can all demands be met at once, each by different people? (bipartite matching by augmenting paths) */
export function canBeMet(obligations: readonly Obligation[]): boolean {
  const seats = obligations.flatMap((obligation) =>
    Array.from({ length: obligation.count }, () => obligation.approvers),
  );
  const seatOf = new Map<string, number>();
  const place = (seat: number, tried: Set<string>): boolean =>
    (seats[seat] ?? []).some((name) => {
      if (tried.has(name)) return false;
      tried.add(name);
      const taken = seatOf.get(name);
      if (taken !== undefined && !place(taken, tried)) return false;
      seatOf.set(name, seat);
      return true;
    });
  return seats.every((_, seat) => place(seat, new Set()));
}
