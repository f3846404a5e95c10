// What are our inline policies called?
import { createHash } from "node:crypto";
import { refuse } from "./errors.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html: `[\w+=,.@-]+`, up to 128 of them. */
const LONGEST = 128;
const HASH = 24;
const PLAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

export const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What the name of every policy of this installation starts with. Names have no `@` in them. */
const nameStart = (owner: string): string => `lapse@${owner}@`;

/** `lapse@<owner>@<target>@<request>`; a request that is long or hostile becomes `=` and a hash. */
export function policyName(owner: string, target: string, request: string): string {
  const start = `${nameStart(owner)}${target}@`;
  const room = LONGEST - start.length;
  if (![owner, target].every((name) => PLAIN.test(name)) || room <= HASH)
    refuse(
      "malformed",
      "the names of owner and target do not fit into the name of a policy: shorten them",
      "name",
    );
  if (PLAIN.test(request) && request.length <= room) return `${start}${request}`;
  return `${start}=${hash(JSON.stringify([owner, target, request])).slice(0, HASH)}`;
}

/** The target and the request that a name was made of; undefined if it is no name of ours. */
export function readName(
  name: string,
  owner: string,
): { readonly target: string; readonly request: string } | undefined {
  if (!name.startsWith(nameStart(owner))) return undefined;
  const [target = "", request = "", ...more] = name.slice(nameStart(owner).length).split("@");
  const ours = PLAIN.test(target) && /^(=[0-9a-f]+|[a-z0-9-]+)$/.test(request) && more.length === 0;
  return ours ? { target, request } : undefined;
}

/** The id of the first statement: letters and digits are all that IAM takes there. */
export const sidOf = (name: string): string => `Lapse${hash(name).slice(0, 16)}`;
