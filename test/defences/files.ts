// What keeps a hostile request file from being read as a harmless one?
import type { Defence } from "./defence.ts";

export const OF_FILES: readonly Defence[] = [
  {
    name: "plain-mode-only",
    rows: ["B3", "B4"],
    file: "src/core/path.ts",
    find: `return mode === "100644" ? [] : [badMode(mode, path)];`,
    put: "return [];",
    red: { file: "test/bad-input.test.ts", title: "B2, B3, B4" },
  },
  {
    name: "reserved-users",
    rows: ["B17"],
    file: "src/providers/kubernetes/names.ts",
    find: "return user.startsWith(SYSTEM) ?",
    put: `return user === "*" ?`,
    red: { file: "test/attacks/names.test.ts", title: "B17" },
  },
];
