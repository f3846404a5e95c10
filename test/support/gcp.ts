// What does a test of the Google Cloud provider start with? (a pretended project, a session on it, and words for both)
import type { Assignment, Claim, Duration } from "../../src/core/model.ts";
import { plus } from "../../src/core/time.ts";
import { ANN, makeFake, NOW, ROLE } from "../../src/providers/gcp/fake.ts";
import type { Binding } from "../../src/providers/gcp/fake-policy.ts";
import type { FakeOptions } from "../../src/providers/gcp/fake-server.ts";
import { provider } from "../../src/providers/gcp/index.ts";
import { ProviderError, type Session } from "../../src/providers/provider.ts";

export const HOUR = 3_600_000 as Duration;
export const WINDOW = { now: NOW, end: plus(NOW, HOUR) };
export const UNTIL = 'request.time < timestamp("2026-11-23T10:00:00Z")';

export async function site(options: Partial<FakeOptions> = {}, timeout = 5_000) {
  const { fake, connection, secret } = await makeFake(options);
  const connect = (): Promise<Session> => provider.connect(connection, { owner: "lapse", secret, timeout });
  const session = await connect();
  const claim = (more: Partial<Claim> = {}): Claim => ({
    ...{ request: "ann-logs-1", owner: "lapse", target: "orders", provider: "gcp", connection },
    ...{ identity: ANN, role: { role: ROLE }, scope: {} },
    ...more,
  });
  return {
    ...{ fake, connection, connect, session, claim },
    granted: async (more: Partial<Claim> = {}): Promise<Assignment> => {
      const assignment = await session.resolve(claim(more));
      await session.grant(assignment, WINDOW);
      return assignment;
    },
    /** Changes the binding with this title. */
    alter: ({ mark }: Assignment, change: (binding: Binding) => Binding) => {
      fake.edit((all) => all.map((one) => (one.condition?.title === mark ? change(one) : one)));
    },
    add: (...bindings: Binding[]) => {
      fake.edit((all) => [...all, ...bindings]);
    },
    ours: ({ mark }: Assignment) => fake.policy().bindings.filter((one) => one.condition?.title === mark),
    see: async (assignment: Assignment) => (await session.observe([assignment]))[0],
  };
}

export type Site = Awaited<ReturnType<typeof site>>;

/** Role and condition of a binding that somebody else made. */
export function foreign(title: string, expression: string, members: readonly string[] = [ANN]): Binding {
  return { role: ROLE, members: [...members], condition: { title, expression } };
}

/** The class of the error that it ends with; `done` when there is none. */
export async function classOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "done",
    (thrown: unknown) => (thrown instanceof ProviderError ? thrown.class : `a bug: ${String(thrown)}`),
  );
}

/** What Google answers when it refuses. */
export function refusal(code: number, status: string, message = "", headers: Record<string, string> = {}) {
  const body = JSON.stringify({ error: { code, status, message } });
  return {
    is: "status",
    status: code,
    body,
    headers: { "content-type": "application/json", ...headers },
  } as const;
}

/** An answer of 200 with this in it. */
export function answer(body: unknown) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { is: "status", status: 200, body: text, headers: { "content-type": "application/json" } } as const;
}

export { ANN, NOW, ROLE };
