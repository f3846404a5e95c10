// Is a claim on a group well formed? (judged offline)
import type { Claim } from "../../core/model.ts";
import { word } from "../schema.ts";
import { ID, matches } from "./connection.ts";

export const GROUPS = "aws";

export function lintGroup({ identity, role }: Pick<Claim, "identity" | "role">): string | undefined {
  if (!matches(ID, identity)) return `${JSON.stringify(identity)} is not a user id of the identity store`;
  return matches(ID, role["group"]) ? undefined : `${JSON.stringify(word(role["group"]))} is not a group id`;
}
