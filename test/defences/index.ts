// Which defences are there? (every list that a file beside this one exports)
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Defence } from "./defence.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const FRAMEWORK = new Set(["defence.ts", "index.ts", "main.ts", "run.ts", "switch.ts"]);

/** All of them, area by area. */
export async function defences(): Promise<readonly Defence[]> {
  const areas = readdirSync(HERE)
    .filter((file) => file.endsWith(".ts") && !FRAMEWORK.has(file))
    .sort();
  const all: Defence[] = [];
  for (const area of areas) {
    const exported = (await import(pathToFileURL(join(HERE, area)).href)) as Record<string, unknown>;
    const lists = Object.values(exported).filter((value): value is readonly Defence[] =>
      Array.isArray(value),
    );
    if (lists.length === 0) throw new Error(`test/defences/${area} exports no list of defences`);
    all.push(...lists.flat());
  }
  return all;
}
