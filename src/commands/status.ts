// `lapse status`: who has what until when? (from the ledger alone, so it works offline)
import type { Context, ExitCode } from "../context.ts";
import { isState, STATES } from "../core/states.ts";
import { visible } from "../report/encode.ts";
import { json } from "../report/json.ts";
import { usageText } from "../report/usage.ts";
import { statusJson, statusText } from "../report/status.ts";
import { statusOf, type StatusFilter } from "../status.ts";

export interface StatusOptions extends Omit<StatusFilter, "state"> {
  /** One of the words of `core/states.ts`. */
  readonly state?: string;
  /** Exit 7 when access outlived its end. */
  readonly check?: boolean;
}

export async function status(context: Context, options: StatusOptions): Promise<ExitCode> {
  const { state, ...filter } = options;
  if (state !== undefined && !isState(state)) {
    const fix = `use one of ${Object.keys(STATES).join(", ")}`;
    context.io.err(usageText(`there is no state ${visible(state)}`, fix));
    return 2;
  }
  const result = await statusOf(context, { ...filter, ...(state !== undefined && { state }) });
  context.io.out(context.json ? json(statusJson(result)) : statusText(result, context.io));
  return options.check === true && result.overdue ? 7 : 0;
}
