// What may be granted, to whom, on what terms? (every file of policies/ as one value to look things up in)
import * as check from "./catalog-checks.ts";
import { toEntitlement, toGroup, toPerson, toPolicy, toSettings, toTarget } from "./catalog-entries.ts";
import { readShelves, type Folder, type PolicyFile, type Shelves } from "./catalog-files.ts";
import { complain, type ReadFile } from "./file.ts";
import { error, sorted } from "./finding.ts";
import { hint } from "./hint.ts";
import type { Catalog, Entitlement, Finding, JsonObject, Lookup, Settings, Target } from "./model.ts";
import { fileOf } from "./path.ts";
import type { Kind } from "./schemas.ts";
import { quoted } from "./text.ts";

export interface CatalogInput {
  /** Git tree id of `policies/`. */
  readonly digest: string;
  readonly files: readonly PolicyFile[];
  readonly provider: (kind: string) => KnownProvider | undefined;
  /** Kinds of all providers, to name them in findings. */
  readonly known: readonly string[];
}

interface KnownProvider {
  readonly schemas: ProviderSchemas;
  /** Why this role defeats time limits, if it does. */
  readonly selfPerpetuating?: (role: JsonObject) => string | undefined;
}

interface ProviderSchemas {
  readonly connection: object;
  readonly role: object;
  readonly scope: object;
}

/** Reads all files. Never throws; whatever cannot be used safely is `unreadable`, never absent. */
export function readCatalog(input: CatalogInput): Catalog {
  const shelves = readShelves(input.files);
  const names = namesOf(shelves, input.known);
  const fill = <T>(kind: Kind, folder: Folder, judge: (read: ReadFile) => Judged<T>) =>
    shelf(ofKind(shelves, kind), shelves.unreadable.get(folder), judge);

  const settings = fill("Settings", "", (read) => ({ value: toSettings(read), findings: [] }));
  const people = fill("Person", "people", personJudge(shelves, names));
  const groups = fill("Group", "people", (read) => ({
    value: toGroup(read),
    findings: check.members(read, names),
  }));
  const targets = fill("Target", "targets", (read) => judgeTarget(read, input));
  const limits = look(settings, installation(shelves));
  const entitlements = fill("Entitlement", "entitlements", (read) =>
    judgeEntitlement(read, { input, names, settings: limits, target: (name) => look(targets, name) }),
  );
  const policies = fill("Policy", "rules", (read) => {
    const value = toPolicy(read);
    return { value, findings: check.policyChecks(read, value, names) };
  });

  const all = [settings, people, groups, targets, entitlements, policies];
  return {
    digest: input.digest,
    settings: limits,
    person: (name) => look(people, name),
    group: (name) => look(groups, name),
    target: (name) => look(targets, name),
    entitlement: (name) => look(entitlements, name),
    people: values(people),
    groups: values(groups),
    targets: values(targets),
    entitlements: values(entitlements),
    policies: values(policies),
    findings: sorted([...shelves.findings, ...all.flatMap((s) => s.findings), ...noSettings(limits)]),
    broken: [...new Set([...shelves.broken, ...all.flatMap((s) => s.broken)])].sort(),
  };
}

// ---- shelves: found or lost, never forgotten -----------------------------------------------------------------

/** No value without findings: what it needs is unreadable, and that has its own finding. */
interface Judged<T> {
  readonly value: T | undefined;
  readonly findings: readonly Finding[];
}

type Found<T> = Extract<Lookup<T>, { is: "found" }>;

interface Shelf<T> {
  readonly found: ReadonlyMap<string, Found<T>>;
  readonly lost: ReadonlySet<string>;
  readonly findings: readonly Finding[];
  readonly broken: readonly string[];
}

function shelf<T>(
  reads: readonly ReadFile[],
  unreadable: ReadonlySet<string> = new Set(),
  judge: (read: ReadFile) => Judged<T>,
): Shelf<T> {
  const found = new Map<string, Found<T>>();
  const lost = new Set(unreadable);
  const findings: Finding[] = [];
  const broken: string[] = [];
  for (const read of [...reads].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const judged = judge(read);
    findings.push(...judged.findings);
    const isSound = judged.findings.every(({ severity }) => severity === "warning");
    if (judged.value !== undefined && isSound) found.set(read.name, { is: "found", value: judged.value });
    else {
      lost.add(read.name);
      broken.push(read.document.file);
    }
  }
  return { found, lost, findings, broken };
}

