// How long does a pull request with one request wait for its check? (while thousands of others are live)
import type { Row } from "../bench.ts";
import { builtCli, run } from "../built.ts";
import { liveWorld } from "../world.ts";

export const check: Row = {
  name: "check",
  budget: 2.5,
  prepare: async (smoke) => {
    const cli = await builtCli();
    const count = smoke ? 100 : 10_000;
    const { dir, base, head, env } = await liveWorld(count);
    return {
      floor: () => {
        run("git", ["-C", dir, "diff", "--raw", "-z", "--no-renames", base, head], env);
        run(process.execPath, ["-e", "0"]);
      },
      ours: () => void run(process.execPath, [cli, "-C", dir, "check", "--base", base, "--head", head], env),
    };
  },
};
