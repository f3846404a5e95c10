// What does an open connection to a plugin do? (one start of the program a question; nothing stays open between them)
import type { Assignment, Claim, JsonObject } from "../../core/model.ts";
import { printInstant } from "../../core/time.ts";
import { ProviderError, type ConnectOptions, type Observed, type Session } from "../provider.ts";
import { texts } from "./read.ts";
import {
  assignmentOf,
  descriptionOf,
  findingsOf,
  grantedOf,
  isThere,
  listingOf,
  observedOf,
  ownKey,
  revokedOf,
  verdictOf,
  type Frame,
} from "./answers.ts";
import { ask, pluginOf, requestTo, resultFor, type Plugin } from "./call.ts";
import type { Description, Op, PluginAssignment, Request } from "./protocol.ts";

/** So many assignments go into one question: each start has the same time, whatever there is to look at. */
const BATCH = 200;

/** Throws a Problem when the program is not the reviewed one or a variable is missing, else ProviderErrors. */
export async function openPlugin(connection: JsonObject, options: ConnectOptions): Promise<Session> {
  const plugin = pluginOf(connection, options);
  const { name } = await describe(plugin);
  const frame: Frame = { owner: options.owner, provider: "exec", connection, name };
  const answer = (op: Op) => ask(plugin, requestTo(plugin, op));
  return {
    resolve: (claim) => resolve(plugin, frame, claim),
    observe: (assignments) => observe(plugin, assignments),
    list: async () => listingOf(await answer("list"), frame),
    grant: (assignment, window) => grant(plugin, assignment, window),
    revoke: (assignment) => revoke(plugin, assignment),
    verify: async (assignment) => verdictOf(await one(plugin, "verify", assignment)),
    cleanup: async () => texts((await answer("cleanup")).removed, "removed"),
    doctor: async () => findingsOf(await answer("doctor")),
    close: () => Promise.resolve(),
  };
}

/** What the plugin says of itself. The first question of every connection: does it start, and does it speak our version? */
export async function describe(plugin: Plugin): Promise<Description> {
  return descriptionOf(await ask(plugin, requestTo(plugin, "describe")));
}

/** An assignment as the plugin knows it: without what is Lapse's own, and its key as the plugin gave it. */
export function toPlugin({ key, target, principal, role, scope, mark }: Assignment, id: string) {
  const asked: PluginAssignment = { id, target, key: ownKey(key), principal, role, scope };
  return mark === undefined ? asked : { ...asked, mark };
}

async function one(
  plugin: Plugin,
  op: Op,
  assignment: Assignment,
  more: Pick<Request, "window"> = {},
): Promise<JsonObject> {
  const assignments = [toPlugin(assignment, "1")];
  return resultFor(await ask(plugin, requestTo(plugin, op, { assignments, ...more })), "1");
}

async function resolve(plugin: Plugin, frame: Frame, claim: Claim): Promise<Assignment> {
  const { request, target, identity, scope } = claim;
  const role = (claim.role["with"] ?? {}) as JsonObject;
  const claims = [{ id: "1", request, target, identity, role, scope }];
  const answer = await ask(plugin, requestTo(plugin, "resolve", { claims }));
  return assignmentOf(resultFor(answer, "1"), frame, target);
}

/** One that could not be seen makes all of them unknown: half an answer is easily taken for a whole one. */
async function observe(plugin: Plugin, assignments: readonly Assignment[]): Promise<readonly Observed[]> {
  const seen: Observed[] = [];
  for (let from = 0; from < assignments.length; from += BATCH) {
    const asked = assignments
      .slice(from, from + BATCH)
      .map((assignment, i) => toPlugin(assignment, String(i + 1)));
    const answer = await ask(plugin, requestTo(plugin, "observe", { assignments: asked }));
    seen.push(...asked.map(({ id }) => observedOf(resultFor(answer, id))));
  }
  return seen;
}

async function grant(
  plugin: Plugin,
  assignment: Assignment,
  { now, end }: Parameters<Session["grant"]>[1],
): Promise<JsonObject> {
  if (!(end > now)) throw new ProviderError("malformed", "its window is over", { vendorCode: "over" });
  const window = { now: printInstant(now), until: printInstant(end) };
  return grantedOf(await one(plugin, "grant", assignment, { window }));
}

/** "It is gone" closes a case for ever, so a second process has to see it too. */
async function revoke(plugin: Plugin, assignment: Assignment): ReturnType<Session["revoke"]> {
  const revoked = revokedOf(await one(plugin, "revoke", assignment));
  if (revoked.state === "sent") return revoked;
  const seen = observedOf(await one(plugin, "observe", assignment));
  if (!isThere(seen)) return revoked;
  throw new ProviderError("transient", "the plugin says that it is gone, and still shows it", {
    vendorCode: "not-gone",
  });
}
