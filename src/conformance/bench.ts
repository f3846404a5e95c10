// With what does a case put a provider to the test? (one session on a fresh world, and words for what is done with it)
import assert from "node:assert/strict";
import type { Assignment, Claim, Instant } from "../core/model.ts";
import {
  ProviderError,
  type ErrorClass,
  type Observed,
  type Revocation,
  type Session,
} from "../providers/provider.ts";
import { isSkip, type Skip, type World } from "./world.ts";

const HOUR = 3_600_000;
const TIMEOUT = 5_000;

/** Thrown where a world has no such thing: the case does not apply, and says why. */
export class Skipped extends Error {
  override readonly name = "Skipped";
}

export interface Bench {
  readonly world: World;
  readonly session: Session;
  readonly ann: string;
  readonly bob: string;
  readonly window: { readonly now: Instant; readonly end: Instant };
  /** Another session on the same target: what the next run has. */
  readonly connect: () => Promise<Session>;
  readonly claim: (more?: Partial<Claim>) => Claim;
  /** Resolves, grants and lets it take effect. */
  readonly granted: (more?: Partial<Claim>) => Promise<Assignment>;
  readonly state: (assignment: Assignment) => Promise<Observed["state"] | undefined>;
  /** Revokes and lets it take effect; what `revoke` said. */
  readonly gone: (assignment: Assignment) => Promise<Revocation["state"]>;
  readonly settle: () => void;
  readonly close: () => Promise<void>;
}

export interface Case {
  readonly title: string;
  /** Throws an AssertionError where the provider breaks the contract, Skipped where the case does not apply. */
  readonly run: (bench: Bench) => Promise<void>;
}

/** The helper, or the end of the case with the reason why there is none. */
export function need<T>(helper: T | Skip): T {
  if (isSkip(helper)) throw new Skipped(helper.skip);
  return helper;
}

export async function openBench(world: World): Promise<Bench> {
  const sessions: Session[] = [];
  const connect = async (): Promise<Session> => {
    const { owner, secret, timeout = TIMEOUT } = world;
    const session = await world.provider.connect(world.connection, { owner, secret, timeout });
    sessions.push(session);
    return session;
  };
  const session = await connect();
  const [ann, bob] = world.subjects;
  const window = { now: world.now, end: (world.now + HOUR) as Instant };
  const claim = (more: Partial<Claim> = {}) => claimOn(world, more);
  const settle = () => {
    if (!isSkip(world.settle)) world.settle();
  };
  return {
    ...{ world, session, ann, bob, window, connect, claim, settle },
    granted: async (more) => {
      const assignment = await session.resolve(claim(more));
      await session.grant(assignment, window);
      settle();
      return assignment;
    },
    state: async (assignment) => (await session.observe([assignment]))[0]?.state,
    gone: async (assignment) => {
      const { state } = await session.revoke(assignment);
      settle();
      return state;
    },
    close: async () => {
      for (const one of sessions) await one.close();
      await world.close();
    },
  };
}

/** What the first subject asks for. */
function claimOn({ owner, provider, connection, subjects, role }: World, more: Partial<Claim>): Claim {
  return {
    request: "ann-orders-1",
    owner,
    target: "target",
    provider: provider.kind,
    connection,
    identity: subjects[0],
    role,
    scope: {},
    ...more,
  };
}

/** The error, which must be of one of these classes. */
export async function failsWith(
  promise: Promise<unknown>,
  ...classes: readonly ErrorClass[]
): Promise<ProviderError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(
    thrown instanceof ProviderError,
    `expected a ProviderError (${classes.join(", ")}), got ${thrown instanceof Error ? thrown.message : "success"}`,
  );
  assert.ok(
    classes.includes(thrown.class),
    `expected ${classes.join(" or ")}, got ${thrown.class}: ${thrown.message}`,
  );
  return thrown;
}

/** There, and ours as far as the target can say. */
export function isThere(state: Observed["state"] | undefined): void {
  assert.ok(state === "ours" || state === "held", `expected it to be there, but it is ${String(state)}`);
}
