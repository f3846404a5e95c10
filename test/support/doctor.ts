// What does the doctor say of a world? (in a fresh clone of its main, with the token of whom one likes)
import { doctor } from "../../src/commands/doctor.ts";
import type { Context } from "../../src/context.ts";
import { github } from "../../src/forge/github.ts";
import { git } from "./clones.ts";
import type { World } from "./world.ts";

/** What a main has that is set up as it should be. */
export const FILES = {
  ".github/CODEOWNERS": "* @acme/platform\n",
  ".github/workflows/expire.yml": "on: schedule\n",
};

export interface Said {
  readonly code: number;
  /** `CODE message` of everything but the targets. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

interface Row {
  readonly findings: readonly {
    readonly code: string;
    readonly severity: string;
    readonly message: string;
  }[];
}

/** A clone of main as it is now, with this person's token on the forge. */
async function contextOf(w: World, as: string, change: Partial<Context> = {}): Promise<Context> {
  const base = await w.context();
  await git(base.dir, "pull", "-q", "origin", "main");
  const token = new URL(w.forge.gitUrlFor(as)).password;
  const { apiUrl } = w.forge;
  const forge = () => Promise.resolve(github({ apiUrl, repository: "acme/access", token }));
  return { ...base, forge, ...change };
}

export async function examinedBy(w: World, as: string, change: Partial<Context> = {}): Promise<Said> {
  let told = "";
  const asked = await contextOf(w, as, change);
  const io = { ...asked.io, out: (text: string) => void (told += text) };
  const code = await doctor({ ...asked, io, json: true }, {});
  const groups = JSON.parse(told) as Record<string, readonly Row[]>;
  const all = ["repository", "people", "ledger"]
    .flatMap((name) => groups[name] ?? [])
    .flatMap((row) => row.findings);
  const of = (severity: string) =>
    all.filter((one) => one.severity === severity).map((one) => `${one.code} ${one.message}`);
  return { code, errors: of("error"), warnings: of("warning") };
}
