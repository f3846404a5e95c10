// What are our roles called, and what does the comment on each say?
import { createHash } from "node:crypto";
import type { Claim, Json, JsonObject } from "../../core/model.ts";

/** PostgreSQL cuts longer names off, with only a notice: NAMEDATALEN - 1. */
export const NAME_BYTES = 63;

/** Roles that reach files, programs or every other role: whoever has one can keep what he was lent. */
export const PERPETUATING: readonly string[] = [
  "pg_execute_server_program",
  "pg_read_server_files",
  "pg_write_server_files",
  "pg_create_subscription",
  "pg_database_owner",
  "pg_signal_backend",
  "rds_superuser",
  "rds_replication",
  "rds_password",
  "rds_iam",
  "rdsadmin",
  "cloudsqlsuperuser",
  "cloudsqladmin",
  "alloydbsuperuser",
  "azure_pg_admin",
  "azuresu",
  "postgres",
];

/** The roles among these that defeat any time limit. https://www.postgresql.org/docs/current/predefined-roles.html */
export function perpetuating(roles: readonly string[]): readonly string[] {
  return roles.filter((role) => PERPETUATING.includes(role));
}

/**
 * Name of the role that stands for one request: `<owner>:<request>`, readable where it can be. Everything else
 * becomes a hash; the comment on the role holds the whole request, so two can never be taken for one another.
 */
export function roleName(owner: string, request: string): string {
  const plain = `${owner}:${request}`;
  if (/^[\x20-\x7e]+$/.test(plain) && plain.length <= NAME_BYTES) return plain;
  const hash = createHash("sha256")
    .update(JSON.stringify([owner, request]))
    .digest("hex")
    .slice(0, 32);
  const start = Array.from(owner).filter((c) => /[\x20-\x7e]/.test(c));
  return `${start.slice(0, NAME_BYTES - hash.length - 1).join("")}:${hash}`;
}

/** What the comment on our role says. Everybody on the server can read it: ids, no secrets, no free text. */
export interface Mark {
  readonly owner: string;
  readonly request: string;
  readonly target: string;
  /** RFC 3339, for people; the ledger holds the truth. */
  readonly until: string;
  readonly member: number;
  readonly roles: readonly number[];
}

export function writeMark({ owner, request, target, until, member, roles }: Mark): string {
  return JSON.stringify({ lapse: 1, owner, request, target, until, member, roles });
}

/** What every comment of this installation starts with. */
export function markStart(owner: string): string {
  return `{"lapse":1,"owner":${JSON.stringify(owner)},`;
}

/** The mark, if the comment is one of ours and whole. */
export function readMark(comment: string | null): Mark | undefined {
  const read = parse(comment);
  if (read?.["lapse"] !== 1) return undefined;
  const { owner, request, target, until, member, roles } = read;
  const words = [owner, request, target, until];
  if (!words.every((value) => typeof value === "string") || typeof member !== "number") return undefined;
  if (!Array.isArray(roles) || !roles.every((role) => typeof role === "number")) return undefined;
  return { owner, request, target, until, member, roles } as Mark;
}

function parse(comment: string | null): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(comment ?? "");
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
  const wrong = [identity, ...roles].find((name) => unusable(name) !== undefined);
  if (wrong !== undefined) return `${JSON.stringify(wrong)} ${unusable(wrong) ?? ""}`;
  if (roles.includes(identity)) return `${identity} cannot be a member of itself`;
  const bad = perpetuating(roles);
  return bad.length > 0 ? `${bad.join(", ")} would outlive any time limit` : undefined;
}

function unusable(name: string): string | undefined {
  if (name === "" || name.includes("\0")) return "is not a name";
  if (Buffer.byteLength(name) > NAME_BYTES) return `is longer than ${NAME_BYTES} bytes`;
  return name === "public" || name === "none" ? "is a reserved word" : undefined;
}
