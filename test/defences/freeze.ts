// What stands between a change that nobody approved and access that it would give?
import type { Defence } from "./defence.ts";

const CHANGES = "src/core/changes.ts";
const red = (title: string): Defence["red"] => ({ file: "test/attacks/freeze.test.ts", title });

/** What makes a change count as approved. */
export const OF_CHANGES: readonly Defence[] = [
  {
    name: "change-named-before",
    rows: ["C15"],
    file: CHANGES,
    find: "person && approvers.includes(person.name)",
    put: "person",
    red: red("approved by two who may approve requests"),
  },
  {
    name: "change-by-the-rules-before",
    rows: ["A16", "C15"],
    file: "src/judge-changes.ts",
    find: "await main.books.at(vouched.commit)",
    put: "await main.books.at(tip)",
    red: red("the change itself makes its approvers maintainers"),
  },
  {
    name: "change-merged-head",
    rows: ["C15"],
    file: CHANGES,
    find: "review.commit === facts.pull.head.sha",
    put: "review.commit !== null",
    red: red("approved after the last push, but on an older commit"),
  },
  {
    name: "change-as-reviewed",
    rows: ["A5", "C15"],
    file: CHANGES,
    find: "if (!c.asReviewed)",
    put: "if (!c.demand)",
    red: red("the merge commit holds what no approver saw"),
  },
  {
    name: "change-own-repository",
    rows: ["C15"],
    file: CHANGES,
    find: "if (head.repository !== c.landing.repository)",
    put: "if (head.sha === undefined)",
    red: red("approved, but from a fork"),
  },
  {
    name: "change-no-veto",
    rows: ["C15"],
    file: CHANGES,
    find: "isVeto(r, facts) && isApprover(c, r.user?.id)",
    put: "r.id < 0",
    red: red("two approve, and a third maintainer requests changes"),
  },
  {
    name: "change-enough-approvals",
    rows: ["C15"],
    file: CHANGES,
    find: "fulfilled([c.demand], people)",
    put: "(votes.length >= 0)",
    red: red("nobody approved it; an administrator merged it"),
  },
  {
    name: "guarded-by-default",
    rows: ["C15"],
    file: "src/core/guarded.ts",
    find: String.raw`/^(?:[^/]+\.md|LICENSE)$/`,
    put: "/^[^/]+$/",
    red: red("what the tool is built from is changed"),
  },
];

/** What a change that is not approved may not do. */
export const OF_FREEZING: readonly Defence[] = [
  {
    name: "frozen-until-approved",
    rows: ["A7", "C1", "C15"],
    file: "src/gather.ts",
    find: "doubted: changes.frozen",
    put: "doubted: undefined",
    red: red("C15: a change of src/"),
  },
  {
    name: "loosening-is-an-alarm",
    rows: ["A16"],
    file: "src/gather-changes.ts",
    find: "isSame && !steps.some(({ changes }) => changes.some(isGuarded))",
    put: "isSame",
    red: red("A16: loosen, get the request in"),
  },
  {
    name: "targets-as-vouched-for",
    rows: ["C15"],
    file: "src/reconcile.ts",
    find: "sweepOrphans(context, view.vouched,",
    put: "sweepOrphans(context, view.main && { catalog: view.main.rules.catalog },",
    red: red("a target's connection that was swapped"),
  },
  {
    name: "gate-knows-people-as-vouched-for",
    rows: ["C15"],
    file: "src/core/gate.ts",
    find: "if (known !== person.name)",
    put: "if (known === question.entitlement)",
    red: red("a gate does not let somebody in"),
  },
  {
    name: "trust-is-not-begun-anew",
    rows: ["C15"],
    file: "src/core/refold.ts",
    find: "...(vouched && { vouched })",
    put: "",
    red: red("a damaged tip of the ledger"),
  },
  {
    name: "no-state-that-nobody-can-change",
    rows: ["C15"],
    file: "src/gather-changes.ts",
    find: "if (!demandOf(rules.catalog))",
    put: "if (rules.catalog.broken.length < 0)",
    red: red("approved changes after which nobody could approve"),
  },
  {
    name: "only-on-main",
    rows: ["C12"],
    file: "src/on-main.ts",
    find: "if (branch === undefined || ref === `refs/heads/${branch}`) return;",
    put: "if (branch !== ref) return;",
    red: red("C12: a workflow that was started on a side branch"),
  },
];
