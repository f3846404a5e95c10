// What does an open connection to one SSH certificate authority do?
import type { JsonObject } from "../../core/model.ts";
import { Problem } from "../../core/problem.ts";
import type { ConnectOptions, Session } from "../provider.ts";
import { word } from "../schema.ts";
import { resolve } from "./assignment.ts";
import { cleanup } from "./cleanup.ts";
import { doctor } from "./doctor.ts";
import { openFolder } from "./folder.ts";
import { grant } from "./grant.ts";
import { list } from "./list.ts";
import { observe } from "./observe.ts";
import { revoke } from "./revoke.ts";
import type { Site } from "./site.ts";
import type { Machine } from "./tool.ts";
import { verify } from "./verify.ts";

/** Throws a Problem (misconfigured) where the key or ssh-keygen is missing, else ProviderErrors. */
export async function openSsh(
  connection: JsonObject,
  { owner, secret, timeout }: ConnectOptions,
  { open, disk, now, hung }: Machine,
): Promise<Session> {
  const tool = await open(privateKey(word(connection["caKeyEnv"]), secret), timeout);
  const folder = openFolder({ disk, hung }, word(connection["directory"]), tool.ca, timeout);
  await folder.prove();
  const site: Site = { folder, tool, owner, connection, now };
  return {
    resolve: (claim) => resolve(site, claim),
    observe: (assignments) => observe(site, assignments),
    list: () => list(site),
    grant: (assignment, window) => grant(site, assignment, window),
    revoke: (assignment) => revoke(site, assignment),
    verify: (assignment) => verify(site, assignment),
    cleanup: () => cleanup(site),
    doctor: () => doctor(site),
    close: () => Promise.resolve(),
  };
}

function privateKey(name: string, secret: ConnectOptions["secret"]): string {
  const value = secret(name);
  if (value !== undefined && value.trim() !== "") return value;
  throw new Problem(
    "misconfigured",
    `the environment variable ${name} holds no private key`,
    `set ${name} to the CA's private key in OpenSSH form: ssh-keygen -t ed25519 -N '' -f lapse-ca makes one`,
  );
}
