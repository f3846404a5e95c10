// What must an exec plugin do beyond what every provider must? (cases 21 to 25: asked past Lapse's own defences)
import assert from "node:assert/strict";
import type { Assignment, JsonObject } from "../core/model.ts";
import { exchange, pluginOf, requestTo, resultFor, type Plugin } from "../providers/exec/call.ts";
import type { Op, Request } from "../providers/exec/protocol.ts";
import { toPlugin } from "../providers/exec/session.ts";
import { printInstant } from "../core/time.ts";
import { failsWith, isThere, need, type Bench, type Case } from "./bench.ts";

export const PLUGIN_CASES: readonly Case[] = [
  {
    title: "21 a dry run writes nothing",
    run: async (bench) => {
      const { world, session, claim, granted, bob } = bench;
      const there = await granted({ request: "bob-orders-1", identity: bob });
      const before = await world.snapshot();
      const wanted = await session.resolve(claim());
      for (const [op, assignment] of [
        ["grant", wanted],
        ["revoke", there],
        ["cleanup", there],
      ] as const)
        await say(bench, { ...asking(bench, op, assignment), dryRun: true });
      assert.deepEqual(await world.snapshot(), before);
    },
  },
  {
    title: "22 the plugin itself refuses a window that is over",
    run: async (bench) => {
      const { session, claim, state, window } = bench;
      const wanted = await session.resolve(claim());
      const at = printInstant(window.now);
      const request = { ...asking(bench, "grant", wanted), window: { now: at, until: at } };
      await failsWith(result(bench, request), "malformed");
      assert.equal(await state(wanted), "absent");
    },
  },
  {
    title: "23 what the plugin does not know is ignored",
    run: async (bench) => {
      const { session, claim, state, settle } = bench;
      const wanted = await session.resolve(claim());
      const { assignments = [], ...rest } = asking(bench, "grant", wanted);
      const news = { aFieldOfLater: { of: ["some", "kind"] } };
      await result(bench, { ...rest, ...news, assignments: assignments.map((one) => ({ ...one, ...news })) });
      settle();
      isThere(await state(wanted));
    },
  },
  {
    title: "24 a version of the protocol or an op that the plugin does not know ends with a non-zero exit",
    run: async (bench) => {
      const { world, session, claim } = bench;
      const request = asking(bench, "grant", await session.resolve(claim()));
      const before = await world.snapshot();
      for (const strange of [{ apiVersion: "lapse.dev/provider/v999" }, { op: "an-op-of-later" }]) {
        const { trouble } = await exchange(pluginIn(bench), { ...request, ...strange });
        assert.match(trouble ?? "exit-0", /^exit-[1-9]/);
      }
      assert.deepEqual(await world.snapshot(), before);
    },
  },
  {
    title: "25 of several assignments each is answered for itself",
    run: async (bench) => {
      const { world, session, claim, granted } = bench;
      const [there, wanted] = [await granted(), await session.resolve(claim({ request: "ann-orders-2" }))];
      const states = (await session.observe([there, wanted, there])).map(({ state }) => state);
      assert.deepEqual([states[0], states[2]], [states[0], states[0]]);
      isThere(states[0]);
      const claims = [need(world.stranger), world.subjects[0]].map((identity, i) => {
        const { request, target, scope } = claim();
        return { id: `c${i}`, request, target, identity, role: world.role["with"] as JsonObject, scope };
      });
      const answer = await say(bench, requestTo(pluginIn(bench), "resolve", { claims }));
      await failsWith(
        Promise.resolve().then(() => resultFor(answer, "c0")),
        "subject-missing",
      );
      assert.equal(resultFor(answer, "c1")["id"], "c1");
    },
  },
];

function pluginIn({ world }: Bench): Plugin {
  const { connection, owner, secret, timeout = 0 } = world;
  return pluginOf(connection, { owner, secret, timeout });
}

function asking(bench: Bench, op: Op, assignment: Assignment): Request {
  const { now, end } = bench.window;
  const window = { now: printInstant(now), until: printInstant(end) };
  return requestTo(pluginIn(bench), op, { assignments: [toPlugin(assignment, "1")], window });
}

/** What it answers, whatever it is; it must have ended well. */
async function say(bench: Bench, request: object): Promise<JsonObject> {
  const { trouble, out, log } = await exchange(pluginIn(bench), request);
  assert.equal(trouble, undefined, `the plugin ended with ${trouble ?? ""}: ${log}`);
  return JSON.parse(out) as JsonObject;
}

async function result(bench: Bench, request: object): Promise<JsonObject> {
  return resultFor(await say(bench, request), "1");
}
