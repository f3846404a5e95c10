// What does the demo tell? (one access from a refusal to a refusal, on real servers, in real time)
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "../../core/problem.ts";
import type { OpenSession } from "./database.ts";
import type { Seat, Stage } from "./stage.ts";
import { waitUntil, type Ran, type Teller } from "./teller.ts";

const SELECT = "SELECT state, count(*) FROM orders.orders WHERE state = 'stuck' GROUP BY state";
const TICKET = ["--ticket", "INC-4711"];
const WHY = ["--reason", "Backfill of stuck orders"];
/** Long enough to see it work, short enough to wait for. */
const WINDOW = 12;

/** Throws a Problem as soon as something does not go as it must: the demo is also the acceptance test. */
export async function tellStory(stage: Stage, tell: Teller): Promise<void> {
  const [ann, carol, applier] = await Promise.all(
    ["ann", "carol", "lapse-applier[bot]"].map((who) => stage.seat(who)),
  );
  if (!ann || !carol || !applier)
    throw new Problem("misconfigured", "somebody is missing on stage", "report a bug");
  const scene: Scene = { stage, tell, ann, carol, applier };
  await nobodyHasAccess(scene);
  await asking(scene);
  await approvingOneself(scene);
  await granted(scene);
  await auditing(scene);
}

interface Scene {
  readonly stage: Stage;
  readonly tell: Teller;
  readonly ann: Seat;
  readonly carol: Seat;
  readonly applier: Seat;
}

function must(ran: Pick<Ran, "output" | "code">, code: number, text: string): void {
  if (ran.code === code && ran.output.includes(text)) return;
  const got = `exit ${String(ran.code)}:\n${ran.output}`;
  throw new Problem(
    "unavailable",
    `the story went wrong: expected exit ${String(code)} and "${text}", got ${got}`,
    "report a bug",
  );
}

async function select({ stage, tell }: Scene, expected: string, session?: OpenSession): Promise<void> {
  const output = await (session ? session.ask(SELECT) : stage.database.ask("ann", SELECT));
  tell.show("ann", `orders=> ${SELECT};`, output);
  must({ output, code: 0 }, 0, expected);
}

async function nobodyHasAccess(scene: Scene): Promise<void> {
  const { tell, applier } = scene;
  tell.act("Nobody holds standing access");
  await select(scene, "permission denied");
  tell.say("\nNothing may be granted before the sweep has proved that it can take away:");
  must(await tell.lapse(applier, "expire"), 0, "Nothing has ended");
}

async function asking({ tell, ann }: Scene): Promise<void> {
  tell.act("Asking for too much is refused before anybody is bothered");
  must(await tell.lapse(ann, "request", "orders-db-read", "--for", "40h", ...WHY, ...TICKET), 3, "LPS203");
}

/** Opens a request and returns the pull request's number and the request's id. */
async function open({ tell, ann }: Scene): Promise<{ readonly pull: number; readonly id: string }> {
  const ran = await tell.lapse(
    ann,
    "request",
    "orders-db-read",
    "--for",
    `${String(WINDOW)}s`,
    ...WHY,
    ...TICKET,
  );
  must(ran, 0, "is open");
  const pull = Number(/#(\d+)/.exec(ran.output)?.[1]);
  const id = /lapse show (\S+)/.exec(ran.output)?.[1] ?? "";
  return { pull, id };
}

async function review({ stage, tell }: Scene, who: string, pull: number): Promise<void> {
  // The server's clock has whole seconds: an approval must come strictly after the last push.
  await sleep(1100);
  await stage.forge.review(who, pull, "APPROVED");
  tell.show(who, `$ gh pr review ${String(pull)} --approve`, `${who} approved pull request #${String(pull)}`);
}

async function merge({ stage, tell }: Scene, who: string, pull: number): Promise<void> {
  const commit = await stage.forge.merge(who, pull, { method: "squash" });
  tell.show(who, `$ gh pr merge ${String(pull)} --squash`, `merged as ${commit.slice(0, 12)}`);
}

async function approvingOneself(scene: Scene): Promise<void> {
  const { tell, applier } = scene;
  tell.act("Approving oneself is no approval, merged or not");
  const { pull } = await open(scene);
  await review(scene, "ann", pull);
  await merge(scene, "ann", pull);
  must(await tell.lapse(applier, "apply"), 3, "LPS306");
  await select(scene, "permission denied");
}

async function granted(scene: Scene): Promise<void> {
  const { stage, tell, applier, carol } = scene;
  tell.act("A data owner approves: merging grants it");
  const { pull, id } = await open(scene);
  await review(scene, "carol", pull);
  await merge(scene, "carol", pull);
  const end = Date.now() + WINDOW * 1000;
  must(await tell.lapse(applier, "plan"), 0, "grant");
  must(await tell.lapse(applier, "apply"), 0, "granted");
  const session = await stage.database.open("ann");
  await select(scene, "stuck", session);
  must(await tell.lapse(carol, "status"), 0, "active");
  tell.act("The window ends: the access is taken away, and its open session is cut");
  await waitUntil(end);
  const swept = await tell.lapse(applier, "expire");
  must(swept, 0, "revoked");
  await select(scene, "terminating connection", session);
  await session.close();
  await select(scene, "permission denied");
  await tidy(scene, Number(/#(\d+)/.exec(swept.output)?.[1]));
  must(await tell.lapse(carol, "show", id), 0, "revoked");
}

async function tidy(scene: Scene, pull: number): Promise<void> {
  scene.tell.say("\nThe revert pull request only tidies main: the access is gone already.");
  await review(scene, "carol", pull);
  await merge(scene, "carol", pull);
}

async function auditing({ tell, carol }: Scene): Promise<void> {
  tell.act("The audit adds up, and git alone tells the story");
  must(await tell.lapse(carol, "audit"), 0, "");
  await tell.git(
    carol,
    "fetch",
    "-q",
    "origin",
    "main:refs/remotes/origin/main",
    "lapse/ledger:refs/remotes/origin/lapse/ledger",
  );
  await tell.git(carol, "log", "--first-parent", "--format=%h %s", "origin/main");
  await tell.git(carol, "log", "--format=%h %s%n%w(0,4,4)%(trailers:only)", "origin/lapse/ledger");
}
