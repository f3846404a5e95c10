// What does one row of the attacks table say?
export interface Row {
  readonly id: string;
  /** What happens. */
  readonly what: string;
  /** What stands in its way. */
  readonly defence: string;
  /** The part that no code of ours can face; the whole row, where it has no test. */
  readonly outOfReach?: { readonly why: string; readonly limits: string };
}

type Line = readonly [id: string, what: string, defence: string, outOfReach?: Row["outOfReach"]];

/** Rows from lines that stay readable in the source. */
export function rows(lines: readonly Line[]): readonly Row[] {
  return lines.map(([id, what, defence, outOfReach]) => ({
    id,
    what,
    defence,
    ...(outOfReach && { outOfReach }),
  }));
}
