// How long does it take to read every request file strictly? (against git handing over the same bytes)
import { execFileSync } from "node:child_process";
import { readRequest } from "../../../src/core/request.ts";
import { gitRepo } from "../../../src/repo/git.ts";
import type { Row } from "../bench.ts";
import { liveWorld } from "../world.ts";

export const reading: Row = {
  name: "reading",
  budget: 15,
  prepare: async (smoke) => {
    const count = smoke ? 200 : 10_000;
    const { dir, base, env } = await liveWorld(count);
    const repo = gitRepo({ dir, env });
    const entries = await repo.tree(base, "requests");
    const input = entries.map(({ oid }) => `${oid}\n`).join("");
    return {
      floor: () => {
        const bytes = execFileSync("git", ["cat-file", "--batch"], {
          cwd: dir,
          env,
          input,
          maxBuffer: 2 ** 30,
          timeout: 60_000,
        });
        if (bytes.length < count * 100) throw new Error("too little was read");
      },
      ours: async () => {
        const blobs = await repo.blobs(entries.map(({ oid }) => oid));
        for (const { path, oid } of entries) {
          const read = readRequest({ path, bytes: blobs.get(oid) ?? new Uint8Array() });
          if ("findings" in read) throw new Error(`${path}: ${read.findings[0]?.message ?? ""}`);
        }
      },
    };
  },
};
