// What do engineers, reviewers, administrators and attackers do, when it is their turn?
import { createHash } from "node:crypto";
import { change, dismiss, merge, open, push, review, type Files, type Wish } from "./acts.ts";
import {
  entitlementFile,
  groupFile,
  GROUPS,
  MALLORY,
  MINUTE,
  PEOPLE,
  personFile,
  requestFile,
  requestPath,
  SETTINGS,
  type Ask,
  type Entitlement,
} from "./company.ts";
import { MAIN } from "./record.ts";
import type { SimTarget } from "./types.ts";
import type { World } from "./world.ts";

const WEIGHTS = {
  ask: 20,
  grant: 16,
  approve: 8,
  merge: 8,
  revert: 4,
  veto: 2,
  dismiss: 1,
  change: 4,
  forge: 3,
  endEarly: 4,
  direct: 2,
  leave: 1,
  comeBack: 2,
  policy: 3,
  vouch: 2,
  give: 2,
  take: 2,
  strip: 0.7,
  spoil: 1.5,
  recreate: 0.3,
} as const;
type Act = keyof typeof WEIGHTS;

/** What the company looks like to the people in it. */
export interface Life {
  readonly entitlements: readonly Entitlement[];
  readonly wishes: Wish[];
  readonly gone: Set<string>;
  /** Policy files that differ from the first day's, with what belongs there. */
  readonly changed: Map<string, string>;
  asked: number;
}

/** One act of one of them. Where there is nothing to do, nothing is done. */
export async function somebodyActs(world: World, life: Life): Promise<void> {
  await ACTS[world.random.weighted(WEIGHTS)](world, life);
}

const names = PEOPLE.map(({ name }) => name);

function openWish({ random }: World, { wishes }: Life): Wish | undefined {
  const open = wishes.filter(({ state }) => state === "open").slice(-6);
  return open.length === 0 ? undefined : random.pick(open);
}

const ACTS: Readonly<Record<Act, (world: World, life: Life) => Promise<void>>> = {
  async ask(world, life) {
    const { random } = world;
    const ask = newAsk(world, life);
    const author = random.chance(0.85) ? ask.subject : random.pick([...names, MALLORY.name]);
    const more: Files = random.chance(0.04) ? { "requests/README.md": "Now another text.\n" } : {};
    life.wishes.push(await open(world, author, ask, more));
  },
  /** The way that it should go: whoever must say yes does, and it is merged. */
  async grant(world, life) {
    const wish = openWish(world, life);
    if (!wish) return;
    for (const who of votersFor(life, wish))
      await review(world, who, wish.pull, "APPROVED", approving(wish.ask));
    await mergeWish(world, wish, world.random.chance(0.3));
  },
  async approve(world, life) {
    const wish = openWish(world, life);
    if (!wish) return;
    const by = world.random.pick([...names, "dan", "carol", MALLORY.name]);
    await review(world, by, wish.pull, "APPROVED", world.random.chance(0.8) ? approving(wish.ask) : "");
  },
  async merge(world, life) {
    const wish = openWish(world, life);
    if (wish) await mergeWish(world, wish, world.random.chance(0.3));
  },
  async revert(world) {
    const ours = world.hub.store
      .now()
      .pulls.filter((one) => one.state === "open" && one.head.ref.startsWith("lapse/"));
    if (ours[0]) await merge(world, "grace", ours[0].number);
  },
  async veto(world, life) {
    const wish = openWish(world, life);
    if (wish) await review(world, world.random.pick(GROUPS["owners"] ?? []), wish.pull, "CHANGES_REQUESTED");
  },
  async dismiss(world, life) {
    const wish = openWish(world, life);
    if (wish) await dismiss(world, world.random.pick(names), wish.pull);
  },
  /** After an approval, or before: other content on the branch. */
  async change(world, life) {
    const wish = openWish(world, life);
    if (!wish) return;
    const { random } = world;
    const by = random.chance(0.7) ? wish.author : random.pick([...names, MALLORY.name]);
    const longer = { ...wish.ask, minutes: random.pick([45, 480]) };
    const files: Files = random.chance(0.8)
      ? { [requestPath(longer)]: requestFile(longer) }
      : { "notes.md": `Note ${String(world.count())}\n` };
    await push(world, by, wish.branch, files, { force: random.chance(0.5), pull: wish.pull });
  },
  /** A merge that puts in what nobody reviewed. */
  async forge(world, life) {
    const wish = openWish(world, life);
    if (!wish) return;
    const longer = { ...wish.ask, minutes: 470 };
    const done = await merge(world, world.random.pick(names), wish.pull, {
      alter: { [requestPath(longer)]: requestFile(longer) },
    });
    if (done) wish.state = "merged";
  },
  async endEarly(world, life) {
    const merged = life.wishes.filter(({ state }) => state === "merged").slice(-5);
    if (merged.length === 0) return;
    const { ask } = world.random.pick(merged);
    if (onMain(world, requestPath(ask)))
      await push(world, world.random.pick(names), "main", { [requestPath(ask)]: null });
  },
  /** Straight to main, without any pull request; sometimes under an id that was used. */
  async direct(world, life) {
    const { random } = world;
    const used = life.wishes.filter(({ state }) => state === "merged");
    const again = used.length > 0 && random.chance(0.5);
    const ask = again ? random.pick(used).ask : newAsk(world, life);
    const changedAsk = again && random.chance(0.5) ? { ...ask, minutes: 460 } : ask;
    if (onMain(world, requestPath(ask)) && changedAsk === ask) return;
    await push(world, random.pick([MALLORY.name, "grace", "ann"]), "main", {
      [requestPath(ask)]: requestFile(changedAsk),
    });
  },
  async leave(world, life) {
    const who = PEOPLE.find(({ name }) => name === world.random.pick(["ann", "bob", "frank", "carol"]));
    if (!who || life.gone.has(who.name)) return;
    life.gone.add(who.name);
    await changeRules(world, { [personFile(who)[0]]: null, ...groups(life) });
  },
  async comeBack(world, life) {
    const who = PEOPLE.find(({ name }) => life.gone.has(name));
    if (!who) return;
    life.gone.delete(who.name);
    await changeRules(world, { ...Object.fromEntries([personFile(who)]), ...groups(life) });
  },
  /** Rules change, or break, and some time later they are as they were. */
  async policy(world, life) {
    const [path, text] = [...life.changed][0] ?? [];
    if (path !== undefined && text !== undefined) {
      life.changed.delete(path);
      await changeRules(world, { [path]: text });
      return;
    }
    const one = world.random.pick(life.entitlements);
    const [at, was] = world.random.chance(0.2) ? SETTINGS : entitlementFile(one);
    const now = world.random.chance(0.4)
      ? "kind: [\n"
      : entitlementFile({ ...one, minutes: 60, eligible: "security" })[1];
    life.changed.set(at, was);
    await changeRules(world, { [at]: at === SETTINGS[0] ? "kind: [\n" : now });
  },
  /** Somebody has looked at what changed the rules without approval, and stands behind it. */
  vouch(world) {
    world.vouchedTip = world.gits.server.refs.get(MAIN);
    return Promise.resolve();
  },
  give: (world) => byHand(world, "give"),
  take: (world) => byHand(world, "take"),
  strip: (world) => byHand(world, "strip"),
  spoil: (world) => byHand(world, "spoil"),
  recreate: (world) => byHand(world, "recreate"),
};

