// How long does `lapse --help` take? (what everybody waits for, whatever they want)
import type { Row } from "../bench.ts";
import { builtCli, run } from "../built.ts";

export const help: Row = {
  name: "help",
  budget: 2,
  prepare: async () => {
    const cli = await builtCli();
    return {
      floor: () => void run(process.execPath, ["-e", "0"]),
      ours: () => {
        if (!run(process.execPath, [cli, "--help"]).includes("Usage:")) throw new Error("that was no help");
      },
    };
  },
};