function look<T>({ found, lost }: Shelf<T>, name: string): Lookup<T> {
  return found.get(name) ?? { is: lost.has(name) ? "unreadable" : "absent" };
}

function values<T>({ found }: Shelf<T>): readonly T[] {
  return [...found.values()].map(({ value }) => value);
}

function ofKind(shelves: Shelves, kind: Kind): readonly ReadFile[] {
  return shelves.read.filter((read) => read.kind === kind);
}

function namesOf(shelves: Shelves, providers: readonly string[]): check.Names {
  const names = (kind: Kind, folder: Folder) =>
    new Set([...ofKind(shelves, kind).map(({ name }) => name), ...(shelves.unreadable.get(folder) ?? [])]);
  return {
    people: names("Person", "people"),
    groups: names("Group", "people"),
    targets: names("Target", "targets"),
    entitlements: names("Entitlement", "entitlements"),
    environments: shelves.unreadable.has("targets")
      ? undefined
      : ofKind(shelves, "Target").map(({ spec }) => spec["environment"] as string),
    providers,
  };
}

// ---- one judge for each kind that refers to others -----------------------------------------------------------

/** The settings' name is free; a broken file has the file's. */
function installation(shelves: Shelves): string {
  return ofKind(shelves, "Settings")[0]?.name ?? "lapse";
}

function noSettings(settings: Lookup<Settings>): readonly Finding[] {
  if (settings.is !== "absent") return [];
  const fix = "write policies/lapse.yaml with kind: Settings";
  return [error("LPS134", "there are no settings", fix, fileOf("policies/lapse.yaml"))];
}

function personJudge(shelves: Shelves, names: check.Names) {
  const owners = check.accountOwners(ofKind(shelves, "Person").map(toPerson));
  return (read: ReadFile) => {
    const value = toPerson(read);
    return {
      value,
      findings: [...check.accounts(read, value, owners), ...check.idleIdentities(read, value, names)],
    };
  };
}

function judgeTarget(read: ReadFile, { provider, known }: CatalogInput): Judged<Target> {
  const kind = read.spec["provider"] as string;
  const found = provider(kind);
  if (!found) {
    const message = `there is no provider ${quoted(kind)}`;
    return {
      value: undefined,
      findings: [complain(read, "LPS131", ["spec", "provider"], message, hint(kind, known))],
    };
  }
  const { value, findings } = check.byProvider(read, "connection", kind, found.schemas.connection);
  return { value: toTarget(read, value as JsonObject), findings };
}

interface Stage {
  readonly input: CatalogInput;
  readonly names: check.Names;
  readonly settings: Lookup<Settings>;
  readonly target: (name: string) => Lookup<Target>;
}

function judgeEntitlement(read: ReadFile, { input, names, settings, target }: Stage): Judged<Entitlement> {
  const name = read.spec["target"] as string;
  const on = target(name);
  const role = on.is === "found" ? roleOn(read, on.value.provider, input) : undefined;
  const value = toEntitlement(read, role?.value ?? {});
  const findings = [
    ...check.reference(read, ["spec", "target"], name, "target", names.targets),
    ...(role ? [...role.findings, ...check.scopeKeys(read, value, role.scope)] : []),
    ...check.perpetuating(read, value, role?.perpetuates),
    ...check.entitlementParties(read, value, names),
    ...check.withinSettings(read, value, settings),
    ...check.reviewers(read, value),
  ];
  return { value: role && value, findings };
}

function roleOn(read: ReadFile, kind: string, { provider }: CatalogInput) {
  const known = provider(kind);
  if (!known) return undefined;
  const { schemas } = known;
  const { value, findings } = check.byProvider(read, "role", kind, schemas.role);
  const role = value as JsonObject;
  const perpetuates = findings.length === 0 ? known.selfPerpetuating?.(role) : undefined;
  return { value: role, findings, scope: schemas.scope, perpetuates };
}
