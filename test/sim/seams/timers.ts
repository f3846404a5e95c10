// How does code under test sleep? (stands in for node:timers/promises)
import { ground } from "./ground.ts";

export function setTimeout<T>(ms: number, value?: T): Promise<T | undefined> {
  return new Promise((resolve) => {
    ground().after(ms, () => {
      resolve(value);
    });
  });
}
