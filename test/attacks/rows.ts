// What can go wrong or be done to us, and what stands in the way? (each row has a test whose title begins with its id)
import { A } from "./rows/approvals.ts";
import { B } from "./rows/files.ts";
import { C } from "./rows/workflows.ts";
import { D } from "./rows/time.ts";
import { E } from "./rows/ledger.ts";
import { F } from "./rows/credentials.ts";
import type { Row } from "./rows/row.ts";

export interface Group {
  readonly title: string;
  readonly rows: readonly Row[];
}

export const GROUPS: readonly Group[] = [
  { title: "A. Approvals", rows: A },
  { title: "B. Request files", rows: B },
  { title: "C. Workflows", rows: C },
  { title: "D. The applier and time", rows: D },
  { title: "E. Ledger and audit", rows: E },
  { title: "F. Credentials and secrets", rows: F },
];

export const ROWS: readonly Row[] = GROUPS.flatMap(({ rows }) => rows);
