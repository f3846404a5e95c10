// How is the story told? (each step: who, the command as a person would type it, its real output)
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Seat } from "./stage.ts";

/** Bound on one command of the story, in milliseconds. */
const PATIENCE = 60_000;

export interface Teller {
  act(title: string): void;
  say(text: string): void;
  /** Shows a prompt and what came back. */
  show(who: string, prompt: string, output: string): void;
  /** Runs `lapse …` as this person and shows it; returns output and exit code. */
  lapse(seat: Seat, ...args: readonly string[]): Promise<Ran>;
  git(seat: Seat, ...args: readonly string[]): Promise<Ran>;
}

export interface Ran {
  readonly output: string;
  readonly code: number;
}

export function teller(out: (text: string) => void, color: boolean): Teller {
  const bold = (text: string) => (color ? `\u001b[1m${text}\u001b[22m` : text);
  const show: Teller["show"] = (who, prompt, output) => {
    out(`\n${bold(`${who} ${prompt}`)}`);
    for (const line of output.trimEnd().split("\n")) out(`  ${line}`);
  };
  const command = async (seat: Seat, shown: string, file: string, args: readonly string[]): Promise<Ran> => {
    const ran = await runBounded(seat, file, args);
    show(
      seat.login,
      `$ ${shown}`,
      `${ran.output.trimEnd()}${ran.code === 0 ? "" : `\n[exit ${String(ran.code)}]`}`,
    );
    return ran;
  };
  let acts = 0;
  return {
    act: (title) => {
      out(`\n${bold(`── ${String((acts += 1))}. ${title} ──`)}`);
    },
    say: (text) => {
      out(text);
    },
    show,
    lapse: (seat, ...args) => {
      const self = [...process.execArgv, process.argv[1] ?? "", ...args];
      return command(seat, `lapse ${args.map(quoted).join(" ")}`, process.execPath, self);
    },
    git: (seat, ...args) => command(seat, `git ${args.map(quoted).join(" ")}`, "git", args),
  };
}

function quoted(arg: string): string {
  return /^[\w./:=@%<>-]+$/.test(arg) ? arg : `"${arg}"`;
}

async function runBounded(seat: Seat, file: string, args: readonly string[]): Promise<Ran> {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, NO_COLOR: "1", GIT_PAGER: "cat", ...seat.env };
  const child = spawn(file, args, {
    cwd: seat.clone,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: PATIENCE,
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => {
      resolve(status ?? 1);
    });
  });
  return { output: Buffer.concat(chunks).toString("utf8"), code };
}

/** Waits for real until an instant has passed. */
export async function waitUntil(epoch: number): Promise<void> {
  const ms = epoch - Date.now();
  if (ms > 0) await sleep(ms);
}
