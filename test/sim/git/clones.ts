// Which repositories are there, and what do their refs say? (one server, and a clone for each folder)
import { Objects } from "./objects.ts";

export interface Repository {
  readonly dir: string;
  readonly refs: Map<string, string>;
  /** `refs/remotes/origin/HEAD` and the like: names of other refs. */
  readonly symbolic: Map<string, string>;
}

export class Gits {
  readonly objects = new Objects();
  readonly server: Repository = { dir: "/server", refs: new Map(), symbolic: new Map() };
  readonly defaultBranch = "main";
  readonly #clones = new Map<string, Repository>();

  /** The repository in a folder, which is made when it is first named. */
  at(dir: string): Repository {
    const known = this.#clones.get(dir);
    if (known) return known;
    const fresh: Repository = { dir, refs: new Map(), symbolic: new Map() };
    this.#clones.set(dir, fresh);
    return fresh;
  }

  /** A runner that is thrown away after its run. */
  forget(dir: string): void {
    this.#clones.delete(dir);
  }
}
