// Do the files under policies/ fit together? (references, accounts, bounds; each check gives findings with a place)
import { complain, conform, type ReadFile } from "./file.ts";
import { hint } from "./hint.ts";
import type { Entitlement, Finding, Lookup, Person, Policy, Settings } from "./model.ts";
import { quoted } from "./text.ts";
import { valueAt, type Path } from "./tree.ts";
import { printDuration } from "./time.ts";

/** What may be referred to: every name that some file has, readable or not. */
export interface Names {
  readonly people: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  readonly targets: ReadonlySet<string>;
  readonly entitlements: ReadonlySet<string>;
  readonly providers: readonly string[];
  /** Unknown while any target is unreadable. */
  readonly environments: readonly string[] | undefined;
}

/** A finding unless the name is known. */
export function reference(
  read: ReadFile,
  path: Path,
  name: string,
  what: string,
  known: ReadonlySet<string>,
): Finding[] {
  if (known.has(name)) return [];
  return [complain(read, "LPS130", path, `there is no ${what} ${quoted(name)}`, hint(name, [...known]))];
}

/** `group:NAME` and `person:NAME` in a list. */
function parties(read: ReadFile, path: Path, names: Names): Finding[] {
  const list = valueAt(read.document.value, path) as readonly string[] | undefined;
  return (list ?? []).flatMap((party, i) => {
    const [what = "", name = ""] = party.split(":");
    return reference(read, [...path, i], name, what, what === "group" ? names.groups : names.people);
  });
}

/** Every party that the entitlement names, the emergency way included. */
export function entitlementParties(read: ReadFile, entitlement: Entitlement, names: Names): Finding[] {
  const way = (path: Path, approvals: number): Finding[] => [
    ...parties(read, [...path, "eligible"], names),
    ...Array.from({ length: approvals }, (_, i) =>
      parties(read, [...path, "approvals", i, "from"], names),
    ).flat(),
  ];
  const emergency = entitlement.breakGlass;
  return [
    ...way(["spec"], entitlement.approvals.length),
    ...(emergency ? way(["spec", "breakGlass"], emergency.approvals.length) : []),
    ...parties(read, ["spec", "breakGlass", "review", "from"], names),
  ];
}

/** An emergency way that nobody may review afterwards would be a way around every approval. */
export function reviewers(read: ReadFile, { breakGlass }: Entitlement): Finding[] {
  if (!breakGlass || breakGlass.review.from.length > 0) return [];
  const message = "nobody is named who reviews a break-glass, and the entitlement has no approvers either";
  const fix = "add breakGlass.review, for example { from: [group:security], count: 1 }";
  return [complain(read, "LPS334", ["spec", "breakGlass"], message, fix)];
}

/** Nothing may last longer than the settings allow. */
export function withinSettings(
  read: ReadFile,
  entitlement: Entitlement,
  settings: Lookup<Settings>,
): Finding[] {
  if (settings.is !== "found") return [];
  const { maxDuration } = settings.value;
  const check = (length: number | undefined, path: Path) =>
    length !== undefined && length > maxDuration
      ? [
          complain(
            read,
            "LPS133",
            path,
            `longer than the ${printDuration(maxDuration)} that policies/lapse.yaml allows`,
            `write ${printDuration(maxDuration)} or less`,
          ),
        ]
      : [];
  return [
    ...check(entitlement.maxDuration, ["spec", "maxDuration"]),
    ...check(entitlement.breakGlass?.maxDuration, ["spec", "breakGlass", "maxDuration"]),
  ];
}

/** Scope keys that the provider does not have. */
export function scopeKeys(read: ReadFile, entitlement: Entitlement, schema: object): Finding[] {
  const known = Object.keys((schema as { readonly properties?: object }).properties ?? {});
  return entitlement.scope.flatMap((key, i) =>
    known.includes(key)
      ? []
      : [complain(read, "LPS135", ["spec", "scope", i], `no scope key ${quoted(key)}`, hint(key, known))],
  );
}

