// Is somebody asked to review each break-glass? (after the grants; a forge that is down only postpones it)
import { loadCatalog } from "./catalog.ts";
import type { Context } from "./context.ts";
import type { Draft, OpenReview } from "./core/entry.ts";
import { error, warning } from "./core/finding.ts";
import type { Catalog, Finding } from "./core/model.ts";
import type { Applied } from "./core/outcome.ts";
import { approversOf } from "./core/policy-people.ts";
import { fromEpoch, printInstant } from "./core/time.ts";
import type { Forge } from "./forge/forge.ts";
import { REVIEW_LABEL, reviewBody, reviewMarker, reviewTitle } from "./report/review-issue.ts";
import { reasonOf } from "./session.ts";

/** The forge's clock and ours may differ. */
const SKEW = 86_400_000;

interface Asked {
  readonly findings: readonly Finding[];
  readonly unrecorded?: string;
}

/** Opens the issue of every break-glass that has none, and writes its number down. Never throws. */
export async function askForReviews(context: Context, applied: Applied): Promise<Applied> {
  const { plan } = applied;
  const asked = await askAll(context, plan.main).catch((problem: unknown): Asked => {
    const fix = "the reviews stay owed; the next run tries again";
    const message = `break-glass reviews could not be asked for: ${reasonOf(problem)}`;
    return { findings: [error("LPS333", message, fix)] };
  });
  const { findings, unrecorded } = asked;
  return {
    ...applied,
    plan: { ...plan, warnings: [...plan.warnings, ...findings] },
    unrecorded: applied.unrecorded ?? unrecorded,
  };
}

async function askAll(context: Context, main: string | undefined): Promise<Asked> {
  const { reviews } = await context.ledger.read();
  const used = reviews.filter((review) => review.since !== undefined);
  return used.length === 0 ? { findings: [] } : askEach(context, used, main);
}

async function askEach(
  context: Context,
  used: readonly OpenReview[],
  main: string | undefined,
): Promise<Asked> {
  const loaded = main === undefined ? undefined : await loadCatalog(context, { commit: main });
  const forge = await context.forge();
  const drafts: Draft[] = [];
  const findings: Finding[] = [];
  for (const review of used) {
    const issue = await ask(forge, review, loaded?.catalog).catch((problem: unknown) => reasonOf(problem));
    if (issue === undefined) continue;
    if (typeof issue === "number") drafts.push({ kind: "breakglass-issue", request: review.request, issue });
    findings.push(typeof issue === "number" ? announced(review, issue) : notAsked(review, issue));
  }
  return { findings, ...(await writtenDown(context, drafts)) };
}

async function writtenDown(context: Context, drafts: readonly Draft[]): Promise<Pick<Asked, "unrecorded">> {
  if (drafts.length === 0) return {};
  const said = await context.ledger.record(drafts, { at: context.now, run: context.run });
  return said.is === "kept" ? { unrecorded: said.reason } : {};
}

/** The number of a new issue; nothing where there is one already. */
async function ask(
  forge: Forge,
  review: OpenReview,
  catalog: Catalog | undefined,
): Promise<number | undefined> {
  const { issue, since = review.due, pull, from, count, subject } = review;
  if (issue !== undefined && (await forge.issueComments(issue)) !== undefined) return undefined;
  const { url } = await forge.repository();
  const names = catalog && approversOf(catalog, { from, count }, subject)?.approvers;
  const reviewers = catalog?.people.filter(({ name }) => names?.includes(name) === true) ?? [];
  const page = { review, reviewers: reviewers.map((one) => one.forge.login), pull: `${url}/pull/${pull}` };
  const wanted = {
    marker: reviewMarker(review),
    title: reviewTitle(review),
    body: reviewBody(page),
    labels: [REVIEW_LABEL],
  };
  return forge.openIssue(wanted, fromEpoch(Math.max(0, since - SKEW)));
}

function announced({ request, subject, entitlement, due, digest }: OpenReview, issue: number): Finding {
  const message = `BREAK-GLASS: ${subject} was given ${entitlement} (${request}) without the usual approvals; issue #${issue} asks for its review by ${printInstant(due)}`;
  return warning("LPS331", message, `a reviewer comments there: reviewed sha256:${digest}`);
}

function notAsked({ request }: OpenReview, reason: string): Finding {
  const message = `${request}: the review of this break-glass could not be asked for: ${reason}`;
  return error("LPS333", message, "the review stays owed; the next run tries again");
}
