// `lapse doctor`: can the applier do exactly what it must on every target, and no more?
import type { Context, ExitCode } from "../context.ts";
import { examine } from "../doctor.ts";
import { doctorJson, doctorText } from "../report/doctor.ts";
import { json } from "../report/json.ts";

export async function doctor(context: Context, { target }: { readonly target?: string }): Promise<ExitCode> {
  const examined = await examine(context, target);
  context.io.out(context.json ? json(doctorJson(examined)) : doctorText(examined, context.io));
  return examined.some(({ findings }) => findings.some(({ severity }) => severity === "error")) ? 3 : 0;
}
