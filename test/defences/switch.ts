// How is one defence taken out? (its text is replaced while the file is loaded; nothing on disk changes)
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vitest/config";
import type { Defence } from "./defence.ts";

/** How often a text stands in another. */
export function occurrences(text: string, part: string): number {
  return part === "" ? 0 : text.split(part).length - 1;
}

/**
 * Only what Vitest loads itself is changed: a test that starts another process does not see it. Throws when the text
 * does not stand in the file exactly once.
 */
export function without({ name, file, find, put }: Defence): Plugin {
  const wanted = resolve(file);
  const times = occurrences(readFileSync(wanted, "utf8"), find);
  if (times !== 1) throw new Error(`${name}: its text occurs ${String(times)} times in ${file}, not once`);
  return {
    name: "without-a-defence",
    enforce: "pre",
    transform: (code, id) =>
      id.split("?")[0] === wanted ? { code: code.replace(find, () => put), map: null } : undefined,
  };
}

/** The plugin for the defence of this name. */
export async function withoutNamed(name: string): Promise<Plugin> {
  const { tsImport } = await import("tsx/esm/api");
  const { defences } = (await tsImport("./index.ts", import.meta.url)) as typeof import("./index.ts");
  const defence = (await defences()).find((one) => one.name === name);
  if (!defence) throw new Error(`no defence is named ${name}`);
  return without(defence);
}
