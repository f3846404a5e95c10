// Is every break-glass reviewed by somebody else, and does nobody get more until it is?
import { execFileSync } from "node:child_process";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { askForReviews } from "../../src/ask-reviews.ts";
import { gatherAudit } from "../../src/audit-gather.ts";
import { check } from "../../src/check.ts";
import type { Context } from "../../src/context.ts";
import { auditOf } from "../../src/core/audit.ts";
import type { OpenReview } from "../../src/core/entry.ts";
import { apply } from "../../src/reconcile.ts";
import { gitLedger } from "../../src/repo/git-ledger.ts";
import type { GitRepo } from "../../src/repo/git.ts";
import { statusText } from "../../src/report/status.ts";
import { storyText } from "../../src/report/show.ts";
import { storyOf } from "../../src/show.ts";
import { statusOf } from "../../src/status.ts";
import { policies, requestFile, requestPath } from "../support/company.ts";
import { HOUR, MINUTE, SECOND, world, type World } from "../support/world.ts";

const DAY = 24 * HOUR;
const GLASS = { entitlement: "orders-write", more: "  breakGlass: true\n" };

/** orders-write can be had in an emergency by the back end, for an hour; two owners approve it otherwise. */
const FILES = withGlass("[group:backend]");

function withGlass(eligible: string, more = ""): Readonly<Record<string, string>> {
  const usual = policies()["policies/entitlements/orders-write.yaml"] ?? "";
  const block = `  breakGlass: { eligible: ${eligible}, maxDuration: 1h, approvals: []${more} }\n`;
  return { "policies/entitlements/orders-write.yaml": usual + block };
}

const line = ({ digest }: OpenReview) => `reviewed sha256:${digest}`;

/** One workflow run: the sweep's heartbeat first, then `lapse apply` as the command does it. */
async function run(w: World) {
  await w.expire();
  const context = await w.context();
  return askForReviews(context, await apply(context));
}

async function owed(w: World): Promise<readonly OpenReview[]> {
  const context = await w.context();
  await context.repo.fetch();
  return (await context.ledger.read()).reviews;
}

/** Somebody breaks the glass; what is owed, once its issue is open. */
async function broken(w: World, ask: Partial<Parameters<World["ask"]>[0]> = {}): Promise<OpenReview> {
  const id = ask.id ?? "fire";
  await w.askAndMerge({ ...GLASS, ...ask, id }, []);
  await run(w);
  const review = (await owed(w)).find((one) => one.request === id);
  if (!review) throw new Error(`${id} owes no review`);
  w.tick(MINUTE);
  return review;
}

/** A branch that asks for something usual, as CI sees it. */
async function proposed(context: Context, w: World, subject: string) {
  const id = `usual-${subject}-${String(w.now())}`;
  const head = await w.forge.push(subject, `access/${id}`, {
    [requestPath({ id })]: requestFile({ id, subject }),
  });
  await (context.repo as GitRepo).fetchBranch(`access/${id}`);
  return { head, base: w.forge.tip("main") ?? "" };
}

