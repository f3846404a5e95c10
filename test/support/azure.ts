// With what are the Azure providers put to the test? (a pretended Azure, a session on it, and words for what is done)
import { afterEach, beforeEach } from "vitest";
import type { Assignment, Claim, Instant } from "../../src/core/model.ts";
import { ROLE } from "../../src/providers/azure/fake.ts";
import { ANN, site, type Site } from "../../src/providers/azure/fake-site.ts";
import { ProviderError, type Observed, type Provider, type Session } from "../../src/providers/provider.ts";

export const NOW = Date.UTC(2026, 10, 23, 9) as Instant;
export const END = (NOW + 3_600_000) as Instant;
export const LATER = (NOW + 7_200_000) as Instant;
export const WINDOW = { now: NOW, end: END };

export interface Desk {
  here: Site;
  session: Session;
  claim: (more?: Partial<Claim>) => Claim;
  /** Resolves and grants. */
  granted: (more?: Partial<Claim>) => Promise<Assignment>;
  state: (assignment: Assignment) => Promise<Observed | undefined>;
}

/** A fresh one for each test. */
export function desk(provider: Provider, timeout?: number): Desk {
  const all = {} as Desk;
  beforeEach(async () => {
    all.here = await site();
    all.session = await all.here.connect(provider, {}, timeout);
  });
  afterEach(() => all.here.stop());
  all.claim = (more = {}) => ({
    ...{ request: "ann-payments-1", owner: "lapse", target: "payments", provider: provider.kind },
    ...{ connection: all.here.connection, identity: ANN, role: ROLE, scope: {} },
    ...more,
  });
  all.granted = async (more) => {
    const assignment = await all.session.resolve(all.claim(more));
    await all.session.grant(assignment, WINDOW);
    return assignment;
  };
  all.state = async (assignment) => (await all.session.observe([assignment]))[0];
  return all;
}

export async function failure(promise: Promise<unknown>): Promise<ProviderError> {
  const thrown: unknown = await promise.catch((reason: unknown) => reason);
  if (!(thrown instanceof ProviderError)) throw new Error(`no ProviderError: ${String(thrown)}`);
  return thrown;
}
