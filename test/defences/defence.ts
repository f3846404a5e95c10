// What is a defence, and which test goes red without it?
export interface Defence {
  readonly name: string;
  /** Rows of the attacks table that it stands in the way of; none where it holds a promise that no row speaks of. */
  readonly rows: readonly string[];
  readonly file: string;
  /** Exact source text, which occurs once in the file. */
  readonly find: string;
  readonly put: string;
  readonly red: { readonly file: string; readonly title: string };
}
