// `lapse doctor`: can nobody get around what Lapse relies on, and can the applier do exactly what it must?
import type { Context, ExitCode } from "../context.ts";
import { examine } from "../doctor.ts";
import { allFindings, doctorJson, doctorText } from "../report/doctor.ts";
import { json } from "../report/json.ts";

/** 3 for what is wrong. What could not be examined is a warning: it is not proved, and not wrong either. */
export async function doctor(context: Context, { target }: { readonly target?: string }): Promise<ExitCode> {
  const checkup = await examine(context, target);
  context.io.out(context.json ? json(doctorJson(checkup)) : doctorText(checkup, context.io));
  return allFindings(checkup).some(({ severity }) => severity === "error") ? 3 : 0;
}
