// What is an attack on consent? (each leaves one merged request behind, and names the finding that must refuse it)
import { createHash } from "node:crypto";
import { requestFile, requestPath } from "../../support/company.ts";
import { SECOND, type World } from "../../support/world.ts";

export interface Attack {
  /** The request's id. */
  readonly id: string;
  /** Begins with the rows of the attacks table. */
  readonly story: string;
  /** The code of the finding that must be among those that refuse it. */
  readonly code: string;
  /** Words that must be among its reasons, where several defences stand in the way. */
  readonly says?: string;
  readonly play: (w: World, id: string) => Promise<unknown>;
}

/** The line that an approver of this very file writes. */
export function quote(file: string): string {
  return `approve sha256:${createHash("sha256").update(file).digest("hex")}`;
}

/** The same request for longer: other content. */
export const other = (id: string): string => requestFile({ id, duration: "8h" });

/** A branch by bob for himself, opened as a pull request by one and approved by another. */
export async function opensForBob(w: World, id: string, author: string, approver: string): Promise<void> {
  w.tick(SECOND);
  await w.forge.push("bob", `access/${id}`, { [requestPath({ id })]: requestFile({ id, subject: "bob" }) });
  w.tick(SECOND);
  const pull = await w.forge.openPull(author, { branch: `access/${id}`, title: id });
  await w.approve(pull, approver);
  await w.merge(pull);
}
