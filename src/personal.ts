// As whom does this run act? (an App or the workflow itself; a person's token has that person's limits, and leaves with them)
import type { Context } from "./context.ts";
import { isPersonal } from "./core/secret.ts";
import { Problem } from "./core/problem.ts";

/** What is wrong with a workflow that acts as a person; undefined where it does not, and on a person's own machine. */
export function asPerson(context: Context): Problem | undefined {
  if (!context.io.annotates || !isPersonal(context.secret("GITHUB_TOKEN") ?? "")) return undefined;
  return new Problem(
    "forbidden",
    "GITHUB_TOKEN is a person's token: what the workflow does would look like that person's doing, and stop when they leave",
    "let the workflow get a token of the Lapse App (see apply.yml), or say --allow-pat",
  );
}

/** Says so on stderr, and holds nothing back. */
export function sayIfPerson(context: Context): void {
  const odd = asPerson(context);
  if (odd) context.io.err(`warning: ${odd.message}\n  fix: ${odd.fix}`);
}
