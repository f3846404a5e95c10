// Does at most one controller hold the lease, with clocks that have nothing in common and a remote that comes and goes?
import { rename } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gitLease } from "../src/repo/git-lease.ts";
import { gitRepo } from "../src/repo/git.ts";
import type { Lease } from "../src/repo/lease.ts";
import { commitFiles, git, playground, type Playground } from "./support/clones.ts";

const LIFE = 90_000;

interface Seat {
  readonly lease: Lease;
  readonly pass: (ms: number) => void;
}

let ground: Playground;
beforeEach(async () => {
  ground = await playground();
  const root = await commitFiles(ground.remote, [], { a: "1" });
  await git(ground.remote, "update-ref", "refs/heads/main", root);
});
afterEach(() => ground.remove());

/** Each with a clock that began at another time and is never compared with anybody's. */
async function seat(holder: string, began: number): Promise<Seat> {
  let elapsed = began;
  const repo = gitRepo({ dir: await ground.clone(), timeout: 20_000 });
  const lease = gitLease(repo, { holder, life: LIFE, elapsed: () => elapsed });
  return { lease, pass: (ms) => void (elapsed += ms) };
}
const two = () => Promise.all([seat("a", 5), seat("b", 9_000_000_000)]);
const written = async () =>
  JSON.parse(await git(ground.remote, "show", "lapse/lease:lease.json")) as { holder: string; epoch: number };

describe("a lease", () => {
  test("is held by whoever comes first, as long as it renews", async () => {
    const [a, b] = await two();
    expect(await a.lease.hold()).toEqual({ is: "ours" });
    for (let i = 0; i < 5; i += 1) {
      expect(await b.lease.hold()).toEqual({ is: "others", by: "a" });
      b.pass(LIFE / 3);
      a.pass(LIFE / 3);
      expect(await a.lease.hold()).toEqual({ is: "ours" });
    }
    expect([await a.lease.isOurs(), await b.lease.isOurs()]).toEqual([true, false]);
    expect(await written()).toMatchObject({ holder: "a", epoch: 1 });
  });

  test("that nobody renews goes to who watched it for its whole life, and the sleeper knows before it acts", async () => {
    const [a, b] = await two();
    await a.lease.hold();
    await b.lease.hold();
    b.pass(LIFE - 1);
    expect(await b.lease.hold()).toEqual({ is: "others", by: "a" });
    b.pass(1);
    expect(await b.lease.hold()).toEqual({ is: "ours" });
    expect(await written()).toMatchObject({ holder: "b", epoch: 2 });
    expect(await a.lease.isOurs()).toBe(false);
    expect(await a.lease.hold()).toEqual({ is: "others", by: "b" });
  });

  test("is not ours any more when our own clock says so, though nobody took it yet", async () => {
    const [a] = await two();
    await a.lease.hold();
    a.pass(LIFE);
    expect(await a.lease.isOurs()).toBe(false);
    expect(await a.lease.hold()).toEqual({ is: "ours" });
  });

  test("that was let go is free at once; letting go what is not ours does nothing", async () => {
    const [a, b] = await two();
    await a.lease.hold();
    await b.lease.release();
    expect(await b.lease.hold()).toMatchObject({ is: "others" });
    await a.lease.release();
    expect(await b.lease.hold()).toEqual({ is: "ours" });
    await a.lease.release();
    expect(await b.lease.isOurs()).toBe(true);
  });

  test("is taken by one when many try at once", async () => {
    const seats = await Promise.all(Array.from({ length: 4 }, (_, i) => seat(`s${i}`, i)));
    const held = await Promise.all(seats.map(({ lease }) => lease.hold()));
    expect(held.filter(({ is }) => is === "ours")).toHaveLength(1);
  });

  test("is unknown while nobody can be asked, and who slept through a round of renewals begins to wait anew", async () => {
    const [a, b] = await two();
    await a.lease.hold();
    await b.lease.hold();
    await rename(ground.remote, `${ground.remote}.away`);
    expect(await a.lease.hold()).toMatchObject({ is: "unknown" });
    expect(await a.lease.isOurs()).toBe(false);
    await rename(`${ground.remote}.away`, ground.remote);
    b.pass(100 * LIFE);
    expect(await b.lease.hold()).toEqual({ is: "others", by: "a" });
  });

  test("grows no repository, however often it is renewed", async () => {
    const [a] = await two();
    const objects = async () =>
      (await git(ground.remote, "rev-list", "--all", "--objects", "--count")).length;
    const size = async () =>
      Number(/count: (\d+)/.exec(await git(ground.remote, "count-objects", "-v"))?.[1]);
    for (let i = 0; i < 17; i += 1) await a.lease.hold();
    const before = [await objects(), await size()];
    for (let i = 0; i < 5; i += 1) await a.lease.hold();
    expect([await objects(), await size()]).toEqual(before);
  });

  test("whose branch somebody spoiled is taken when it stood still for a life", async () => {
    const [a] = await two();
    const odd = await commitFiles(ground.remote, [], { "lease.json": "{ torn" });
    await git(ground.remote, "update-ref", "refs/heads/lapse/lease", odd);
    expect(await a.lease.hold()).toEqual({ is: "others", by: "somebody unknown" });
    a.pass(LIFE - 1);
    await a.lease.hold();
    a.pass(1);
    expect(await a.lease.hold()).toEqual({ is: "ours" });
  });

  test.each(["1e15", '"for ever"', "null"])(
    "is not lent for longer because somebody wrote %s",
    async (life) => {
      const [a] = await two();
      const greedy = `{ "holder": "mallory", "epoch": 1, "beat": 0, "life": ${life} }`;
      const odd = await commitFiles(ground.remote, [], { "lease.json": greedy });
      await git(ground.remote, "update-ref", "refs/heads/lapse/lease", odd);
      for (let lives = 0; lives < 11; lives += 1) {
        await a.lease.hold();
        a.pass(LIFE - 1);
      }
      expect(await a.lease.hold()).toEqual({ is: "ours" });
    },
  );
});
