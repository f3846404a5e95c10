// `lapse can`: may this account pass, right now? (0 yes, 3 no; needs a clone and no credentials of any target)
import type { Context, ExitCode } from "../context.ts";
import { mayPass } from "../core/gate.ts";
import { gatherSweep } from "../gather.ts";
import { canJson, canText } from "../report/can.ts";
import { json } from "../report/json.ts";

export interface CanOptions {
  readonly actor: string;
  readonly actorId?: number;
  readonly on: string;
}

export async function can(context: Context, { actor, actorId, on }: CanOptions): Promise<ExitCode> {
  const { view } = await gatherSweep(context);
  const question = { actor, entitlement: on, ...(actorId !== undefined && { actorId }) };
  const answer = mayPass(view, question);
  context.io.out(context.json ? json(canJson(question, answer)) : canText(question, answer, context.now));
  return answer.allowed ? 0 : 3;
}
