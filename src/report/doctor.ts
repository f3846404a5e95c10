// What does the doctor find, and where?
import type { Finding } from "../core/model.ts";
import { page, visible } from "./encode.ts";
import { findingsText } from "./findings.ts";
import { findingsJson } from "./json.ts";
import { counted } from "./table.ts";

interface Examined {
  readonly subject: string;
  readonly findings: readonly Finding[];
}

const GROUPS = ["repository", "people", "ledger", "targets"] as const;
/** A group that is absent was not asked for. */
type Checkup = Readonly<Partial<Record<(typeof GROUPS)[number], readonly Examined[]>>>;

export function doctorText(checkup: Checkup, options: { readonly color: boolean }): string {
  const all = allFindings(checkup);
  return page([
    ...GROUPS.flatMap((name) => (checkup[name] ? [name, ...lines(checkup[name]), ""] : [])),
    findingsText(all, options),
  ]);
}

function lines(examined: readonly Examined[]): readonly string[] {
  return examined.length === 0 ? ["  – nothing was examined"] : examined.map(line);
}

function line({ subject, findings }: Examined): string {
  if (findings.length === 0) return `  ✓ ${visible(subject)}`;
  const sign = findings.some(({ severity }) => severity === "error") ? "✕" : "!";
  return `  ${sign} ${visible(subject)}  ${counted(findings.length, "finding")}`;
}

export function allFindings(checkup: Checkup): readonly Finding[] {
  return GROUPS.flatMap((name) => checkup[name] ?? []).flatMap(({ findings }) => findings);
}

export function doctorJson(checkup: Checkup): object {
  const shown = GROUPS.flatMap((name) => {
    const examined = checkup[name];
    return examined === undefined ? [] : [[name, examined.map((one) => rowOf(name, one))] as const];
  });
  return Object.fromEntries(shown);
}

function rowOf(group: string, { subject, findings }: Examined): object {
  return { [group === "targets" ? "target" : "subject"]: subject, findings: findingsJson(findings) };
}
