// What are our roles called, what is noted about each, and which names can there be?
import { createHash } from "node:crypto";
import type { Claim, Json, JsonObject } from "../../core/model.ts";

/** Of users and of roles, in characters. https://mariadb.com/kb/en/identifier-names/ */
export const NAME_LENGTH = 128;
const HOST = /^[\w.:%/-]{1,255}$/;
const PRINTABLE = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/;
const RESERVED = ["none", "public", "current_role", "current_user"];

/** MariaDB knows no ids: this pair is all that there is to an account. */
export interface Account {
  readonly user: string;
  readonly host: string;
}

/** Works under every sql_mode, which no quote but this one does. */
export const id = (name: string): string => `\`${name.replaceAll("`", "``")}\``;
export const quoted = ({ user, host }: Account): string => `${id(user)}@${id(host)}`;
/** A text without a single character that any sql_mode or character set could take for something else. */
export const literal = (value: string): string => `_utf8mb4 X'${Buffer.from(value).toString("hex")}'`;

/** `user@host`; without a host it is `%`, as on the server. Host names know no case, user names do. */
export function account(identity: string): Account {
  const at = identity.lastIndexOf("@");
  if (at < 0) return { user: identity, host: "%" };
  return { user: identity.slice(0, at), host: identity.slice(at + 1).toLowerCase() };
}

export const same = (a: Account, b: Account): boolean => a.user === b.user && a.host === b.host;
export const printed = ({ user, host }: Account): string => (host === "" ? user : `${user}@${host}`);

/**
 * Name of the role that stands for one request: `<owner>:<request>`, readable where it can be. Everything else
 * becomes a hash; the note about the role holds the whole request, so two can never be taken for one another.
 */
export function roleName(owner: string, request: string): string {
  const plain = `${owner}:${request}`;
  if (PRINTABLE.test(plain) && plain.length <= NAME_LENGTH) return plain;
  const hash = createHash("sha256")
    .update(JSON.stringify([owner, request]))
    .digest("hex")
    .slice(0, 32);
  const start = Array.from(owner).filter((c) => PRINTABLE.test(c));
  return `${start.slice(0, NAME_LENGTH - hash.length - 1).join("")}:${hash}`;
}

/** What is noted about a role of ours: ids, no secrets, no free text. */
export interface Mark {
  readonly owner: string;
  readonly request: string;
  readonly target: string;
  /** RFC 3339; the ledger holds the truth. */
  readonly until: string;
  readonly user: string;
  readonly host: string;
  readonly roles: readonly string[];
}

export function writeMark({ owner, request, target, until, user, host, roles }: Mark): string {
  return JSON.stringify({ lapse: 1, owner, request, target, until, user, host, roles });
}

/** The mark, if the note is one that Lapse wrote about a role of this name, and whole. */
export function readMark(name: string, note: string): Mark | undefined {
  const read = parse(note);
  if (read?.["lapse"] !== 1) return undefined;
  const { owner, request, target, until, user, host, roles } = read;
  const words = [owner, request, target, until, user, host];
  if (!words.every((value) => typeof value === "string")) return undefined;
  if (!Array.isArray(roles) || !roles.every((role) => typeof role === "string")) return undefined;
  const mark = { owner, request, target, until, user, host, roles } as Mark;
  return roleName(mark.owner, mark.request) === name ? mark : undefined;
}

function parse(note: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(note);
    return typeof value === "object" && value !== null ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** The names of the roles that a claim asks for. */
export function wanted(role: JsonObject): readonly string[] {
  const roles: Json | undefined = role["roles"];
  return Array.isArray(roles) ? roles.filter((name): name is string => typeof name === "string") : [];
}

/** What is wrong with these names, judged without a server. */
export function lint({ identity, role }: Pick<Claim, "identity" | "role">): string | undefined {
  const roles = wanted(role);
  if (roles.length === 0) return "no role is named";
  const { user, host } = account(identity);
  if (!HOST.test(host))
    return `${JSON.stringify(identity)} has no host after its last @ that MariaDB could match`;
  const wrong = [user, ...roles].find((name) => unusable(name) !== undefined);
  if (wrong !== undefined) return `${JSON.stringify(wrong)} ${unusable(wrong) ?? ""}`;
  if (user === "mariadb.sys") return "mariadb.sys is the server's own account";
  const reserved = roles.find((name) => RESERVED.includes(name.toLowerCase()));
  return reserved === undefined ? undefined : `${reserved} is a reserved word`;
}

/** The server cuts spaces off the end of names, and knows no characters beyond the first 65,536 in them. */
function unusable(name: string): string | undefined {
  if (name === "" || name.includes("\0") || name.trim() !== name) return "is not a name";
  if (name.length > NAME_LENGTH) return `is longer than ${NAME_LENGTH} characters`;
  return /[\ud800-\udfff]/.test(name) ? "has characters that MariaDB's names cannot have" : undefined;
}
