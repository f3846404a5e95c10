// How does a test call the sandbox's API by hand?
import type { Sandbox } from "../../src/sandbox/github/sandbox.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

/** One call like `GET /user`, with the token of ann unless told otherwise. */
export async function call(
  sandbox: Sandbox,
  what: string,
  body?: object,
  token = "t-ann",
  headers: Record<string, string> = {},
): Promise<Answer> {
  const [method = "", path = ""] = what.split(" ");
  const answer = await fetch(sandbox.apiUrl + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: AbortSignal.timeout(10_000),
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, json: text === "" ? undefined : JSON.parse(text) };
}
