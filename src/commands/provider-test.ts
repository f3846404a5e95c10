// `lapse provider test`: does this exec plugin keep the contract of providers?
import { resolve } from "node:path";
import { CASES, runCase } from "../conformance/cases.ts";
import { PLUGIN_CASES } from "../conformance/plugin-cases.ts";
import { pluginWorld } from "../conformance/plugin-world.ts";
import type { Context, ExitCode } from "../context.ts";
import { Problem } from "../core/problem.ts";
import { json } from "../report/json.ts";
import { testedOf, testedText, totalsText, type Tested } from "../report/provider-test.ts";

export interface ProviderTestOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** The command that makes test targets and administers them, in words parted by blanks. */
  readonly world: string;
  /** Only this one, e.g. `9c`, or those of a number. */
  readonly case?: string;
}

export async function providerTest(context: Context, options: ProviderTestOptions): Promise<ExitCode> {
  const { io, json: asJson } = context;
  const [command = "", ...rest] = options.world.split(/\s+/u);
  const world = [command.includes("/") ? resolve(command) : command, ...rest];
  const make = () => pluginWorld({ program: resolve(options.program), args: options.args, world });
  const cases = [...CASES, ...PLUGIN_CASES].filter(({ title }) => {
    const [id = ""] = title.split(" ");
    return [undefined, id, id.replace(/\D/u, "")].includes(options.case);
  });
  if (cases.length === 0)
    throw new Problem("misconfigured", "there is no such case", "leave --case out for all");
  // A world that cannot be made fails no case: it is said once.
  await (await make()).close();
  const results: Tested[] = [];
  for (const one of cases) {
    const tested = testedOf(one.title, await runCase({ make }, one));
    results.push(tested);
    if (!asJson) io.out(testedText(tested, io));
  }
  io.out(asJson ? json({ results }) : `\n${totalsText(results)}`);
  return results.every(({ is }) => is !== "failed") ? 0 : 3;
}
