// Who is in the simulated company, and who may do what? (data and the files made from it; the oracle judges by the same data)

export interface Person {
  readonly name: string;
  readonly id: number;
  readonly permission: "admin" | "write" | "read";
}

export interface Entitlement {
  readonly name: string;
  readonly target: string;
  readonly role: string;
  readonly risk: "low" | "medium" | "critical";
  readonly eligible: string;
  readonly minutes: number;
  /** Groups that must say yes, and how many of each. */
  readonly approvals: readonly (readonly [string, number])[];
  readonly breakGlass?: true;
}

export const PEOPLE: readonly Person[] = [
  { name: "ann", id: 1001, permission: "write" },
  { name: "bob", id: 1002, permission: "write" },
  { name: "carol", id: 1003, permission: "write" },
  { name: "dan", id: 1004, permission: "write" },
  { name: "erin", id: 1005, permission: "write" },
  { name: "frank", id: 1006, permission: "write" },
  { name: "rita", id: 1007, permission: "read" },
  { name: "grace", id: 1008, permission: "admin" },
];
/** An account that is no person of the company but may write: a stolen token, a contractor. */
export const MALLORY = { name: "mallory", id: 1666, permission: "write" } as const;
export const BOT = { name: "lapse-applier", id: 1900 } as const;

export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  staff: ["ann", "bob", "carol", "frank"],
  owners: ["carol", "dan", "rita"],
  security: ["erin", "dan"],
};

export const OWNER = "lapse";
export const MINUTE = 60_000;
export const SWEEP_EVERY = 15 * MINUTE;
export const PENDING_TIMEOUT = 2 * 24 * 60 * MINUTE;

const HEAD = "apiVersion: lapse.dev/v1\n";

/** Two roles a target: one with one approval, one that varies, so that requests share edges and differ in consent. */
export function entitlementsOf(targets: readonly string[]): readonly Entitlement[] {
  const one = [["owners", 1]] as const;
  return targets.flatMap((target, i): Entitlement[] => {
    const common = { target, eligible: "staff", minutes: 480, risk: "medium" as const };
    const read = { ...common, name: `${target}-read`, role: "reader", approvals: one };
    // The same edge by another name: overlapping requests of different files.
    const again = { ...common, name: `${target}-look`, role: "reader", approvals: [], minutes: 120 };
    const strong: Entitlement[] = [
      { ...common, name: `${target}-write`, role: "writer", approvals: [["owners", 2]] },
      {
        ...common,
        name: `${target}-keep`,
        role: "keeper",
        risk: "critical",
        approvals: [...one, ["security", 1]],
      },
      { ...common, name: `${target}-fix`, role: "fixer", approvals: [["owners", 2]], breakGlass: true },
    ];
    return [read, again, ...strong.slice(i % 3, (i % 3) + 1)];
  });
}

export function personFile({ name, id }: Person): readonly [string, string] {
  const spec = `spec:\n  login: ${name}\n  id: ${String(id)}\n  identities: { sim: ${name} }\n`;
  return [`policies/people/${name}.yaml`, `${HEAD}kind: Person\nmetadata: { name: ${name} }\n${spec}`];
}

export function groupFile(name: string, members: readonly string[]): readonly [string, string] {
  const text = `${HEAD}kind: Group\nmetadata: { name: ${name} }\nspec: { members: [${members.join(", ")}] }\n`;
  return [`policies/people/${name}.yaml`, text];
}

export function targetFile(name: string, sweeper: boolean): readonly [string, string] {
  const lines = [
    `title: The ${name}`,
    `provider: sim-${name}`,
    "environment: production",
    "bound: 20m",
    "connection: {}",
    ...(sweeper ? ["sweeper: 5m"] : []),
  ];
  const spec = lines.map((line) => `  ${line}\n`).join("");
  return [
    `policies/targets/${name}.yaml`,
    `${HEAD}kind: Target\nmetadata: { name: ${name} }\nspec:\n${spec}`,
  ];
}

export function entitlementFile(one: Entitlement): readonly [string, string] {
  const demands = one.approvals.map(([from, count]) => `{ from: [group:${from}], count: ${String(count)} }`);
  const glass = `{ eligible: [group:${one.eligible}], maxDuration: 1h, approvals: [] }`;
  const lines = [
    `title: ${one.name}`,
    `target: ${one.target}`,
    `role: { role: ${one.role} }`,
    `risk: ${one.risk}`,
    `eligible: [group:${one.eligible}]`,
    `maxDuration: ${String(one.minutes)}m`,
    `approvals: [${demands.join(", ")}]`,
    ...(one.breakGlass ? [`breakGlass: ${glass}`] : []),
  ];
  const spec = lines.map((line) => `  ${line}\n`).join("");
  const text = `${HEAD}kind: Entitlement\nmetadata: { name: ${one.name} }\nspec:\n${spec}`;
  return [`policies/entitlements/${one.name}.yaml`, text];
}

export const SETTINGS: readonly [string, string] = [
  "policies/lapse.yaml",
  `${HEAD}kind: Settings\nmetadata: { name: lapse }\nspec:\n  owner: ${OWNER}\n  pendingTimeout: 2d\n  sweepInterval: 15m\n  maxDuration: 12h\n  changes: { from: [group:security], count: 1 }\n`,
];

/** The whole of policies/ on the first day. `sweepers`: targets that have one beside them. */
export function policyFiles(
  targets: readonly string[],
  sweepers: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  return Object.fromEntries([
    SETTINGS,
    ...PEOPLE.map(personFile),
    ...Object.entries(GROUPS).map(([name, members]) => groupFile(name, members)),
    ...targets.map((name) => targetFile(name, sweepers.has(name))),
    ...entitlementsOf(targets).map(entitlementFile),
    ["requests/README.md", "One file a request.\n"],
  ]);
}

export interface Ask {
  readonly id: string;
  readonly subject: string;
  readonly entitlement: string;
  readonly minutes: number;
  readonly notBefore?: number;
  readonly extends?: string;
  readonly breakGlass?: boolean;
}

export function requestPath({ id, entitlement }: Ask): string {
  return `requests/${entitlement}/${id}.yaml`;
}

export function requestFile(ask: Ask): string {
  const lines = [
    `subject: ${ask.subject}`,
    `entitlement: ${ask.entitlement}`,
    `duration: ${String(ask.minutes)}m`,
    "reason: Backfill of stuck orders",
    ...(ask.notBefore === undefined ? [] : [`notBefore: ${iso(ask.notBefore)}`]),
    ...(ask.extends === undefined ? [] : [`extends: ${ask.extends}`]),
    ...(ask.breakGlass === true ? ["breakGlass: true"] : []),
  ];
  const spec = lines.map((line) => `  ${line}\n`).join("");
  return `${HEAD}kind: AccessRequest\nmetadata: { name: ${ask.id} }\nspec:\n${spec}`;
}

function iso(at: number): string {
  return new Date(Math.floor(at / 1000) * 1000).toISOString().replace(".000Z", "Z");
}
