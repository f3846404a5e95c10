// `lapse explain LPSnnn`: what does this finding mean, and what is to be done?
import type { Context, ExitCode } from "../context.ts";
import { visible } from "../report/encode.ts";
import { allCodes, codesJson, codesNear, codesText, explainText, isCode } from "../report/explain.ts";
import { json } from "../report/json.ts";
import { usageText } from "../report/usage.ts";

export interface ExplainOptions {
  /** All codes where it is left out. */
  readonly code?: string;
}

export function explain({ io, json: asJson }: Context, { code }: ExplainOptions): Promise<ExitCode> {
  const name = code?.toUpperCase();
  if (name !== undefined && !isCode(name)) {
    const near = codesNear(name);
    const fix =
      near.length === 0 ? "list them all with `lapse explain`" : `perhaps one of\n${codesText(near)}`;
    io.err(usageText(`there is no finding ${visible(name)}`, fix));
    return Promise.resolve(2);
  }
  if (asJson) io.out(json(codesJson(name === undefined ? allCodes() : [name])));
  else io.out(name === undefined ? codesText(allCodes()) : explainText(name));
  return Promise.resolve(0);
}
