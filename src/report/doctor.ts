// What does the doctor find on each target?
import type { Finding } from "../core/model.ts";
import { page, visible } from "./encode.ts";
import { findingsText } from "./findings.ts";
import { findingsJson } from "./json.ts";
import { counted } from "./table.ts";

interface Examined {
  readonly target: string;
  readonly findings: readonly Finding[];
}

export function doctorText(examined: readonly Examined[], options: { readonly color: boolean }): string {
  if (examined.length === 0) return page(["There is no target in policies/targets."]);
  const all = examined.flatMap(({ findings }) => findings);
  return page([
    ...examined.map(({ target, findings }) =>
      findings.length === 0
        ? `✓ ${visible(target)}`
        : `✕ ${visible(target)}  ${counted(findings.length, "finding")}`,
    ),
    ...(all.length === 0 ? [] : ["", findingsText(all, options)]),
  ]);
}

export function doctorJson(examined: readonly Examined[]): object {
  return { targets: examined.map(({ target, findings }) => ({ target, findings: findingsJson(findings) })) };
}
