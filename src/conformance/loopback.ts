// How does a pretended service answer over HTTP, and how does it misbehave? (loopback only; for the fakes of providers)
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getRequestListener, type HttpBindings } from "@hono/node-server";

type Misbehaviour =
  | {
      readonly is: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Never answers, or breaks the connection; `after`: the work was done all the same. */
  | { readonly is: "hang" | "reset"; readonly effect: "before" | "after" };

export interface HttpFault {
  /** Tested against `GET /path?query`, followed by the `X-Amz-Target` header where there is one. */
  readonly on: RegExp;
  readonly do: Misbehaviour;
  /** How many calls it hits; 1 when absent. */
  readonly times?: number;
  /** How many matching calls it lets pass first. */
  readonly skip?: number;
}

export interface Loopback {
  readonly url: string;
  /** Every call so far, oldest first, as faults name it. */
  readonly calls: readonly string[];
  readonly fault: (fault: HttpFault) => void;
  readonly heal: () => void;
  readonly stop: () => Promise<void>;
}

/** A key and a certificate for 127.0.0.1, made at run time. */
export interface Tls {
  readonly key: string;
  readonly cert: string;
}

interface Armed {
  readonly fault: HttpFault;
  skip: number;
  times: number;
}

/** Serves a handler on a free port of 127.0.0.1. */
export async function serveLoopback(
  handle: (request: Request) => Response | Promise<Response>,
  tls?: Tls,
): Promise<Loopback> {
  const calls: string[] = [];
  const armed: Armed[] = [];
  const answer = async (request: Request, env: unknown) => {
    const call = callName(request);
    calls.push(call);
    const how = take(armed, call);
    return how ? misbehave(how, () => handle(request), env as HttpBindings) : handle(request);
  };
  const listener = getRequestListener(answer) as RequestListener;
  const server = tls ? createTlsServer({ ...tls }, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? "https" : "http"}://127.0.0.1:${port}`,
    calls,
    fault: (fault) => void armed.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 }),
    heal: () => void armed.splice(0),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** The first armed fault that matches the call, if its turn has come. */
function take(armed: readonly Armed[], call: string): Misbehaviour | undefined {
  const hit = armed.find(({ fault, times }) => times > 0 && fault.on.test(call));
  if (!hit) return undefined;
  if (hit.skip > 0) {
    hit.skip -= 1;
    return undefined;
  }
  hit.times -= 1;
  return hit.fault.do;
}

async function misbehave(
  how: Misbehaviour,
  work: () => Response | Promise<Response>,
  { incoming }: HttpBindings,
): Promise<Response> {
  if (how.is === "status")
    return new Response(how.body ?? "", { status: how.status, headers: { ...how.headers } });
  if (how.effect === "after") await work();
  if (how.is === "hang") return new Promise<never>(() => undefined);
  incoming.socket.resetAndDestroy();
  return new Response(null, { status: 503 });
}

function callName(request: Request): string {
  const { pathname, search } = new URL(request.url);
  const target = request.headers.get("x-amz-target");
  return [`${request.method} ${pathname}${search}`, ...(target === null ? [] : [target])].join(" ");
}
