// How does the pretended AWS speak? (AWS JSON 1.1 and the query protocol, over loopback, with faults by operation)
import { serveLoopback, type Loopback } from "../../conformance/loopback.ts";
import type { Instant } from "../../core/model.ts";

/** What an operation answers instead of a result. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly status: number;
  constructor(code: string, fields: Readonly<Record<string, unknown>> = {}, status = 400) {
    super(`${code}: the pretended AWS refuses`);
    this.code = code;
    this.fields = fields;
    this.status = status;
  }
}

export interface Fault {
  readonly on: RegExp;
  readonly refusal: Refusal;
  /** How many calls it hits; all when absent. */
  times?: number;
  /** It hits only pages after this many items. */
  readonly afterItems?: number;
  /** The work is done all the same. */
  readonly after?: boolean;
}

export type Input = Readonly<Record<string, unknown>>;
export type Operation = (input: Input) => Readonly<Record<string, unknown>>;
export type Service = Readonly<Record<string, Operation>>;

export interface Wire {
  readonly server: Loopback;
  /** Operations by name, in order; the query protocol has the name in its body only. */
  readonly operations: string[];
  readonly faults: Fault[];
}

interface Spoken {
  readonly operation: string;
  readonly input: Input;
  readonly answer: (result: Readonly<Record<string, unknown>>) => string;
  readonly refuse: (refusal: Refusal) => string;
  readonly type: string;
}

const escaped = (value: unknown): string =>
  String(value).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** Lists are `<member>`s of their element. */
function xml(value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => `<member>${xml(one)}</member>`).join("");
  if (typeof value !== "object" || value === null) return escaped(value);
  return Object.entries(value)
    .map(([name, one]) => (one === undefined ? "" : `<${name}>${xml(one)}</${name}>`))
    .join("");
}

function query(body: string): Spoken {
  const input = Object.fromEntries(new URLSearchParams(body));
  const operation = input["Action"] ?? "";
  return {
    operation,
    input,
    type: "text/xml",
    answer: (result) =>
      `<${operation}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${operation}Result>${xml(result)}</${operation}Result></${operation}Response>`,
    refuse: ({ code }) =>
      `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>${code}</Code><Message>user text: &lt;secret&gt;</Message></Error></ErrorResponse>`,
  };
}

function json(target: string, body: string): Spoken {
  return {
    operation: target.split(".")[1] ?? "",
    input: JSON.parse(body) as Input,
    type: "application/x-amz-json-1.1",
    answer: (result) => JSON.stringify(result),
    refuse: ({ code, fields }) => JSON.stringify({ __type: code, Message: "user text: <secret>", ...fields }),
  };
}

function hits(fault: Fault, { operation, input }: Spoken): boolean {
  if (fault.times === 0 || !fault.on.test(operation)) return false;
  const token = input["NextToken"] ?? input["Marker"];
  return fault.afterItems === undefined || offsetOf(token) >= fault.afterItems;
}

/** Serves these operations; the `Date` of every answer is the service's own clock, where it has one. */
export async function serveAws(service: Service, clock?: () => Instant): Promise<Wire> {
  const operations: string[] = [];
  const faults: Fault[] = [];
  const work = (spoken: Spoken): Readonly<Record<string, unknown>> => {
    const operation = service[spoken.operation];
    if (!operation) throw new Refusal("UnknownOperationException");
    const fault = faults.find((one) => hits(one, spoken));
    if (fault?.times !== undefined) fault.times -= 1;
    if (fault && fault.after !== true) throw fault.refusal;
    const result = operation(spoken.input);
    if (fault) throw fault.refusal;
    return result;
  };
  const server = await serveLoopback(async (request) => {
    const target = request.headers.get("x-amz-target");
    const body = await request.text();
    const spoken = target === null ? query(body) : json(target, body);
    operations.push(spoken.operation);
    const headers = {
      "content-type": spoken.type,
      ...(clock && { date: new Date(clock()).toUTCString() }),
    };
    try {
      return new Response(spoken.answer(work(spoken)), { headers });
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      return new Response(spoken.refuse(thrown), { status: thrown.status, headers });
    }
  });
  return { server, operations, faults };
}

// ---- lists ---------------------------------------------------------------------------------------------------

/** Few items a page whatever was asked for, and an empty page before the first. */
export function pageOf<T>(
  items: readonly T[],
  token: unknown,
  size = 1,
): { items: readonly T[]; next: string | undefined } {
  if (token === undefined) return items.length > 0 ? { items: [], next: "0" } : { items, next: undefined };
  const at = offsetOf(token);
  return {
    items: items.slice(at, at + size),
    next: at + size < items.length ? String(at + size) : undefined,
  };
}

function offsetOf(token: unknown): number {
  return typeof token === "string" ? Number(token.split("/").at(-1)) : 0;
}

export interface LaggingList<T> {
  readonly items: readonly T[];
  set: (items: readonly T[]) => void;
  /** Shows what was there before the last write, as often as the list lags. */
  page: (token: unknown) => { items: readonly T[]; next: string | undefined };
}

/** A list that readers see late: `lag` first pages after each write are of the time before it. */
export function laggingList<T>(lag: () => number): LaggingList<T> {
  const versions: (readonly T[])[] = [[]];
  let stale = 0;
  const last = () => versions.length - 1;
  return {
    get items() {
      return versions[last()] ?? [];
    },
    set: (items) => {
      versions.push(items);
      stale = lag();
    },
    page: (token) => {
      const old = token === undefined && stale > 0;
      if (old) stale -= 1;
      const version = typeof token === "string" ? Number(token.split("/")[0]) : last() - Number(old);
      const { items, next } = pageOf(versions[version] ?? [], token);
      return { items, next: next === undefined ? undefined : `${version}/${next}` };
    },
  };
}
