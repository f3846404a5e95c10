// How is access given? (create-only; in an order in which nothing that is half done gives anything; and read back)
import type { Assignment, Instant, JsonObject } from "../../core/model.ts";
import { printInstant } from "../../core/time.ts";
import { ProviderError } from "../provider.ts";
import { isMarked, judge, look, memberOf, nameOf, parentsOf, roleNamed, type OwnRole } from "./catalog.ts";
import { CODE } from "./errors.ts";
import { id, quoted, same, writeMark, type Mark } from "./names.ts";
import { forget, note } from "./notes.ts";
import type { Db } from "./sql.ts";

interface Window {
  readonly end: Instant;
  readonly now: Instant;
}

export async function grant(db: Db, assignment: Assignment, window: Window): Promise<JsonObject> {
  if (!(window.end > window.now))
    throw new ProviderError("malformed", "the window is over", { vendorCode: "past" });
  const mark = markFor(assignment, window.end);
  const there = await own(db, assignment);
  if (!there) await create(db, assignment, mark);
  else if (there.mark) await complete(db, there, assignment);
  const made = await own(db, assignment);
  const receipt = confirmed(made, assignment);
  // Granting again is granting once; only the end in the note may have moved.
  if (made?.mark && writeMark(made.mark) !== writeMark(mark)) await note(db, made.name, mark);
  return receipt;
}

async function own(db: Db, assignment: Assignment): Promise<OwnRole | undefined> {
  return roleNamed(db, await look(db, "noted"), nameOf(assignment));
}

function markFor(assignment: Assignment, end: Instant): Mark {
  const { owner, target, role } = assignment;
  const request = typeof role["request"] === "string" ? role["request"] : "";
  return {
    ...{ owner, request, target, until: printInstant(end) },
    ...memberOf(assignment),
    roles: parentsOf(assignment),
  };
}

/**
 * There are no transactions for roles, so a run can break off after each of these. The note comes first: no role of
 * ours is ever without one. The subject comes last: until then nobody has what is half made.
 */
async function create(db: Db, assignment: Assignment, mark: Mark): Promise<void> {
  const name = nameOf(assignment);
  await note(db, name, mark);
  try {
    await db.run("create the role", `CREATE ROLE ${id(name)}`);
  } catch (thrown) {
    // Somebody was quicker: another applier, or whoever likes our names.
    if (!(thrown instanceof ProviderError && thrown.vendorCode === CODE.operationFailed)) throw thrown;
  }
  const made = await own(db, assignment);
  if (made?.made === false) await forget(db, name);
  else if (made) await complete(db, made, assignment);
}

/** Does what is still missing of a role that the applier made for this very request and nobody touched since. */
async function complete(db: Db, role: OwnRole, assignment: Assignment): Promise<void> {
  const subject = memberOf(assignment);
  const parents = parentsOf(assignment);
  if (!isUntouched(role, assignment)) return;
  for (const parent of parents) {
    if (role.parents.some((edge) => edge.role === parent)) continue;
    await db.run("grant", `GRANT ${id(parent)} TO ${id(role.name)}`);
  }
  if (role.members.length === 0) await db.run("grant", `GRANT ${id(role.name)} TO ${quoted(subject)}`);
}

function isUntouched(role: OwnRole, assignment: Assignment): boolean {
  const subject = memberOf(assignment);
  const parents = parentsOf(assignment);
  const made = role.made && isMarked(role, assignment) && isFor(role, assignment);
  const known = role.parents.every((edge) => parents.includes(edge.role));
  return made && known && role.members.every((edge) => same(edge, subject));
}

function isFor({ mark }: OwnRole, assignment: Assignment): boolean {
  return mark?.request === assignment.role["request"] && mark?.target === assignment.target;
}

/** What is there must be exactly what we would have made; anything else is never adopted. */
function confirmed(role: OwnRole | undefined, assignment: Assignment): JsonObject {
  const seen = judge(role, assignment);
  if (role && seen.state === "ours" && seen.drift === undefined && isFor(role, assignment))
    return seen.receipt;
  throw new ProviderError("conflict", "a role of that name is there and differs", {
    vendorCode: CODE.operationFailed,
  });
}
