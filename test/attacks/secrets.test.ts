// Does a secret leave this process, whoever repeats it and wherever something goes wrong?
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { apply } from "../../src/commands/apply.ts";
import { audit } from "../../src/commands/audit.ts";
import { doctor } from "../../src/commands/doctor.ts";
import { expire } from "../../src/commands/expire.ts";
import { plan } from "../../src/commands/plan.ts";
import { request } from "../../src/commands/request.ts";
import { show } from "../../src/commands/show.ts";
import { status } from "../../src/commands/status.ts";
import type { Context } from "../../src/context.ts";
import { Problem } from "../../src/core/problem.ts";
import { redactor } from "../../src/core/redact.ts";
import { duration } from "../../src/core/time.ts";
import type { Forge, Writes } from "../../src/forge/forge.ts";
import { memory } from "../../src/providers/memory/index.ts";
import { memoryTarget } from "../../src/providers/memory/target.ts";
import { ProviderError, type Provider, type Session } from "../../src/providers/provider.ts";
import { redacted } from "../../src/redacted.ts";
import { messageText } from "../../src/report/encode.ts";
import { everyObject, readable, spelt } from "../support/leaks.ts";
import { HOUR, world, type World } from "../support/world.ts";

type Call = keyof Session | "connect";
const CALLS: readonly Call[] = [
  ...(["connect", "resolve", "observe", "list", "grant", "revoke", "verify", "cleanup", "doctor"] as const),
];

/** Ways to fail that say too much. */
const FAILURES: readonly ((said: string) => unknown)[] = [
  (said) => new ProviderError("forbidden", said, { vendorCode: said, cause: new Error(said) }),
  (said) => new Problem("misconfigured", said, said, new Error(said)),
  (said) => Object.assign(new TypeError(said), { stack: `TypeError: ${said}`, [said]: said }),
];

interface Stage {
  readonly w: World;
  readonly secret: string;
  /** From now on this call fails in this way. */
  readonly fail: (call: Call | undefined, how?: (said: string) => unknown) => void;
  /** Runs a command as `lapse` does, and keeps all that it says. */
  readonly run: (command: (context: Context) => Promise<unknown>, change?: Partial<Context>) => Promise<void>;
  /** All that left: streams, summary, what the forge was told, every git object. */
  readonly left: () => string;
  readonly said: () => string;
}

/** A shop whose driver repeats its password in whatever it answers. */
async function stage(): Promise<Stage> {
  const secret = randomBytes(24).toString("base64url");
  const said = spelt(secret);
  let failing: Call | undefined;
  let how: (said: string) => unknown = (text) => new Error(text);
  const out: string[] = [];
  const made: { w?: World } = {};
  const shop = memoryTarget({ clock: () => made.w?.now() ?? (0 as never) });
  const base = memory(() => shop);
  const may = (call: Call): void => {
    if (call === failing) throw how(said);
  };
  const driver: Provider = {
    ...base,
    connect: async (connection, options) => {
      expect(options.secret("SHOP_PASSWORD")).toBe(secret);
      may("connect");
      const session = await base.connect(connection, options);
      const loud: Session = {
        ...session,
        grant: async (...args) => ({ ...(await session.grant(...args)), [said]: [said, { said }] }),
        revoke: async (assignment) => {
          const revoked = await session.revoke(assignment);
          return { ...revoked, receipt: { said }, residue: [said] };
        },
        cleanup: () => Promise.resolve([said]),
        doctor: () =>
          Promise.resolve([{ code: "LPS411", severity: "error", message: said, fix: said, why: said }]),
      };
      return new Proxy(loud, {
        get: (target, name) => {
          if (CALLS.includes(name as Call)) may(name as Call);
          return Reflect.get(target, name) as unknown;
        },
      });
    },
  };
  const w = (made.w = await world({ providers: { memory: driver }, secrets: { SHOP_PASSWORD: secret } }));
  const told = (forge: Forge): Forge =>
    new Proxy(forge, {
      get: (target, name) => {
        const act: unknown = Reflect.get(target, name);
        if (typeof act !== "function") return act;
        return (...args: readonly unknown[]): unknown => {
          out.push(JSON.stringify(args));
          return Reflect.apply(act, target, args);
        };
      },
    });
  return {
    w,
    secret,
    fail: (call, as = how) => {
      failing = call;
      how = as;
    },
    run: async (command, change = {}) => {
      const hush = redactor();
      const plain = await w.context({
        ...change,
        io: {
          out: (text) => out.push(text),
          err: (text) => out.push(text),
          summary: (text) => out.push(text),
          color: false,
          interactive: false,
          annotates: true,
        },
      });
      const context = redacted({ ...plain, forge: async () => told(await plain.forge()) }, hush);
      try {
        await command(context);
      } catch (thrown) {
        // As `cli.ts` does.
        const text = thrown instanceof Error ? `${thrown.message}\n${String(thrown.stack)}` : String(thrown);
        out.push(messageText(hush.text(text)));
      }
    },
    said: () => out.join("\n"),
    left: () => [...out, everyObject(w.forge.gitDir)].join("\n"),
  };
}