/** Members of a group that are nobody. */
export function members(read: ReadFile, names: Names): Finding[] {
  const list = valueAt(read.document.value, ["spec", "members"]) as readonly string[];
  return list.flatMap((name, i) => reference(read, ["spec", "members", i], name, "person", names.people));
}

type Owners = ReadonlyMap<string, readonly string[]>;

const accountKey = (field: string, value: string | number) => `${field} ${String(value).toLowerCase()}`;
const accountsOf = (person: Person) => [person.forge, ...person.otherAccounts];

/** Names of people by forge id and by login, which forges compare without case. */
export function accountOwners(people: readonly Person[]): Owners {
  const owners = new Map<string, string[]>();
  for (const person of people) {
    for (const { id, login } of accountsOf(person)) {
      for (const key of [accountKey("id", id), accountKey("login", login)]) {
        owners.set(key, [...(owners.get(key) ?? []), person.name]);
      }
    }
  }
  return owners;
}

/** What a role that defeats time limits must be declared as, so that nobody lends it by the way. */
export function perpetuating(read: ReadFile, { risk }: Entitlement, because: string | undefined): Finding[] {
  if (because === undefined || risk === "high" || risk === "critical") return [];
  const fix = "make its risk high or critical, or lend a narrower role";
  return [complain(read, "LPS137", ["spec", "risk"], `this role defeats time limits: ${because}`, fix)];
}

/** Accounts that somebody else has too: nobody knows whose they are, so neither person counts. */
export function accounts(read: ReadFile, person: Person, owners: Owners): Finding[] {
  return accountsOf(person).flatMap((account, i) =>
    (["id", "login"] as const).flatMap((field) => {
      const other = owners.get(accountKey(field, account[field]))?.find((name) => name !== person.name);
      if (other === undefined) return [];
      const path = i === 0 ? ["spec", field] : ["spec", "otherAccounts", i - 1, field];
      const message = `${quoted(other)} has this ${field} too`;
      return [complain(read, "LPS132", path, message, "give each account to one person")];
    }),
  );
}

/** Names that nothing has at present: no danger, but no effect either. */
export function idleIdentities(read: ReadFile, person: Person, names: Names): Finding[] {
  return Object.keys(person.identities)
    .filter((key) => !names.targets.has(key) && !names.providers.includes(key))
    .map((key) => {
      const known = [...names.providers, ...names.targets];
      const message = `no provider or target is called ${quoted(key)}`;
      return warn(complain(read, "LPS136", ["spec", "identities", key], message, hint(key, known), "key"));
    });
}

export function policyChecks(read: ReadFile, policy: Policy, names: Names): Finding[] {
  const { entitlements = [], environments = [] } = policy.match;
  const ruleNames = policy.rules.map(({ name }) => name);
  return [
    ...entitlements.flatMap((name, i) =>
      reference(read, ["spec", "match", "entitlements", i], name, "entitlement", names.entitlements),
    ),
    ...environments.flatMap((name, i) => {
      if (!names.environments || names.environments.includes(name)) return [];
      const path = ["spec", "match", "environments", i];
      const message = `no target is in environment ${quoted(name)}`;
      return [warn(complain(read, "LPS136", path, message, hint(name, names.environments)))];
    }),
    ...ruleNames.flatMap((name, i) => {
      if (ruleNames.indexOf(name) === i) return [];
      const path = ["spec", "rules", i, "name"];
      return [
        complain(read, "LPS118", path, `two rules are called ${quoted(name)}`, "rename one of the two"),
      ];
    }),
  ];
}

function warn(finding: Finding): Finding {
  return { ...finding, severity: "warning" };
}

/** Connection, role or scope by the provider's own schema. A schema that is not sound refuses everything. */
export function byProvider(read: ReadFile, part: string, kind: string, schema: object) {
  try {
    return conform(read.document, ["spec", part], `${kind}:${part}`, schema);
  } catch {
    const message = `the schema of provider ${quoted(kind)} is not sound`;
    return {
      value: {},
      findings: [complain(read, "LPS131", ["spec", part], message, "tell whoever wrote the provider")],
    };
  }
}
