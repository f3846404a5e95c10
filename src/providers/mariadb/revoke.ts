// How is access taken away? (the role is dropped, it is read back, and then the sessions are ended)
import type { Assignment } from "../../core/model.ts";
import { ProviderError, type Revocation } from "../provider.ts";
import { givesNothing, isMarked, look, nameOf, roleNamed, type OwnRole, type Picture } from "./catalog.ts";
import { cutOff, type Cut } from "./cut.ts";
import { id, type Account } from "./names.ts";
import { forget } from "./notes.ts";
import { endSessions } from "./sessions.ts";
import type { Db } from "./sql.ts";
import { leads, ways } from "./verify.ts";

/**
 * `escaped`: every role of the assignment can still be reached, by a way that is not of our name. Neither word is said
 * while a role of our name leads the subject to any of them: then a conflict is thrown, or that the applier lacks
 * the rights.
 */
export async function revoke(db: Db, assignment: Assignment): Promise<Revocation> {
  const cut = await cutOff(db, assignment);
  const picture = await look(db, "as it is");
  const after = roleNamed(db, picture, nameOf(assignment));
  const left = leftOver(picture, assignment, { cut, after });
  const sessions = await closeSessions(db, picture, { assignment, holders: cut.holders });
  const residue = [...left, ...sessions, ...(after ? [] : await tidy(db, picture, assignment))];
  const { standing } = ways(db, picture, assignment);
  return { state: standing ? "escaped" : "absent", receipt: { role: nameOf(assignment) }, residue };
}

/** Whoever may go on by another way keeps his sessions. */
async function closeSessions(
  db: Db,
  picture: Picture,
  { assignment, holders }: { readonly assignment: Assignment; readonly holders: readonly Account[] },
): Promise<readonly string[]> {
  const residue: string[] = [];
  for (const holder of holders) {
    if (ways(db, picture, { ...assignment, principal: { ...holder } }).allowed) continue;
    residue.push(...(await endSessions(db, holder)));
  }
  return residue;
}

interface Outcome {
  readonly cut: Cut;
  readonly after: OwnRole | undefined;
}

/** What is left of the role and what was strange about it, in words. */
function leftOver(picture: Picture, assignment: Assignment, { cut, after }: Outcome): readonly string[] {
  if (!after) return strange(cut, assignment);
  const gives = cut.extent === "whole" && !givesNothing(after);
  if (gives || leads(picture, assignment)) throw stillIn(after, cut);
  const words = {
    whole: `role ${after.name} kept as a tombstone: the server refused to drop it (${cut.refused?.vendorCode ?? "none"})`,
    edge: `role ${after.name} has other members or roles and was kept: only the subject was taken out`,
    none: `a role named ${after.name} is not ours and was left alone`,
  };
  return [...strange(cut, assignment), words[cut.extent]];
}

function strange({ role, extent }: Cut, assignment: Assignment): readonly string[] {
  if (!role || extent === "none" || isMarked(role, assignment)) return [];
  return [`the note about the role ${role.name} is not ours any more: somebody changed it`];
}

function stillIn({ name }: OwnRole, { extent, refused }: Cut): ProviderError {
  if (extent === "whole" && refused) return refused;
  return new ProviderError(
    "conflict",
    `the role ${name} still gives access and Lapse cannot end that: an administrator must DROP ROLE ${id(name)}`,
    { vendorCode: refused?.vendorCode ?? "none", cause: refused },
  );
}

/** A note without its role gives nothing; what cannot be removed now is removed by a later `cleanup`. */
async function tidy(db: Db, { notes }: Picture, assignment: Assignment): Promise<readonly string[]> {
  const name = nameOf(assignment);
  if (notes?.get(name)?.owner !== assignment.owner) return [];
  try {
    await forget(db, name);
    return [];
  } catch (thrown) {
    if (thrown instanceof ProviderError)
      return [`the note about ${name} could not be removed: ${thrown.class}`];
    throw thrown;
  }
}
