// Where do random bytes come from? (stands in for node:crypto)
import { createHash } from "node:crypto";
import { ground } from "./ground.ts";

export { createHash };

export function randomBytes(count: number): Buffer {
  return ground().random.bytes(count);
}
