// How would a program that is careless, or means harm, let a secret out?
import { execFileSync } from "node:child_process";

/** The secret as tools write it when they complain: plain, and in whatever encoding was at hand. */
export function spelt(secret: string): string {
  const bytes = Buffer.from(secret);
  return [
    secret,
    bytes.toString("base64"),
    Buffer.from(`applier:${secret}`).toString("base64"),
    bytes.toString("base64url"),
    bytes.toString("hex"),
    encodeURIComponent(secret),
    JSON.stringify(secret),
    `postgres://applier:${encodeURIComponent(secret)}@db.example.com/orders`,
  ].join(" ");
}

/** What of the secret can be read in the text: as it is, and from anything that looks encoded. */
export function readable(text: string, secret: string): readonly string[] {
  const runs = text.match(/[A-Za-z0-9+/_=-]{8,}/g) ?? [];
  const unpacked = runs.flatMap((run) => [
    ...[0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), "base64").toString("latin1")),
    Buffer.from(run, "hex").toString("latin1"),
  ]);
  const unescaped = text.replace(/%([0-9a-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  const stretch = (from: string): boolean =>
    Array.from({ length: secret.length - 11 }, (_, i) => secret.slice(i, i + 12)).some((part) =>
      from.includes(part),
    );
  return [text, unescaped, text.replaceAll("\\", ""), ...unpacked].filter(stretch);
}

/** Every object of a repository, reachable or not: messages, trees and files. */
export function everyObject(gitDir: string): string {
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["--git-dir", gitDir, ...args], { maxBuffer: 1 << 28, timeout: 30_000 }).toString(
      "latin1",
    );
  return git("cat-file", "--batch-all-objects", "--batch");
}
