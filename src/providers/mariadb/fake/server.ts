// How does the pretended server let people in, make them wait, and misbehave?
import { setTimeout as sleep } from "node:timers/promises";
import { copyRights, keyOf, newState, type Grantee, type Live, type State } from "./state.ts";
import { carryOut, isWrite, waits } from "./statements.ts";
import { serve, type Answer, type Caller, type Peer } from "./wire.ts";

export interface SqlFault {
  /** Tested against the text of the statement; `connect` stands for a login. */
  readonly on: RegExp;
  /** A code of the server, or what happens to the connection before or after the statement had its effect. */
  readonly do: number | "hang before" | "hang after" | "reset before" | "reset after";
  /** How many matching statements it lets pass first. */
  readonly skip?: number;
  /** How many it hits; 1 when absent. */
  readonly times?: number;
}

export interface FakeServer {
  readonly port: number;
  readonly state: State;
  /** Every statement of everybody but root so far. */
  readonly calls: readonly string[];
  readonly fault: (fault: SqlFault) => void;
  readonly heal: () => void;
  readonly stop: () => Promise<void>;
}

const FOREVER = 3_600_000;

export async function startFake(now: number): Promise<FakeServer> {
  const state = newState(now);
  const calls: string[] = [];
  let armed: { readonly fault: SqlFault; skip: number; times: number }[] = [];
  const take = (text: string): SqlFault["do"] | undefined => {
    const hit = armed.find(({ fault, times }) => times > 0 && fault.on.test(text));
    if (!hit) return undefined;
    if (hit.skip > 0) {
      hit.skip -= 1;
      return undefined;
    }
    hit.times -= 1;
    return hit.fault.do;
  };
  const open = (caller: Caller): Peer | { code: number; message: string } => {
    const fault = caller.user === "root" ? undefined : take("connect");
    if (typeof fault === "number") return { code: fault, message: "the fault of the hour" };
    const account = accountOf(state, caller);
    if (!account) return { code: 1045, message: `Access denied for user '${caller.user}'` };
    const { id, hangUp } = caller;
    const live: Live = { id, account, hangUp, everywhere: [], here: [], patience: FOREVER, killed: false };
    copyRights(state, live, "all");
    state.live.set(id, live);
    const ask = async (text: string) => {
      if (account.user === "root") return settled(state, live, text);
      calls.push(text);
      return misbehaving(take(text), () => settled(state, live, text));
    };
    const gone = () => {
      if (state.lockedBy === id) delete state.lockedBy;
      if (!live.killed) state.live.delete(id);
    };
    return { ask, gone };
  };
  const served = await serve(() => `5.5.5-${state.version}`, open);
  return {
    ...served,
    state,
    calls,
    fault: (fault) => void armed.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 }),
    heal: () => {
      armed = [];
    },
  };
}

/** The account that fits best: its host is the caller's, else any host. */
function accountOf(state: State, { user, address, proves }: Caller): Grantee | undefined {
  const hosts = user === "root" ? ["localhost"] : [address, "%"];
  const found = hosts
    .map((host) => state.accounts.get(keyOf({ user, host })))
    .find((one) => one !== undefined);
  return found?.password !== undefined && proves(found.password) ? { user, host: found.host } : undefined;
}

async function misbehaving(
  how: SqlFault["do"] | undefined,
  work: () => Promise<Answer>,
): Promise<Answer | "hang" | "reset"> {
  if (how === undefined) return work();
  if (typeof how === "number") return { code: how, message: "the fault of the hour" };
  if (how.endsWith("after")) await work();
  return how.startsWith("hang") ? "hang" : "reset";
}

/** Carried out, once nobody else has the table locked. */
async function settled(state: State, live: Live, text: string): Promise<Answer> {
  const seconds = /max_statement_time = ([\d.]+)/.exec(text)?.[1];
  if (seconds !== undefined) live.patience = Number(seconds) * 1000;
  if (waits(text) && !(await unlocked(state, live)))
    return { code: 1969, message: "Query execution was interrupted (max_statement_time exceeded)" };
  const refused = state.readOnly && isWrite(text) && live.account.user !== "root";
  return refused
    ? { code: 1290, message: "running with the --read-only option" }
    : carryOut(state, live, text);
}

/** `max_statement_time` is the only end of this waiting. */
async function unlocked(state: State, live: Live): Promise<boolean> {
  const until = performance.now() + live.patience;
  while (state.lockedBy !== undefined && state.lockedBy !== live.id) {
    if (performance.now() > until || live.killed) return false;
    await sleep(5);
  }
  return true;
}
