// `lapse sweep`: end what is over on one target, by its marks alone. (beside the target; no repository, no forge)
import type { Context, ExitCode } from "../context.ts";
import { json } from "../report/json.ts";
import { sweptJson, sweptText } from "../report/swept.ts";
import { sweepTarget } from "../sweep-target.ts";

export async function sweep(context: Context, { target }: { readonly target: string }): Promise<ExitCode> {
  const swept = await sweepTarget(context, target);
  context.io.out(context.json ? json(sweptJson(swept)) : sweptText(swept, context.now));
  if (swept.ends.some(({ ok }) => !ok)) return 7;
  return swept.complete ? 0 : 6;
}
