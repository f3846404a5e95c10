// Who works at the company that the benches measure, and what may they ask for? (policy files, always the same)
import { readCatalog } from "../../src/core/catalog.ts";
import type { Catalog } from "../../src/core/model.ts";
import { provider } from "../../src/providers/memory/index.ts";

const PEOPLE = 400;
const TEAMS = 20;
const TARGETS = 50;
const ENTITLEMENTS = 100;

const two = (i: number): string => String(i).padStart(2, "0");
const person = (i: number): string => `person-${String(i).padStart(3, "0")}`;
const many = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));

function file(kind: string, folder: string, name: string, spec: object): readonly [string, string] {
  const path = `policies/${folder}${name}.yaml`;
  const head = `apiVersion: lapse.dev/v1\nkind: ${kind}\nmetadata:\n  name: ${name}\nspec:\n`;
  const lines = Object.entries(spec).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`);
  return [path, head + lines.join("")];
}

/** Policy files by path: people in teams, targets of the provider `memory`, entitlements, rules. */
export function policyFiles(): Readonly<Record<string, string>> {
  const members = (team: number): readonly string[] =>
    many(PEOPLE, person).filter((_, nth) => nth % TEAMS === team);
  return Object.fromEntries([
    file("Settings", "", "lapse", {
      owner: "bench",
      pendingTimeout: "2d",
      sweepInterval: "15m",
      maxDuration: "3d",
      changes: { from: ["group:team-00"], count: 1 },
    }),
    ...many(PEOPLE, (i) =>
      file("Person", "people/", person(i), {
        login: person(i),
        id: 1000 + i,
        identities: { memory: person(i) },
      }),
    ),
    ...many(TEAMS, (i) => file("Group", "people/", `team-${two(i)}`, { members: members(i) })),
    ...many(TARGETS, (i) =>
      file("Target", "targets/", `target-${two(i)}`, {
        title: `Target ${i}`,
        provider: "memory",
        environment: i % 5 === 0 ? "production" : "staging",
        bound: "20m",
        connection: { name: `target-${two(i)}` },
      }),
    ),
    ...many(ENTITLEMENTS, (i) =>
      file("Entitlement", "entitlements/", `entitlement-${two(i)}`, {
        title: `Use target ${i % TARGETS}`,
        target: `target-${two(i % TARGETS)}`,
        role: { role: i < TARGETS ? "reader" : "writer" },
        risk: i < TARGETS ? "low" : "medium",
        eligible: many(TEAMS, (nth) => `group:team-${two(nth)}`),
        maxDuration: "12h",
        approvals: [{ from: [`group:team-${two(i % TEAMS)}`], count: 1 }],
      }),
    ),
    file("Policy", "rules/", "production", {
      match: { environments: ["production"] },
      rules: [
        {
          name: "ticket-required",
          require: "has(request.ticket) && request.ticket.matches('^(INC|CHG)-[0-9]+$')",
          message: "production access needs an incident or change ticket, e.g. INC-4711",
        },
      ],
    }),
  ]);
}

/** The files as the production code reads them. Throws when one of them is not sound. */
export function company(files: Readonly<Record<string, string>> = policyFiles()): Catalog {
  const catalog = readCatalog({
    digest: "2".repeat(40),
    files: Object.entries(files).map(([path, text]) => ({ path, mode: "100644", bytes: Buffer.from(text) })),
    provider: (kind) => (kind === provider.kind ? provider : undefined),
    known: [provider.kind],
  });
  const [first] = catalog.findings;
  if (first !== undefined) throw new Error(`${first.code} ${first.message} ${JSON.stringify(first.at)}`);
  return catalog;
}
