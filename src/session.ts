// How does the spine talk to one target? (connects by what the ledger froze, so a deleted target file changes nothing)
import { bounded, inTime } from "./bounded.ts";
import type { Context } from "./context.ts";
import type { JsonObject } from "./core/model.ts";
import { Problem } from "./core/problem.ts";
import { ProviderError, type Session } from "./providers/provider.ts";

/** A call of the port may make several calls to the target, each with the context's own timeout. */
const CALLS = 4;
/** Sessions with so many slow calls leave the rest to the next run. */
const SLOW_CALLS = 10;

/** Where a target is, by what the ledger or a target's file says. */
export interface Address {
  readonly provider: string;
  readonly owner: string;
  readonly connection: JsonObject;
}

/** Same address, same session: a target that was pointed elsewhere has old grants at its old address. */
export function addressOf(target: string, { provider, owner, connection }: Address): string {
  return JSON.stringify([target, provider, owner, Object.entries(connection).sort(byName)]);
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : Number(a > b);
}

/** Opens a session, hands it over and closes it whatever happens. */
export async function withSession<T>(
  context: Context,
  address: Address,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const provider = await context.provider(address.provider);
  if (!provider) {
    throw new Problem(
      "misconfigured",
      `no provider is called ${address.provider}`,
      "install the version that has it",
    );
  }
  const secret = (name: string): string | undefined => context.secret(name);
  const { timeout } = context;
  const call = CALLS * timeout;
  const opening = provider.connect(address.connection, { owner: address.owner, secret, timeout });
  const late = () => void opening.then((opened) => opened.close()).catch(() => undefined);
  const session = bounded(await inTime(opening, call, late), { call, session: SLOW_CALLS * call });
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

/** A short cause that is safe to print and to store: our own words and vendor codes, never a vendor's text. */
export function reasonOf(problem: unknown): string {
  if (problem instanceof ProviderError) return `${problem.class} (${problem.vendorCode})`;
  if (problem instanceof Problem) return problem.message;
  return `unexpected ${problem instanceof Error ? problem.name : typeof problem}`;
}
