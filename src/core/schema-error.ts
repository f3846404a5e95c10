// Which of a validator's complaints are real, and about what? (the validator's raw errors, cleaned)

export interface SchemaError {
  /** From the root of the value; array indices are digits. */
  readonly path: readonly string[];
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The schema object that holds the keyword: its description, examples and properties. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** The complaint is about this key, not about its value. */
  readonly key?: string;
}

/** What ajv and its precompiled validators report (with `verbose: true`). */
export interface RawError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly parentSchema?: object;
  readonly propertyName?: string;
}

/** Of several complaints about one value the first of these is the one that helps. */
const RANK = ["type", "const", "enum", "format", "pattern"];
const ALTERNATIVES = new Set(["oneOf", "anyOf"]);
/** They only sum up other complaints. */
const SUMMARIES = new Set(["if", "propertyNames"]);

/** Real complaints only: one for each value, and of alternatives only the branch that was meant. */
export function schemaErrors(raw: readonly RawError[]): readonly SchemaError[] {
  const real = withoutNoise(raw).filter((e) => !SUMMARIES.has(e.keyword));
  const best = new Map<string, RawError>();
  for (const e of real) {
    const about = subject(e);
    const other = best.get(about);
    if (!other || rank(e) < rank(other)) best.set(about, e);
  }
  return [...best.values()].map(clean);
}

function subject(e: RawError): string {
  const part = e.params["additionalProperty"] ?? e.params["missingProperty"] ?? "";
  return JSON.stringify([e.instancePath, e.propertyName ?? "", part]);
}

function rank(e: RawError): number {
  const at = RANK.indexOf(e.keyword);
  return at === -1 ? RANK.length : at;
}

function clean(e: RawError): SchemaError {
  const steps = e.instancePath.split("/").slice(1);
  return {
    path: steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~")),
    keyword: e.keyword,
    params: e.params,
    schema: (e.parentSchema ?? {}) as Readonly<Record<string, unknown>>,
    ...(e.propertyName !== undefined && { key: e.propertyName }),
  };
}

/** For each failed alternative: the complaints of its likeliest branch, or the failure itself when no branch is likely. */
function withoutNoise(raw: readonly RawError[]): readonly RawError[] {
  let rest = raw;
  for (const failed of raw.filter((e) => ALTERNATIVES.has(e.keyword))) {
    if (!rest.includes(failed)) continue;
    const below = rest.filter((e) => e !== failed && isBelow(e.instancePath, failed.instancePath));
    const inBranches = below.filter((e) => e.schemaPath.startsWith(`${failed.schemaPath}/`));
    const chosen = likeliest(inBranches, failed);
    const dropped = new Set<RawError>(chosen ? [...inBranches, failed] : inBranches);
    const kept = new Set(chosen);
    rest = rest.filter((e) => !dropped.has(e) || kept.has(e));
  }
  return rest;
}

function isBelow(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}

/** The branch with the fewest complaints among those whose type and tag (`const`) fit; undefined when none or several do. */
function likeliest(errors: readonly RawError[], failed: RawError): readonly RawError[] | undefined {
  const branches = new Map<string, RawError[]>();
  for (const e of errors) {
    const branch = e.schemaPath.slice(failed.schemaPath.length + 1).split("/")[0] ?? "";
    branches.set(branch, [...(branches.get(branch) ?? []), e]);
  }
  const misfit = (e: RawError) =>
    e.keyword === "const" || (e.keyword === "type" && e.instancePath === failed.instancePath);
  const fitting = [...branches.values()].filter((list) => !list.some(misfit));
  const [first, second] = fitting.sort((x, y) => x.length - y.length);
  return first && first.length !== second?.length ? first : undefined;
}