/** What talks to targets. */
const LIVE: readonly ((context: Context) => Promise<unknown>)[] = [
  (context) => apply(context, {}),
  (context) => doctor(context, {}),
  (context) => audit(context, { observe: true }),
];
const EVERYTHING = [
  ...LIVE,
  (context: Context) => plan(context, {}),
  (context: Context) => expire(context),
  (context: Context) => status(context, { all: true }),
  (context: Context) => show(context, { id: "one" }),
];

describe("F5: the target repeats the password that it was given", () => {
  test("as an error, a problem or a bug, out of each call in turn", async () => {
    const s = await stage();
    try {
      await s.w.askAndMerge({ id: "one", duration: "1h" });
      for (const [turn, call] of CALLS.entries()) {
        for (const [place, command] of LIVE.entries()) {
          s.fail(call, FAILURES[(turn + place) % FAILURES.length]);
          await s.run(command, { json: place % 2 === 1 });
        }
      }
      s.fail(undefined);
      await s.run((context) => apply(context, {}));
      s.w.tick(2 * HOUR);
      for (const [turn, call] of (["connect", "list", "revoke", "cleanup"] as const).entries()) {
        s.fail(call, FAILURES[turn % FAILURES.length]);
        await s.run((context) => expire(context));
      }
      expect(s.left().includes("***")).toBe(true);
      expect(readable(s.left(), s.secret)).toEqual([]);
    } finally {
      await s.w.stop();
    }
  }, 180_000);

  test("in what goes well: receipts, leftovers, findings; and access is given and ended all the same", async () => {
    const s = await stage();
    try {
      await s.w.askAndMerge({ id: "one", duration: "1h" });
      await s.run((context) => apply(context, {}));
      expect(/granted\s+one/.test(s.left())).toBe(true);
      s.w.tick(2 * HOUR);
      await s.run((context) => expire(context));
      for (const json of [false, true]) for (const one of EVERYTHING) await s.run(one, { json });
      expect(/"kind":"revoked"[^\n]*\*\*\*/.test(s.left())).toBe(true);
      expect(readable(s.left(), s.secret)).toEqual([]);
    } finally {
      await s.w.stop();
    }
  }, 60_000);

  test("E10: nobody can ask for access with a secret of this environment in the reason", async () => {
    const s = await stage();
    try {
      await s.run(async (context) => {
        context.secret("SHOP_PASSWORD");
        const reason = `it is ${s.secret}`;
        const ask = {
          entitlement: "orders-read",
          subject: "ann",
          duration: duration("1h") ?? (0 as never),
          reason,
        };
        await request(context, ask);
      });
      expect(s.said()).toContain("would hold a secret");
      expect(readable(everyObject(s.w.forge.gitDir), s.secret)).toEqual([]);
    } finally {
      await s.w.stop();
    }
  });

  test("as somebody's name: nothing is granted by it, since what is granted is written down to the letter", async () => {
    const secret = randomBytes(18).toString("base64url");
    const shop = memoryTarget({ clock: () => 0 as never });
    const base = memory(() => shop);
    const echo: Provider = {
      ...base,
      connect: async (connection, options) => {
        const session = await base.connect(connection, options);
        return {
          ...session,
          resolve: async (claim) => ({
            ...(await session.resolve(claim)),
            principal: { name: options.secret("SHOP_PASSWORD") ?? "" },
          }),
        };
      },
    };
    const w = await world({ providers: { memory: echo }, secrets: { SHOP_PASSWORD: secret } });
    try {
      await w.askAndMerge({ id: "one", duration: "1h" });
      const said: string[] = [];
      const plain = await w.context();
      const io = { ...plain.io, out: (text: string) => said.push(text) };
      await apply(redacted({ ...plain, io }, redactor()), {});
      expect(said.join()).toContain("malformed (secret)");
      expect(shop.objects.size).toBe(0);
      expect(readable(everyObject(w.forge.gitDir), secret)).toEqual([]);
    } finally {
      await w.stop();
    }
  });
});

describe("F5: whatever a forge is told", () => {
  const secret = randomBytes(18).toString("base64url");
  const at = 0 as never;
  const said: { readonly [K in keyof Writes]: Parameters<Writes[K]> } = {
    createPull: [{ title: secret, body: secret, head: "a", base: "main" }],
    updatePull: [1, { title: secret, body: secret }],
    upsertComment: [1, "<!-- a -->", secret],
    openIssue: [{ marker: "<!-- a -->", title: secret, body: secret, labels: [] }, at],
    checkRun: ["a".repeat(40), { name: "lapse", ok: true, title: secret, summary: secret }],
  };

  test.each(Object.entries(said))("%s keeps the secret", async (name, args) => {
    const told: unknown[] = [];
    const record = (...all: readonly unknown[]) => Promise.resolve(told.push(all));
    const forge = { [name]: record } as unknown as Forge;
    const hush = redactor();
    hush.learn(secret);
    const outside = await redacted(
      { forge: () => Promise.resolve(forge) } as unknown as Context,
      hush,
    ).forge();
    await (Reflect.get(outside, name) as typeof record)(...args);
    expect(told).toHaveLength(1);
    expect(readable(JSON.stringify(told), secret)).toEqual([]);
  });
});

describe("F5: what this test looks for is found where nobody takes it out", () => {
  test.each(spelt("correct-horse-battery").split(" "))("%s", (text) => {
    expect(readable(`before ${text} after`, "correct-horse-battery")).not.toEqual([]);
  });
});
