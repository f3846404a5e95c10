// What does `lapse ledger verify` say?
import type { LedgerCheck } from "../core/ledger-check.ts";
import { page } from "./encode.ts";
import { findingsText } from "./findings.ts";
import { findingsJson } from "./json.ts";
import { counted } from "./table.ts";

export function ledgerCheckText(
  { tip, findings }: LedgerCheck,
  options: { readonly color: boolean },
): string {
  if (findings.length > 0) return findingsText(findings, options);
  return page([
    `✓ ${counted(tip.seq, "entry", "entries")}, the chain and all its indexes are whole.`,
    `tip ${tip.hash}`,
  ]);
}

export function ledgerCheckJson({ commit, tip, findings }: LedgerCheck): object {
  return { commit, entries: tip.seq, tip: tip.hash, findings: findingsJson(findings) };
}
