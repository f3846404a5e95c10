// A pretended GitHub for one test: the server, a session of the applier, and a claim of ann's.
import { expect } from "vitest";
import type { Assignment, Claim, Instant, JsonObject } from "../../src/core/model.ts";
import { provider as collaborators } from "../../src/providers/github/collaborator.ts";
import { TOKEN, type FakeServer } from "../../src/providers/github/fake-desk.ts";
import { fakeServer } from "../../src/providers/github/fake-server.ts";
import { provider as teams } from "../../src/providers/github/index.ts";
import { ProviderError, type Provider, type Session } from "../../src/providers/provider.ts";

const NOW = Date.UTC(2026, 10, 23, 9) as Instant;
export const WINDOW = { now: NOW, end: (NOW + 3_600_000) as Instant };
export const ANN = 1001;
export const BOB = 1002;
export const OLGA = 1003;
export const EVE = 1004;

export interface Site {
  readonly server: FakeServer;
  readonly session: Session;
  readonly connect: (more?: JsonObject, timeout?: number) => Promise<Session>;
  readonly claim: (more?: Partial<Claim>) => Claim;
  readonly granted: (more?: Partial<Claim>) => Promise<Assignment>;
  /** Calls of one method so far. */
  readonly count: (call: RegExp) => number;
  /** Somebody takes a login: an account that was not there before, in the organisation. */
  readonly register: (id: number, login: string) => void;
}

export async function site(kind: "github" | "github-collaborator"): Promise<Site> {
  const server = await fakeServer(NOW);
  const provider: Provider = kind === "github" ? teams : collaborators;
  if (kind === "github-collaborator") server.settings.scopes = "repo";
  const connection = { organisation: "acme", tokenEnv: "ACME_TOKEN", api: server.url };
  const secret = (name: string) => (name === "ACME_TOKEN" ? TOKEN : undefined);
  const connect = (more: JsonObject = {}, timeout = 5000) =>
    provider.connect({ ...connection, ...more }, { owner: "lapse", secret, timeout });
  const session = await connect();
  const claim = (more: Partial<Claim> = {}): Claim => ({
    ...{ request: "ann-1", owner: "lapse", target: "acme-org", provider: kind, connection, scope: {} },
    identity: "ann",
    role: kind === "github" ? { team: "deploy-production" } : { repository: "orders", permission: "push" },
    ...more,
  });
  return {
    ...{ server, session, connect, claim },
    granted: async (more) => {
      const assignment = await session.resolve(claim(more));
      await session.grant(assignment, WINDOW);
      return assignment;
    },
    count: (call) => server.calls.filter((one) => call.test(one)).length,
    register: (id, login) => {
      server.hub.accounts.set(id, { id, login, type: "User" });
      server.hub.members.set(id, "member");
    },
  };
}

export async function failure(promise: Promise<unknown>): Promise<ProviderError> {
  const thrown: unknown = await promise.then(
    () => "success",
    (reason: unknown) => reason,
  );
  expect(thrown).toBeInstanceOf(ProviderError);
  return thrown as ProviderError;
}

export const classOf = async (promise: Promise<unknown>): Promise<string> => (await failure(promise)).class;

export const stateOf = async (session: Session, assignment: Assignment) =>
  (await session.observe([assignment]))[0]?.state;
