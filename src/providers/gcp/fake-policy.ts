// What does a pretended Google Cloud keep, and by which rules does it judge? (its own rules, never the provider's)

export interface Condition {
  title?: string;
  description?: string;
  expression?: string;
}

export interface Binding {
  role: string;
  members: string[];
  condition?: Condition;
}

export interface Policy {
  version: number;
  etag: string;
  bindings: Binding[];
  auditConfigs: unknown[];
}

/** As Google answers errors. https://google.aip.dev/193 */
export class Refusal extends Error {
  readonly code: number;
  readonly status: string;
  constructor(code: number, status: string, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const invalid = (message: string): Refusal => new Refusal(400, "INVALID_ARGUMENT", message);
const BASIC = ["roles/owner", "roles/editor", "roles/viewer"];

export const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const ATOMS: readonly (readonly [RegExp, (value: string, now: number, resource: string) => boolean])[] = [
  [/^request\.time < timestamp\("([^"]+)"\)$/, (value, now) => now < Date.parse(value)],
  [/^request\.time >= timestamp\("([^"]+)"\)$/, (value, now) => now >= Date.parse(value)],
  [/^resource\.name\.startsWith\("([^"]*)"\)$/, (value, _, resource) => resource.startsWith(value)],
  [/^(true|false)$/, (value) => value === "true"],
];

/** The little of CEL that policies here use; throws on the rest, as Google refuses what does not compile. */
export function holds(expression: string, now: number, resource: string): boolean {
  return expression.split(" && ").every((atom) => {
    const known = ATOMS.find(([form]) => form.test(atom));
    if (!known) throw invalid(`Condition expression compilation failed: ${atom}`);
    const [form, judge] = known;
    return judge(form.exec(atom)?.[1] ?? "", now, resource);
  });
}

export interface Directory {
  /** Addresses as their owners spell them, e.g. `Ann@example.com`. */
  readonly accounts: Set<string>;
  readonly roles: ReadonlyMap<string, readonly string[]>;
}

const addressOf = (member: string): string => member.replace(/^\w+:/, "");
const isConditional = ({ condition }: Binding): boolean => condition !== undefined;
const key = ({ role, condition }: Binding): string => JSON.stringify([role, condition ?? null]);

/** What Google makes of a policy: one binding for each role and condition, sorted, addresses as their owners spell them. */
export function normalised(bindings: readonly Binding[], { accounts }: Directory): Binding[] {
  const merged = new Map<string, Binding>();
  for (const binding of bindings) {
    const there = merged.get(key(binding)) ?? { ...binding, members: [] };
    const spelled = binding.members.map((member) => {
      const known = [...accounts].find((account) => same(account, addressOf(member)));
      return known === undefined || member.startsWith("deleted:")
        ? member
        : `${member.split(":")[0] ?? ""}:${known}`;
    });
    there.members = [...new Set([...there.members, ...spelled])].sort();
    merged.set(key(binding), there);
  }
  const kept = [...merged.values()].filter(({ members }) => members.length > 0);
  return kept.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Asked for less than version 3, Google shows conditions only as strange names of roles. */
export function shownAs(policy: Policy, version: number): Policy {
  const copy = structuredClone(policy);
  if (version >= 3) return copy;
  copy.version = 1;
  copy.bindings = copy.bindings.map(({ role, members, condition }, index) => ({
    role: condition
      ? `${role}_withcond_${"0123456789abcdef".repeat(2).slice(index % 8, (index % 8) + 20)}`
      : role,
    members,
  }));
  return copy;
}

/** The policy that a write makes of the stored one, or the Refusal that Google would answer. */
export function written(
  stored: Policy,
  sent: Partial<Policy>,
  directory: Directory,
  grantable: readonly string[],
): Policy {
  const { bindings = [], version = 0, etag } = sent;
  // Without an etag, nothing of this is checked, and every condition can be lost.
  if (etag !== undefined) checkEtag(stored, etag, version);
  if (version < 3 && bindings.some(isConditional)) throw invalid("Conditions need policy version 3.");
  checkBindings(bindings, stored, directory);
  const after = normalised(bindings, directory);
  if (rolesChanged(stored.bindings, after).some((role) => !grantable.includes(role)))
    throw new Refusal(403, "PERMISSION_DENIED", "Policy update access denied.");
  const next = after.some(isConditional) ? 3 : 1;
  return { ...stored, etag: nextEtag(stored.etag), version: next, bindings: after };
}

function checkEtag(stored: Policy, etag: string, version: number): void {
  if (etag !== stored.etag)
    throw new Refusal(
      409,
      "ABORTED",
      "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.",
    );
  if (version < 3 && stored.bindings.some(isConditional))
    throw invalid(
      `Specified policy version (${version}) cannot be less than the existing policy version (3).`,
    );
}

/** What `iam.googleapis.com/modifiedGrantsByRole` holds. */
function rolesChanged(before: readonly Binding[], after: readonly Binding[]): readonly string[] {
  const roles = new Set([...before, ...after].map(({ role }) => role));
  const of = (bindings: readonly Binding[], role: string) =>
    JSON.stringify(bindings.filter((one) => one.role === role));
  return [...roles].filter((role) => of(before, role) !== of(after, role));
}

function checkBindings(bindings: readonly Binding[], stored: Policy, { accounts, roles }: Directory): void {
  const known = stored.bindings.flatMap(({ members }) => members);
  for (const { role, members, condition } of bindings) {
    if (!roles.has(role)) throw invalid(`Role ${role} is not supported for this resource.`);
    if (condition) checkCondition(role, condition);
    for (const member of members) {
      if (!known.some((one) => same(one, member))) checkMember(member, accounts);
    }
  }
  if (bindings.filter(isConditional).length > 100) throw invalid("Too many conditional bindings.");
  if (bindings.reduce((sum, one) => sum + one.members.length, 0) > 1_500)
    throw invalid("The number of members in the policy is larger than the maximum allowed size 1,500.");
}

/** Members that were there before may stay, deleted ones too; new ones must exist. */
function checkMember(member: string, accounts: ReadonlySet<string>): void {
  if (/^(domain|group):/.test(member)) return;
  if (/^all|^deleted:/.test(member)) throw invalid(`Principal ${member} is invalid.`);
  if (![...accounts].some((account) => same(account, addressOf(member))))
    throw invalid(`User ${addressOf(member)} does not exist.`);
}

function checkCondition(role: string, { title, description, expression }: Condition): void {
  if (BASIC.includes(role)) throw invalid("Conditions can't be set on primitive roles.");
  if (title === undefined || title === "" || title.length > 100)
    throw invalid("The title of a condition is wrong.");
  if ((description ?? "").length > 256) throw invalid("The description of a condition is too long.");
  holds(expression ?? "", 0, "");
}

export function nextEtag(etag: string): string {
  const count = Number(/\d+$/.exec(etag)?.[0] ?? 0) + 1;
  return `BwYe${String(count).padStart(8, "0")}`;
}
