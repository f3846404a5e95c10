// Which pretended targets are there? (every provider's fake.ts)
import { existsSync, readdirSync } from "node:fs";
import type { WorldMaker } from "../../src/conformance/world.ts";

const folders = readdirSync("src/providers", { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(`src/providers/${entry.name}/fake.ts`))
  .map(({ name }) => name);
const loaded = await Promise.all(
  folders.map(
    async (name) =>
      (await import(`../../src/providers/${name}/fake.ts`)) as { readonly worlds: readonly WorldMaker[] },
  ),
);

export const fakes: readonly WorldMaker[] = loaded.flatMap(({ worlds }) => worlds);
