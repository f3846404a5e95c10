// How is the exec provider put to the test? (the example plugin and its world, through the kit that plugin authors use)
import { fileURLToPath } from "node:url";
import { pluginWorld } from "../../conformance/plugin-world.ts";
import type { WorldMaker } from "../../conformance/world.ts";

const example = (name: string): string => fileURLToPath(new URL(`./example/${name}`, import.meta.url));

export const worlds: readonly WorldMaker[] = [
  {
    kind: "exec",
    name: "exec, a folder of groups",
    make: () => pluginWorld({ program: example("groups.mjs"), args: [], world: [example("world.mjs")] }),
  },
];
