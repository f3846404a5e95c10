// Which mistakes must a simulation find? (ten that systems like this one have had, planted in memory one at a time)
import type { Plant } from "./bundle.ts";

export interface Bug {
  readonly name: string;
  /** What is wrong with it. */
  readonly is: string;
  readonly plants: readonly Plant[];
}

const GRANTS = "src/execute-grants.ts";
const ENDS = "src/execute-ends.ts";
const CLIENT = "test/sim/target-client.ts";

export const BUGS: readonly Bug[] = [
  {
    name: "no-intent",
    is: "access is granted before the ledger says that it will be",
    plants: [
      {
        file: GRANTS,
        find: "return prepared.map(({ grant,",
        put: "return prepared.slice(0, 0).map(({ grant,",
      },
    ],
  },
  {
    name: "nan-end",
    is: "now >= NaN: an end that is no number never comes",
    plants: [
      {
        file: "src/core/time.ts",
        find: "return !Number.isFinite(end) || end <= now;",
        put: "return now >= end;",
      },
      {
        file: CLIENT,
        find: "mark && instant(mark.until);",
        put: "mark && (Date.parse(mark.until) as Instant);",
      },
    ],
  },
  {
    name: "revoke-behind-evidence",
    is: "ending access first asks the forge",
    plants: [
      {
        file: "src/reconcile.ts",
        find: "const { view, ledger } = await gatherSweep(context);",
        put: "await (await context.forge()).repository();\n  const { view, ledger } = await gatherSweep(context);",
      },
    ],
  },
  {
    name: "list-without-ledger",
    is: "what a target does not list is taken for gone",
    plants: [
      {
        file: ENDS,
        find: "= await session.revoke(assignment);",
        put: `= (await session.list()).items.some((one) => one.key === assignment.key)
    ? await session.revoke(assignment)
    : { state: "absent" as const, receipt: {}, residue: [] };`,
      },
    ],
  },
  {
    name: "first-page-only",
    is: "the second page is never read",
    plants: [
      {
        file: CLIENT,
        find: "for (const row of page.rows) rows.set(row.name, row);\n    after = page.next;",
        put: "for (const row of page.rows) rows.set(row.name, row);\n    after = undefined;",
      },
    ],
  },
  {
    name: "blind-adopt",
    is: "what somebody had before is taken for ours",
    plants: [
      {
        file: GRANTS,
        find: `if (state === "held") return claimed ? "ours" : "standing";`,
        put: `if (state === "held") return "ours";`,
      },
    ],
  },
  {
    name: "refcount",
    is: "whoever ends leaves the edge to the others who end: cases are counted, not those who stay",
    plants: [
      {
        file: "src/core/sweep.ts",
        find: ".map((one) => endAction(one, holders)),",
        put: `.map((one) =>
      endAction(one, holdersOf(ended, view.live.filter(({ request }) => request !== one.grant.request)))),`,
      },
    ],
  },
  {
    name: "404-is-gone",
    is: "a 404 is taken for the proof that nothing is there",
    plants: [
      {
        file: CLIENT,
        find: `const receipt = { name };
  const row = (await everything(line, "look", false)).get(name);`,
        put: `const receipt = { name };
  const row = (
    await everything(line, "look", false).catch((thrown: unknown) => {
      if (thrown instanceof Refusal && thrown.status === 404) return new Map<string, Row>();
      throw thrown;
    })
  ).get(name);`,
      },
    ],
  },
  {
    name: "commit-id",
    is: "an approval is fresh when the forge shows it on the last commit",
    plants: [
      {
        file: "src/core/votes.ts",
        find: "const fresh = at !== null && changes(c.facts).every((t) => minus(at, t) > 0);",
        put: "const fresh = at !== null && c.review.commit === c.facts.pull.head.sha;",
      },
    ],
  },
  {
    name: "no-compare-and-swap",
    is: "whoever writes the ledger last, wins",
    plants: [
      {
        file: "src/repo/remote.ts",
        find: `["push", ...flags, clone.remote,`,
        put: `["push", ...(branch === "lapse/ledger" ? ["--force"] : []), ...flags, clone.remote,`,
      },
    ],
  },
];
