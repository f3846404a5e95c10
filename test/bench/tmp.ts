// ?
import { world, git } from "./world.ts";
import { gitRepo } from "../../src/repo/git.ts";
import { gitLedger } from "../../src/repo/git-ledger.ts";
console.time("w");
const w = await world(1, { lifecycles: 3000, live: 1000 });
console.timeEnd("w");
const repo = gitRepo({ dir: w.dir });
const ledger = gitLedger(repo);
console.log(w.live.size, (await ledger.read()).live.length, await ledger.verify(), git(w.dir, "diff", "--name-status", w.base, w.head), git(w.dir, "log", "-2", "--stat", "origin/lapse/ledger"));
w.remove();
