// What do the files under policies/ say, as values of the model?
import type { ReadFile } from "./file.ts";
import { checkedDuration } from "./formats.ts";
import type {
  ApprovalDemand,
  Duration,
  Entitlement,
  Expression,
  Group,
  JsonObject,
  Person,
  Policy,
  Risk,
  Settings,
  Target,
} from "./model.ts";

/** How long a break-glass may wait for its review where the settings do not say. */
const REVIEW_WITHIN = "3d";

type Written<T> = { readonly [K in keyof T]: T[K] extends Duration ? string : T[K] };

export function toSettings({ spec }: ReadFile): Settings {
  const { breakGlass } = spec as { readonly breakGlass?: { readonly reviewWithin: string } };
  const written = spec as unknown as Written<Omit<Settings, "forks">> & Partial<Pick<Settings, "forks">>;
  return {
    owner: written.owner,
    pendingTimeout: checkedDuration(written.pendingTimeout),
    sweepInterval: checkedDuration(written.sweepInterval),
    maxDuration: checkedDuration(written.maxDuration),
    changes: written.changes,
    breakGlass: { reviewWithin: checkedDuration(breakGlass?.reviewWithin ?? REVIEW_WITHIN) },
    forks: written.forks ?? "refuse",
  };
}

export function toPerson({ name, spec }: ReadFile): Person {
  const { login, id, ...rest } = spec as unknown as Person["forge"] & Partial<Person>;
  const { otherAccounts = [], identities = {} } = rest;
  return { name, forge: { login, id }, otherAccounts, identities };
}

export function toGroup({ name, spec }: ReadFile): Group {
  return { name, members: spec["members"] as readonly string[] };
}

export function toTarget({ name, spec }: ReadFile, connection: JsonObject): Target {
  const written = spec as unknown as Written<Target>;
  const { sweeper } = spec;
  return {
    ...(typeof sweeper === "string" && { sweeper: checkedDuration(sweeper) }),
    name,
    title: written.title,
    provider: written.provider,
    connection,
    environment: written.environment,
    bound: checkedDuration(written.bound),
  };
}

interface WrittenDemand {
  readonly from: readonly string[];
  readonly count: number;
  readonly when?: string;
}

interface WrittenEntitlement {
  readonly title: string;
  readonly target: string;
  readonly risk: Risk;
  readonly eligible: readonly string[];
  readonly maxDuration: string;
  readonly approvals: readonly WrittenDemand[];
  readonly scope?: readonly string[];
  readonly breakGlass?: WrittenBreakGlass;
}

interface WrittenBreakGlass extends Pick<WrittenEntitlement, "eligible" | "maxDuration" | "approvals"> {
  readonly review?: Pick<WrittenDemand, "from" | "count">;
}

export function toEntitlement(read: ReadFile, role: JsonObject): Entitlement {
  const written = read.spec as unknown as WrittenEntitlement;
  const { breakGlass } = written;
  return {
    name: read.name,
    title: written.title,
    target: written.target,
    role,
    risk: written.risk,
    eligible: written.eligible,
    maxDuration: checkedDuration(written.maxDuration),
    approvals: demands(read, written.approvals, ["spec", "approvals"]),
    scope: written.scope ?? [],
    ...(breakGlass && {
      breakGlass: {
        eligible: breakGlass.eligible,
        maxDuration: checkedDuration(breakGlass.maxDuration),
        approvals: demands(read, breakGlass.approvals, ["spec", "breakGlass", "approvals"]),
        review: breakGlass.review ?? {
          from: [...new Set(written.approvals.flatMap(({ from }) => from))],
          count: 1,
        },
      },
    }),
    at: read.document.place(["metadata", "name"]),
  };
}

function demands(
  read: ReadFile,
  written: readonly WrittenDemand[],
  path: readonly string[],
): readonly ApprovalDemand[] {
  return written.map(({ from, count, when }, i) => ({
    from,
    count,
    ...(when !== undefined && { when: expression(read, when, [...path, i, "when"]) }),
  }));
}

/** CEL text as it was written, with the place of its first character. */
function expression(read: ReadFile, text: string, path: readonly (string | number)[]): Expression {
  return { text, at: read.document.place(path, "content") };
}

interface WrittenPolicy {
  readonly match?: Policy["match"];
  readonly when?: string;
  readonly rules: readonly { readonly name: string; readonly require: string; readonly message: string }[];
}

export function toPolicy(read: ReadFile): Policy {
  const { match = {}, when, rules } = read.spec as unknown as WrittenPolicy;
  return {
    name: read.name,
    match,
    ...(when !== undefined && { when: expression(read, when, ["spec", "when"]) }),
    rules: rules.map((rule, i) => ({
      name: rule.name,
      require: expression(read, rule.require, ["spec", "rules", i, "require"]),
      message: rule.message,
    })),
    file: read.document.file,
  };
}
