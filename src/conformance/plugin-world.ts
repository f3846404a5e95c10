// How does somebody else's plugin come to a world? (a second command of its author makes the target and administers it)
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Assignment, JsonObject } from "../core/model.ts";
import { provider as exec } from "../providers/exec/index.ts";
import { pluginOf } from "../providers/exec/call.ts";
import { programBytes, sha256 } from "../providers/exec/pinned.ts";
import type { Description } from "../providers/exec/protocol.ts";
import { describe, toPlugin } from "../providers/exec/session.ts";
import type { ConnectOptions } from "../providers/provider.ts";
import { madeOf, teller, type Made, type Tell } from "./plugin-tell.ts";
import type { Skip, World } from "./world.ts";

/** What the author of a plugin brings: the plugin, and the command that makes targets for it. */
export interface Brought {
  readonly program: string;
  readonly args: readonly string[];
  readonly world: readonly string[];
}

const TIMEOUT = 10_000;

/** A fresh target in a folder of its own, which is removed when the world closes. */
export async function pluginWorld({ program, args, world }: Brought): Promise<World> {
  const state = await mkdtemp(join(tmpdir(), "lapse-world-"));
  const remove = () => rm(state, { recursive: true, force: true });
  try {
    const tell = teller(world, state);
    const made = madeOf(tell("make"));
    const pin = sha256(await programBytes(program));
    const base = { program, sha256: pin, args, env: Object.keys(made.env) };
    const options = { owner: "lapse", secret: (name: string) => made.env[name], timeout: TIMEOUT };
    const connection = { ...base, config: made.config };
    return {
      ...{ connection, provider: providerAs(await describe(pluginOf(connection, options))), ...options },
      ...{ subjects: made.subjects, stranger: made.stranger, role: { with: made.role }, now: made.now },
      ...helpers(made, tell),
      missingRole: made.missingRole ? { with: made.missingRole } : without(made, "missingRole"),
      nowhere: made.nowhere
        ? () => opened({ ...base, config: made.nowhere ?? {} }, options)
        : without(made, "nowhere"),
      close: async () => {
        tell("close");
        await remove();
      },
    };
  } catch (thrown) {
    await remove();
    throw thrown;
  }
}

/** The suite goes by what the plugin says that it can. */
function providerAs({ ownership, expiry, async, residue }: Description): World["provider"] {
  return { ...exec, capabilities: { ...exec.capabilities, ownership, expiry, async, residue } };
}

/** A plugin knows its target by what it is asked, so one that does not exist shows with the first question. */
async function opened(connection: JsonObject, options: ConnectOptions) {
  const session = await exec.connect(connection, options);
  await session.list();
  return session;
}

type Given =
  "provider" | "owner" | "connection" | "secret" | "timeout" | "subjects" | "stranger" | "role" | "now";
type Helpers = Omit<World, Given | "missingRole" | "nowhere" | "close">;

function helpers(made: Made, tell: Tell): Helpers {
  const unless = <T>(name: string, helper: T): T | Skip =>
    Object.hasOwn(made.without, name) ? without(made, name) : helper;
  const now = (op: string) => () => {
    tell(op);
  };
  const subject = (op: string) => (name: string) =>
    later(() => {
      tell(op, { subject: name });
    });
  const assignment = (op: string) => (one: Assignment, name?: string) =>
    later(() => {
      tell(op, { assignment: toPlugin(one, "1"), subject: name });
    });
  const hinder = async () => {
    await later(now("hinder"));
    return () => later(now("release"));
  };
  return {
    can: (name) => later(() => tell("can", { subject: name }) === true),
    standing: subject("standing"),
    endStanding: subject("endStanding"),
    snapshot: () => later(() => tell("snapshot")),
    otherWay: unless("otherWay", subject("otherWay")),
    addSubject: unless("addSubject", subject("addSubject")),
    rename: unless("rename", (name: string) => later(() => tell("rename", { subject: name }) as string)),
    hinder: unless("hinder", hinder),
    disarm: unless("disarm", assignment("disarm")),
    strip: unless("strip", assignment("strip")),
    addMember: unless("addMember", assignment("addMember")),
    replace: unless("replace", assignment("replace")),
    breakListing: unless("breakListing", now("breakListing")),
    settle: unless("settle", now("settle")),
    tooSoon: unless("tooSoon", now("tooSoon")),
    advance: unless("advance", (ms: number) => {
      tell("advance", { ms });
    }),
  };
}

const later = <T>(act: () => T): Promise<T> => Promise.resolve().then(act);

function without({ without }: Made, name: string): Skip {
  return { skip: without[name] ?? "the world does not say why it has none" };
}