/** Acts that can only befall what Lapse made. */
const MARKS: ReadonlySet<keyof SimTarget["admin"]> = new Set(["strip", "spoil", "recreate"]);

/** What an administrator of a target does there, without a word to Lapse: mostly to what somebody has. */
function byHand({ random, record, targets }: World, act: keyof SimTarget["admin"]): Promise<void> {
  const there = targets.flatMap((one) => one.history().filter(({ to }) => to === undefined));
  const open = there.filter(({ via }) => !MARKS.has(act) || via !== "foreign");
  const found = open.length > 0 && random.chance(0.7) ? random.pick(open) : undefined;
  const target = targets.find(({ name }) => name === found?.target) ?? random.pick(targets);
  const who = found?.subject ?? random.pick(["ann", "bob", "carol", "frank"]);
  const role = found?.role ?? random.pick(["reader", "writer", "keeper", "fixer"]);
  record.note(`an administrator of ${target.name}: ${act} ${who} ${role}`);
  target.admin[act](who, role);
  return Promise.resolve();
}

/** As it should be: by a pull request that others approve. Now and then without, or straight to main. */
async function changeRules(world: World, files: Files): Promise<void> {
  const how = world.random.weighted({ approved: 20, bare: 1, pushed: 1 });
  if (how === "pushed") await push(world, "grace", "main", files);
  else await change(world, "grace", files, how === "approved" ? ["erin"] : []);
}

/** Enough people of each group, none of them twice. */
function votersFor({ entitlements }: Life, wish: Wish): ReadonlySet<string> {
  const wanted = entitlements.find(({ name }) => name === wish.ask.entitlement)?.approvals ?? [];
  const voters = new Set<string>();
  for (const [group, count] of wanted) {
    const can = GROUPS[group]?.filter((one) => free(wish, one) && !voters.has(one)) ?? [];
    for (const who of can.slice(0, count)) voters.add(who);
  }
  return voters;
}

function free({ ask, author }: Wish, who: string): boolean {
  return who !== ask.subject && who !== author;
}

function groups({ gone }: Life): Files {
  return Object.fromEntries(
    Object.entries(GROUPS).map(([name, members]) =>
      groupFile(
        name,
        members.filter((one) => !gone.has(one)),
      ),
    ),
  );
}

/** What an approver of critical access has to write. */
function approving(ask: Ask): string {
  return `Fine.\napprove sha256:${createHash("sha256").update(requestFile(ask)).digest("hex")}`;
}

async function mergeWish(world: World, wish: Wish, squash: boolean): Promise<void> {
  const done = await merge(world, world.random.pick(names), wish.pull, { squash });
  wish.state = done ? "merged" : "closed";
}

function onMain(world: World, path: string): boolean {
  return world.fileOnMain(path) !== undefined;
}

function newAsk(world: World, life: Life): Ask {
  const { random, scheduler } = world;
  const subject = random.pick(["ann", "bob", "carol", "frank"]);
  const extended = random.chance(0.15) ? lastMerged(life, subject) : undefined;
  const entitlement = extended?.entitlement ?? random.pick(life.entitlements).name;
  const glass = life.entitlements.some(({ name, breakGlass }) => name === entitlement && breakGlass === true);
  return {
    ...{ id: newId(world, life, subject), subject, entitlement },
    minutes: random.pick([5, 15, 15, 30, 30, 60, 60, 120, 240, 480, 600]),
    ...(random.chance(0.15) && { notBefore: scheduler.time + random.int(5, 240) * MINUTE }),
    ...(extended && { extends: extended.id }),
    ...(glass && random.chance(0.3) && { breakGlass: true }),
  };
}

function lastMerged({ wishes }: Life, subject: string): Ask | undefined {
  return wishes.findLast(({ ask, state }) => state === "merged" && ask.subject === subject)?.ask;
}

/** A new one; now and then one that is taken. */
function newId({ random }: World, life: Life, subject: string): string {
  const taken = random.chance(0.03) ? life.wishes.at(-1)?.ask.id : undefined;
  return taken ?? `${subject}-${String((life.asked += 1))}`;
}
