// May this run still give access, where several processes take turns? (taking away asks nobody)
import type { Context } from "./context.ts";

export const FENCED = "another controller runs now, so this one gives nothing";

/** True when the turn was lost, or nobody can say. */
export async function isFenced(context: Context): Promise<boolean> {
  return context.fence !== undefined && !(await context.fence());
}
