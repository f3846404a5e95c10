// Does everything add up: main's history, the ledger's entries, its index and the targets?
import {
  approvalsOf,
  caseFindings,
  populationOf,
  reconcileLedger,
  violation,
  type Approvals,
  type LedgerReconciled,
  type Population,
} from "./audit-cases.ts";
import { mainHistory, reconcileFiles, type FilesReconciled } from "./audit-files.ts";
import { copyFindings, type LedgerCopy } from "./audit-copy.ts";
import { overdueFindings, removalsOf, type Removals } from "./audit-removals.ts";
import { reconcileTargets, type Holding, type TargetsReconciled } from "./audit-targets.ts";
import { continuityOf, type Continuity } from "./continuity.ts";
import { sorted } from "./finding.ts";
import type { LiveGrant } from "./entry.ts";
import type { Step } from "./facts.ts";
import type { Case, Chronicle } from "./history.ts";
import type { Bounds } from "./lateness.ts";
import type { Finding, Instant } from "./model.ts";

export interface Period {
  readonly from?: Instant;
  /** Exclusive. */
  readonly to?: Instant;
}

export interface AuditInput {
  readonly now: Instant;
  readonly period: Period;
  readonly main: {
    readonly commit: string;
    /** First-parent steps of the whole history, oldest first. */
    readonly steps: readonly Step[];
    /** Last commit that the applier has processed. */
    readonly processed: string | undefined;
  };
  readonly ledger: {
    readonly commit: string;
    /** What is wrong with the chain of hashes. */
    readonly chain: readonly Finding[];
    readonly chronicle: Chronicle;
    readonly live: readonly LiveGrant[];
  };
  readonly bounds: Bounds;
  /** Only where the targets were asked. */
  readonly holdings?: readonly Holding[];
  /** Only where another copy of the ledger was compared. */
  readonly copy?: LedgerCopy;
}

export interface AuditReport {
  readonly now: Instant;
  readonly period: Period;
  readonly main: { readonly commit: string };
  readonly ledger: { readonly commit: string; readonly entries: number; readonly intact: boolean };
  readonly population: Population;
  readonly approvals: Approvals;
  readonly removals: Removals;
  readonly files: FilesReconciled;
  readonly books: LedgerReconciled;
  readonly targets?: TargetsReconciled;
  readonly copy?: LedgerCopy;
  readonly rules: Continuity;
  /** The period's cases, in the order of their decisions. */
  readonly list: readonly Case[];
  readonly findings: readonly Finding[];
  /** Nothing is wrong: the chain holds, no difference, nothing overdue. */
  readonly addsUp: boolean;
}

/** Population, approvals and removals are the period's; the reconciliation is always of the whole history. */
export function auditOf(input: AuditInput): AuditReport {
  const { ledger, main, now, period } = input;
  const { cases } = ledger.chronicle;
  const list = [...cases.values()].filter((one) => within(period, one.decided)).sort(byDecision);
  const files = reconcileFiles(mainHistory(main.steps, main.processed), cases);
  const books = reconcileLedger(ledger.chronicle, ledger.live);
  const removals = removalsOf(list, input.bounds, now);
  const outside = [...cases.values()].filter((one) => !within(period, one.decided));
  const targets = input.holdings && reconcileTargets(ledger.live, input.holdings);
  const rules = continuityOf(ledger.chronicle.rules, cases.values());
  const findings = sorted([
    ...ledger.chain,
    ...[files, books, removals, ...(targets ? [targets] : [])].flatMap((part) => part.findings),
    ...overdueFindings(outside, now),
    ...caseFindings(list, now),
    ...[...copyFindings(input.copy), ...rules.findings],
    ...ledger.chronicle.violations.filter((one) => within(period, one.at)).map(violation),
  ]);
  return {
    now,
    period,
    main: { commit: main.commit },
    ledger: {
      commit: ledger.commit,
      entries: ledger.chronicle.entries,
      intact: ledger.chain.length === 0,
    },
    population: populationOf(list),
    approvals: approvalsOf(list),
    removals,
    files,
    books,
    ...(targets && { targets }),
    ...(input.copy && { copy: input.copy }),
    rules,
    list,
    findings,
    addsUp: findings.every((finding) => finding.severity === "warning"),
  };
}

function within({ from, to }: Period, at: Instant): boolean {
  return (from === undefined || at >= from) && (to === undefined || at < to);
}

function byDecision(a: Case, b: Case): number {
  return a.decided - b.decided || (a.request < b.request ? -1 : 1);
}
