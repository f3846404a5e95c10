// Is what ended thrown away from the CA's folder, and nothing that still counts? (pretended ssh-keygen and share, wrong clocks)
import { readFile, readdir, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Instant } from "../../src/core/model.ts";
import { DAY, HOUR, listFile, stage } from "../support/ssh-stage.ts";

test("is tidied a day after the end, and the list gets shorter", async () => {
  const s = await stage();
  await writeFile(listFile(s), '{"keyIds":[],"lines":[]}');
  const [ended, revoked] = [await s.granted(), await s.granted({ request: "ann-2" })];
  const long = await s.session.resolve(s.claim({ request: "ann-3" }));
  await s.session.grant(long, { now: s.world.now, end: (s.world.now + 9 * DAY) as Instant });
  for (const one of [revoked, long]) await s.gone(one);
  const before = (await readFile(listFile(s))).length;
  s.world.advance(HOUR + DAY - 1000);
  expect(await s.session.cleanup()).toEqual([]);
  s.world.advance(1000);
  expect(await s.session.cleanup()).toHaveLength(3);
  expect((await readFile(listFile(s))).length).toBeLessThan(before);
  expect(await readdir(join(s.world.directory, "issued"))).toEqual([]);
  expect(await s.world.can(s.ann)).toBe(false);
  expect(await s.state(ended)).toBe("absent");
});

test.each(["with an error", "as rubbish"] as const)(
  "keeps on its list what is read %s, whenever that happens while the list is made anew",
  async (how) => {
    for (let passes = 0; passes < 6; passes++) {
      const s = await stage();
      await writeFile(listFile(s), '{"keyIds":[],"lines":[]}');
      const long = await s.session.resolve(s.claim({ request: "ann-3" }));
      await s.session.grant(long, { now: s.world.now, end: (s.world.now + 9 * DAY) as Instant });
      for (const one of [long, await s.granted()]) await s.gone(one);
      s.world.advance(3 * DAY);
      if (how === "with an error")
        s.world.disk({ on: "readFile", path: /revoked\/.*ann-3/, code: "EIO", passes });
      else s.tool({ on: "show", is: "nothing", passes });
      await s.session.cleanup().catch(() => undefined);
      expect(await s.world.can(s.ann), `after ${passes}`).toBe(false);
    }
  },
);

test.each([5 * DAY, -6 * 60_000])(
  "is not tidied while this machine's clock and the server's differ by %i ms, and says so",
  async (ms) => {
    const s = await stage();
    await writeFile(listFile(s), '{"keyIds":[],"lines":[]}');
    const long = await s.session.resolve(s.claim({ request: "ann-3" }));
    await s.session.grant(long, { now: s.world.now, end: (s.world.now + 3 * DAY) as Instant });
    const short = await s.granted();
    for (const one of [long, short]) await s.gone(one);
    if (ms < 0) s.world.advance(2 * DAY);
    const before = await s.world.snapshot();
    s.world.misset(ms);
    expect(await s.session.cleanup()).toEqual([expect.stringContaining("clock")]);
    expect(await s.world.snapshot()).toEqual(before);
    expect(await s.world.can(s.ann)).toBe(false);
  },
);

test("keeps a long list rather than one that lost something", async () => {
  const s = await stage();
  await writeFile(listFile(s), '{"keyIds":[],"lines":[]}');
  const kept = await s.session.resolve(s.claim({ request: "ann-3" }));
  await s.session.grant(kept, { now: s.world.now, end: (s.world.now + 9 * DAY) as Instant });
  const short = await s.granted();
  for (const one of [kept, short]) await s.gone(one);
  await unlink(s.world.file("revoked", kept));
  s.world.advance(3 * DAY);
  await s.session.cleanup();
  expect(await s.world.can(s.ann)).toBe(false);
});
