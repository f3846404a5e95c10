// Which repository stands behind the simulated forge? (stands in for src/sandbox/github/git.ts)
import { command } from "../git/commands.ts";
import { isAncestor as contains } from "../git/history.ts";
import { ground } from "./ground.ts";

type Input = string | Buffer;
type Env = Readonly<Record<string, string>>;

export interface Ran {
  readonly code: number;
  readonly out: Buffer;
  readonly err: string;
}

export interface Git {
  readonly dir: string;
  attempt(args: readonly string[], input?: Input, env?: Env): Promise<Ran>;
  run(args: readonly string[], input?: Input, env?: Env): Promise<string>;
}

export function serverGit(): Git {
  const ask = (args: readonly string[], input: Input = "", env: Env = {}) => {
    const { gits } = ground();
    return command(gits, { repository: gits.server, args, input: Buffer.from(input), env });
  };
  return {
    dir: "/server",
    attempt: (args, input, env) => {
      const { code, out } = ask(args, input, env);
      return Promise.resolve({ code, out: Buffer.from(out), err: "" });
    },
    run: (args, input, env) => {
      const { code, out } = ask(args, input, env);
      if (code !== 0) throw new Error(`git ${args.join(" ")} exited with ${String(code)}`);
      return Promise.resolve(out.trimEnd());
    },
  };
}

export function isAncestor(_git: Git, ancestor: string, descendant: string): Promise<boolean> {
  return Promise.resolve(contains(ground().gits.objects, ancestor, descendant));
}
