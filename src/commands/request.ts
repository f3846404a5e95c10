// `lapse request`: ask for access, from flags to an open pull request.
import type { Context, ExitCode } from "../context.ts";
import { findingsText } from "../report/findings.ts";
import { requestedJson, requestedText } from "../report/requested.ts";
import { writeRequest, type RequestOptions } from "../write-request.ts";
import { json } from "../report/json.ts";

export async function request(context: Context, options: RequestOptions): Promise<ExitCode> {
  const result = await writeRequest(context, options);
  const refused = result.findings.some((f) => f.severity === "error");
  if (context.json) context.io.out(json(requestedJson(result)));
  else if (refused) context.io.out(findingsText(result.findings, context.io));
  else context.io.out(requestedText(result, context.now));
  return refused ? 3 : 0;
}