describe("a review that is none", () => {
  let w: World;
  let review: OpenReview;
  beforeAll(async () => {
    w = await world({ files: FILES });
    review = await broken(w, { subject: "carol", author: "dan" });
  }, 120_000);
  afterAll(() => w.stop());

  const say = (who: string, body = line(review)) => w.forge.comment(who, review.issue ?? 0, body);
  const ATTACKS: readonly (readonly [string, RegExp | undefined, () => void])[] = [
    ["by the subject", /is the subject/, () => say("carol")],
    ["by the subject's other account", /is the subject/, () => say("carol-private")],
    ["by whoever opened it", /opened, pushed or committed/, () => say("dan")],
    ["by a bot that is listed", /not a person's account/, () => say("robo")],
    ["by somebody who is not named", /is not one of group:owners/, () => say("erin")],
    ["about other content", /names other content/, () => say("rita", `reviewed sha256:${"0".repeat(64)}`)],
    ["quoted from somebody else", undefined, () => say("rita", `> ${line(review)}`)],
    [
      "from before the access was given",
      /before the access was given/,
      () => {
        w.tick(-10 * MINUTE);
        say("rita");
        w.tick(10 * MINUTE);
      },
    ],
    [
      "that somebody put into a reviewer's comment",
      /was edited/,
      () => {
        const comment = say("rita", "I shall look at it tomorrow");
        w.tick(SECOND);
        w.forge.editComment("carol", comment, line(review));
      },
    ],
  ];

  it.each(ATTACKS)("break-glass: a review %s", async (_, why, play) => {
    play();
    w.tick(MINUTE);
    const { plan } = await run(w);
    expect(await owed(w)).toEqual([review]);
    expect(plan.reviewed).toEqual([]);
    const told = plan.warnings.filter((f) => f.code === "LPS332").map((f) => f.message);
    if (why) expect(told.at(-1)).toMatch(why);
  });

  it("break-glass: closing the issue settles nothing, and an honest review does", async () => {
    w.forge.closeIssue("carol", review.issue ?? 0);
    w.tick(MINUTE);
    await run(w);
    expect(await owed(w)).toEqual([review]);
    say("rita", `I looked at the log of the database.\n\n${line(review)}\n`);
    w.tick(MINUTE);
    const { plan } = await run(w);
    expect(plan.reviewed.flatMap((one) => one.votes.map((vote) => vote.person))).toEqual(["rita"]);
    expect(await owed(w)).toEqual([]);
    expect(w.forge.issues()).toHaveLength(1);
  });
});

describe("break-glass", () => {
  let w: World;
  beforeEach(async () => {
    w = await world({ files: FILES });
  }, 60_000);
  afterEach(() => w.stop());

  const can = (who: string) => w.shop.can(who, "writer");
  const reasonFor = (plan: { readonly held: readonly { request: string; reason: string }[] }, id: string) =>
    plan.held.find((one) => one.request === id)?.reason ?? "";

  it("break-glass: is granted at once, announced, and asks the right people for a review once", async () => {
    await w.askAndMerge({ ...GLASS, id: "fire" }, []);
    const { plan } = await run(w);
    expect(can("ann")).toBe(true);
    expect(plan.warnings.map((f) => f.code)).toEqual(["LPS331"]);
    await run(w);
    const [issue, ...more] = w.forge.issues();
    expect(more).toEqual([]);
    expect(issue).toMatchObject({ labels: ["lapse: break-glass review"], state: "open" });
    expect(issue?.body).toContain("@carol, @dan, @rita");
    expect(issue?.body).not.toContain("@ann");
    expect(await owed(w)).toMatchObject([{ request: "fire", issue: issue?.number }]);
  });

  it("break-glass: while the review is overdue, its subject and its opener get nothing more, and others do", async () => {
    const review = await broken(w, { subject: "ann", author: "bob" });
    w.tick(3 * DAY);
    await w.askAndMerge({ id: "more-for-ann", author: "ann" });
    await w.askAndMerge({ id: "more-for-bob", subject: "bob", author: "bob" });
    await w.askAndMerge({ ...GLASS, id: "second-fire", author: "ann" }, []);
    await w.askAndMerge({ id: "for-carol", subject: "carol", author: "carol" }, ["dan"]);
    const { plan } = await run(w);
    expect(plan.admitted.map((one) => one.request)).toEqual(["for-carol"]);
    expect(plan.held.map((one) => one.request).sort()).toEqual([
      "more-for-ann",
      "more-for-bob",
      "second-fire",
    ]);
    expect(reasonFor(plan, "second-fire")).toContain(`issue #${String(review.issue)}`);
    expect(plan.refused).toEqual([]);
    w.forge.comment("dan", review.issue ?? 0, line(review));
    w.tick(MINUTE);
    const settled = await run(w);
    expect(settled.plan.admitted.map((one) => one.request).sort()).toEqual([
      "more-for-ann",
      "more-for-bob",
      "second-fire",
    ]);
  });

  it("break-glass: is told everywhere, before and after its review", async () => {
    const review = await broken(w);
    const tell = async () => {
      const context = await w.context();
      await context.repo.fetch();
      const story = await storyOf(context, "fire");
      const report = auditOf(await gatherAudit(context, { period: {}, observe: false, compare: undefined }));
      const log = ["-C", context.dir, "log", "--format=%s", "refs/remotes/origin/lapse/ledger"];
      return {
        ...{
          log: execFileSync("git", log, { encoding: "utf8" }),
          report,
          status: statusText(await statusOf(context, {}), { color: false }),
        },
        story: "meant" in story ? "" : storyText(story, { color: false }),
        verified: await gitLedger(context.repo as GitRepo).verify(),
      };
    };
    const before = await tell();
    expect(before.verified).toEqual([]);
    expect(before.log).toContain("BREAK-GLASS Admitted: ann, orders-write");
    expect(before.status).toContain(`fire  ann, orders-write · review due`);
    expect(before.story).toMatch(/reviewed +not yet, asked for in issue #\d+/);
    expect(before.report.findings.map((f) => [f.code, f.severity])).toEqual([["LPS566", "warning"]]);
    w.tick(3 * DAY);
    await w.expire();
    const late = await tell();
    expect(late.status).toContain("nothing new for ann");
    expect(late.story).toMatch(/reviewed +OVERDUE/);
    expect(late.report.findings.map((f) => [f.code, f.severity])).toContainEqual(["LPS330", "error"]);
    expect(late.report.addsUp).toBe(false);
    w.forge.comment("dan", review.issue ?? 0, line(review));
    w.tick(MINUTE);
    await run(w);
    const after = await tell();
    expect(after.verified).toEqual([]);
    expect(after.log).toContain("Break-glass reviewed: fire by dan");
    expect(after.status).not.toMatch(/▲ break-glass/);
    expect(after.story).toMatch(/reviewed +dan, .*LATE/);
    expect(after.report.findings.find((f) => f.code === "LPS566")?.message).toMatch(
      /reviewed by dan at .*LATE/,
    );
  });

  it("break-glass: a check says no while a review is overdue", async () => {
    await broken(w);
    const asked = async (subject: string) => {
      const context = await w.context();
      await context.repo.fetch();
      const { head, base } = await proposed(context, w, subject);
      return (await check(context, { files: [], base, head })).findings.map((f) => f.code);
    };
    expect(await asked("ann")).toEqual([]);
    w.tick(3 * DAY);
    expect(await asked("ann")).toEqual(["LPS330"]);
    expect(await asked("bob")).toEqual([]);
  });

  it("break-glass: deleting the request ends the access and not the review", async () => {
    const review = await broken(w);
    await w.forge.push("ann", "main", { [requestPath({ ...GLASS, id: "fire" })]: null });
    w.tick(MINUTE);
    await run(w);
    expect(can("ann")).toBe(false);
    expect(await owed(w)).toEqual([review]);
    w.tick(3 * DAY);
    await w.askAndMerge({ id: "next" });
    expect(reasonFor((await run(w)).plan, "next")).toContain("break-glass fire");
  });

  it("break-glass: policies changed afterwards move neither the day nor the reviewers", async () => {
    const review = await broken(w);
    const settings = policies()["policies/lapse.yaml"] ?? "";
    await w.forge.push("grace", "main", {
      "policies/lapse.yaml": `${settings}  breakGlass: { reviewWithin: 300d }\n`,
      ...withGlass("[group:backend]", ", review: { from: [person:bob], count: 1 }"),
    });
    w.tick(MINUTE);
    w.forge.comment("bob", review.issue ?? 0, line(review));
    await run(w);
    expect(await owed(w)).toEqual([review]);
    w.tick(3 * DAY);
    await w.askAndMerge({ id: "next" });
    expect((await run(w)).plan.held.map((one) => one.request)).toEqual(["next"]);
  });

  it("break-glass: somebody renamed in policies/people still owes the review", async () => {
    await broken(w);
    w.tick(3 * DAY);
    const files = policies();
    const anna = (files["policies/people/ann.yaml"] ?? "").replace("name: ann", "name: anna");
    await w.forge.push("grace", "main", {
      "policies/people/ann.yaml": null,
      "policies/people/anna.yaml": anna,
      "policies/people/backend.yaml": (files["policies/people/backend.yaml"] ?? "").replace("ann,", "anna,"),
    });
    w.tick(MINUTE);
    await w.askAndMerge({ id: "next", subject: "anna" });
    expect((await run(w)).plan.held.map((one) => one.request)).toEqual(["next"]);
  });

  it("break-glass: is refused to who is not eligible, for longer than allowed, and where there is none", async () => {
    await w.askAndMerge({ ...GLASS, id: "stranger", subject: "erin", author: "erin" }, []);
    await w.askAndMerge({ ...GLASS, id: "too-long", duration: "2h" }, []);
    await w.askAndMerge({ id: "none", more: GLASS.more }, []);
    const { plan } = await run(w);
    expect(plan.refused.map((r) => [r.request, r.findings[0]?.code]).sort()).toEqual([
      ["none", "LPS213"],
      ["stranger", "LPS209"],
      ["too-long", "LPS203"],
    ]);
    expect(w.shop.history()).toEqual([]);
    expect(await owed(w)).toEqual([]);
  });

  it("break-glass: needs all of the evidence but the approval", async () => {
    const ask = { ...GLASS, id: "pushed" };
    await w.forge.push("ann", "main", { [requestPath(ask)]: requestFile(ask) });
    w.tick(MINUTE);
    const { plan } = await run(w);
    expect(plan.refused.map((r) => r.findings[0]?.code)).toEqual(["LPS301"]);
  });

  it("break-glass: a forge that is down holds up neither the grant nor the end, and is asked again", async () => {
    await w.askAndMerge({ ...GLASS, id: "fire" }, []);
    w.forge.fault({
      on: /\/issues(\?|$|\/\d+\/comments)/,
      do: { is: "error", status: 403, message: "no" },
      times: 1000,
    });
    const { plan } = await run(w);
    expect(can("ann")).toBe(true);
    expect(plan.warnings.map((f) => [f.code, f.severity])).toEqual([["LPS333", "error"]]);
    w.tick(2 * HOUR);
    await run(w);
    expect(can("ann")).toBe(false);
    expect(await owed(w)).toMatchObject([{ request: "fire" }]);
    w.forge.clearFaults();
    await run(w);
    expect(w.forge.issues()).toHaveLength(1);
    expect(await owed(w)).toMatchObject([{ request: "fire", issue: w.forge.issues()[0]?.number }]);
  });

  it("break-glass: comments that cannot be read settle nothing, and a deleted issue is opened again", async () => {
    const review = await broken(w);
    w.forge.comment("dan", review.issue ?? 0, line(review));
    w.tick(3 * DAY);
    await w.askAndMerge({ id: "next" });
    w.forge.fault({ on: /comments/, do: { is: "error", status: 403, message: "no" }, times: 1000 });
    expect((await run(w)).plan.held.map((one) => one.request)).toEqual(["next"]);
    w.forge.clearFaults();
    w.forge.deleteIssue("grace", review.issue ?? 0);
    await run(w);
    const [open] = await owed(w);
    expect(open?.issue).not.toBe(review.issue);
    expect(w.forge.issues()).toHaveLength(2);
  });

  it("break-glass: two people may be needed, and one with two accounts is one", async () => {
    await w.forge.push(
      "grace",
      "main",
      withGlass("[group:backend]", ", review: { from: [group:owners], count: 2 }"),
    );
    w.tick(MINUTE);
    const review = await broken(w);
    for (const who of ["carol", "carol-private"]) w.forge.comment(who, review.issue ?? 0, line(review));
    w.tick(MINUTE);
    await run(w);
    expect(await owed(w)).toEqual([review]);
    w.forge.comment("dan", review.issue ?? 0, line(review));
    w.tick(MINUTE);
    await run(w);
    expect(await owed(w)).toEqual([]);
  });
});
