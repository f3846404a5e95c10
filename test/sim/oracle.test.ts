// Can the oracle fail, and only where it should? (hand-made histories: each rule goes red on a bad one, and not on its good neighbour)
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Books, Kept } from "./oracle-books.ts";
import { lateness, unrest, violations } from "./oracle.ts";
import type { Event, Interval, LedgerPush, Run, Time } from "./types.ts";

const DAWN = Date.UTC(2026, 10, 23, 8);
const at = (minutes: number): Time => DAWN + minutes * 60_000;
const [ANN, CAROL, DAN, RITA, MALLORY] = [1, 3, 4, 7, 666];

// ---- a small company, and one request's good life in it ----------------------------------------------------------

const person = (id: number) => `kind: Person\nspec:\n  login: x\n  id: ${String(id)}\n`;
const group = (...members: string[]) => `kind: Group\nspec: { members: [${members.join(", ")}] }\n`;
const offer = (approvals: string) =>
  `spec:\n  target: shop\n  role: { role: reader }\n  eligible: [group:staff]\n  maxDuration: 480m\n  approvals: [${approvals}]\n`;
const POLICIES: Record<string, string> = {
  "policies/people/ann.yaml": person(ANN),
  "policies/people/carol.yaml": person(CAROL),
  "policies/people/dan.yaml": person(DAN),
  "policies/people/rita.yaml": person(RITA),
  "policies/people/staff.yaml": group("ann", "carol"),
  "policies/people/owners.yaml": group("carol", "dan", "rita"),
  "policies/entitlements/read.yaml": offer("{ from: [group:owners], count: 1 }"),
  "policies/entitlements/both.yaml": offer("{ from: [group:owners], count: 2 }"),
};

interface Asked {
  readonly id: string;
  readonly minutes: number;
  readonly entitlement?: string;
  readonly more?: string;
}
const textOf = ({ id, minutes, entitlement = "read", more = "" }: Asked) =>
  `metadata: { name: ${id} }\nspec:\n  subject: ann\n  entitlement: ${entitlement}\n  duration: ${String(minutes)}m\n${more}`;
const pathOf = ({ id, entitlement = "read" }: Asked) => `requests/${entitlement}/${id}.yaml`;

interface Scene extends Books {
  readonly events: Event[];
  readonly runs: Run[];
  readonly ledger: LedgerPush[];
  readonly targets: [Kept & { readonly history: Interval[] }];
}

function scene(ownership: Kept["ownership"] = "object", native = false): Scene {
  return {
    company: { writers: [ANN, CAROL, DAN, MALLORY], pendingTimeout: 2 * 86_400_000 },
    events: [{ at: DAWN, kind: "main", after: "m0", files: POLICIES, by: 0 }],
    runs: [],
    ledger: [],
    targets: [{ name: "shop", ownership, native, settles: 0, history: [] }],
    now: at(10_000),
    late: 600_000,
  };
}

/** Asked at minute `from`, approved a minute later by carol, merged after another. */
function consented({ events }: Scene, asked: Asked, from: number, approvals = [CAROL]): void {
  const pull = events.length;
  const head = `h-${asked.id}-${String(pull)}`;
  const files = { [pathOf(asked)]: textOf(asked) };
  const after = `m-${head}`;
  events.push(
    { at: at(from), kind: "pushed", branch: head, by: ANN, after: head, force: false, files },
    { at: at(from), kind: "opened", pull, by: ANN, head },
    ...approvals.map((by): Event => ({
      at: at(from + 1),
      kind: "reviewed",
      pull,
      by,
      state: "APPROVED",
      seen: head,
    })),
    { at: at(from + 2), kind: "merged", pull, by: MALLORY, after, how: "clean" },
    { at: at(from + 2), kind: "main", after, files: { ...files }, pull, by: MALLORY },
  );
}

function run(s: Scene, kind: Run["kind"], by: string, from: number, more: Partial<Run> = {}): void {
  const target = kind === "sweep" ? { target: "shop" } : {};
  const alright = { skew: 0, faults: [], down: [] };
  s.runs.push({ kind, by, from: at(from), to: at(from + 1), ...alright, ...target, ...more });
}

function push({ ledger }: Scene, minute: number, ...lines: object[]): void {
  const seq = ledger.flatMap((one) => one.lines).length;
  const before = ledger.at(-1)?.commit ?? "";
  const texts = lines.map((line, i) => JSON.stringify({ seq: seq + i + 1, run: "apply-1", ...line }));
  ledger.push({ at: at(minute), before, commit: `c${String(ledger.length)}`, lines: texts });
}

const about = (request: string) => ({
  request,
  target: "shop",
  assignment: { principal: { id: "ann" }, role: { role: "reader" } },
});
const admitted = (request: string, start: number, end: number) => ({
  ...{ kind: "admitted", request },
  admission: {
    ...{ subject: "ann", start: at(start), end: at(end) },
    claim: { target: "shop", role: { role: "reader" } },
  },
});
const intent = (request: string, prestate = "absent") => ({
  ...about(request),
  ...{ kind: "intent", op: "grant", prestate },
});
const granted = (request: string) => ({ kind: "granted", request, standing: false });
const revoked = (request: string, by: string) => ({ kind: "revoked", request, because: "expired", run: by });

function open(s: Scene, from: number, to?: number, more: Partial<Interval> = {}): Interval {
  const closed = to === undefined ? {} : { to: at(to), ended: "lapse" as const };
  const via = s.targets[0].ownership === "object" ? "lapse:one" : "edge:x";
  const base = { target: "shop", subject: "ann", role: "reader", via, from: at(from) };
  const interval: Interval = { ...base, ...closed, ...more };
  s.targets[0].history.push(interval);
  return interval;
}

/** Asked at 0, merged at 2 for 30 minutes, granted at 4, swept at 34. */
function goodLife(ownership?: Kept["ownership"], native?: boolean): Scene {
  const s = scene(ownership, native);
  consented(s, { id: "one", minutes: 30 }, 0);
  run(s, "apply", "apply-1", 3, { to: at(5) });
  push(s, 3.5, admitted("one", 2, 32), intent("one"));
  push(s, 4.5, granted("one"));
  run(s, "expire", "expire-1", 33, { to: at(35) });
  push(s, 34.5, revoked("one", "expire-1"));
  return s;
}

const TOLD: [rule: string, bad: () => Scene, good: () => Scene, said: RegExp][] = [];
/** One rule: what it says of a bad history, and that it says nothing of the good one beside it. */
function rule(title: string, said: RegExp, story: (bad: boolean) => Scene): void {
  TOLD.push([title, () => story(true), () => story(false), said]);
}

// ---- consent -----------------------------------------------------------------------------------------------------

function approvedBy(...who: number[]): Scene {
  const s = scene();
  consented(s, { id: "one", minutes: 30 }, 0, who);
  push(s, 3.5, admitted("one", 2, 32));
  return s;
}
rule("an approval is wanted", /without consent.*nobody did, having seen it/, (bad) =>
  approvedBy(...(bad ? [] : [CAROL])),
);
rule("an approver is listed", /without consent/, (bad) => approvedBy(bad ? MALLORY : DAN));
rule("an approver may write", /without consent/, (bad) => approvedBy(bad ? RITA : DAN));
rule("nobody approves their own", /without consent/, (bad) => approvedBy(bad ? ANN : DAN));
rule("two seats take two people", /without consent/, (bad) => {
  const s = scene();
  consented(s, { id: "one", minutes: 30, entitlement: "both" }, 0, bad ? [CAROL, CAROL] : [CAROL, DAN]);
  push(s, 3.5, admitted("one", 2, 32));
  return s;
});
rule("the approver saw what was merged", /nobody did, having seen it/, (bad) => {
  const s = scene();
  const asked = { id: "one", minutes: 30 };
  const first = { [pathOf(asked)]: textOf({ ...asked, minutes: bad ? 5 : 30 }) };
  const files = { [pathOf(asked)]: textOf(asked) };
  s.events.push(
    { at: at(0), kind: "pushed", branch: "b", by: ANN, after: "h1", force: false, files: first },
    { at: at(0), kind: "opened", pull: 1, by: ANN, head: "h1" },
    { at: at(1), kind: "reviewed", pull: 1, by: CAROL, state: "APPROVED", seen: "h1" },
    { at: at(1.5), kind: "pushed", branch: "b", by: ANN, after: "h2", force: true, files },
    { at: at(2), kind: "merged", pull: 1, by: ANN, after: "m1", how: "clean" },
    { at: at(2), kind: "main", after: "m1", files, pull: 1, by: ANN },
  );
  push(s, 3.5, admitted("one", 2, 32));
  return s;
});
rule("who pushed to the branch does not approve it", /without consent/, (bad) => {
  const s = approvedBy(CAROL);
  const files = { "notes.md": "more" };
  const more = { kind: "pushed", branch: "h-one-1", after: "h2", force: false, files } as const;
  s.events.splice(3, 0, { ...more, at: at(0.5), by: bad ? CAROL : MALLORY });
  return s;
});
rule("an approver's objection stands", /an approver objected/, (bad) => {
  const s = approvedBy(CAROL);
  const said = { kind: "reviewed", pull: 1, by: DAN, seen: "h-one-1" } as const;
  s.events.splice(4, 0, { ...said, at: at(1.2), state: "CHANGES_REQUESTED" });
  if (!bad) s.events.splice(5, 0, { ...said, at: at(1.4), state: "APPROVED" });
  return s;
});
rule("an approval after the merge is none", /without consent/, (bad) => {
  const s = approvedBy();
  const said = { kind: "reviewed", pull: 1, by: DAN, seen: "h-one-1", state: "APPROVED" } as const;
  s.events.splice(3, 0, { ...said, at: at(bad ? 2.5 : 1.5) });
  return s;
});
rule("a merge that puts in something else is none", /what was merged is not what the branch held/, (bad) => {
  const s = approvedBy(CAROL);
  const move = s.events.at(-1);
  const other = textOf({ id: "one", minutes: 480 });
  if (bad && move?.kind === "main") move.files[pathOf({ id: "one", minutes: 0 })] = other;
  return s;
});
rule("a merge that brings more is none", /changed more than this file/, (bad) => {
  const s = approvedBy(CAROL);
  const move = s.events.at(-1);
  if (bad && move?.kind === "main") move.files["README.md"] = "hello";
  return s;
});
rule("a push to main is no consent", /no pull request brought it/, (bad) => {
  const s = approvedBy(CAROL);
  const merged = s.events.findIndex(({ kind }) => kind === "merged");
  if (bad) s.events.splice(merged, 1);
  return s;
});
rule("what waited too long is void", /waited too long/, (bad) => {
  const s = approvedBy(CAROL);
  return { ...s, company: { ...s.company, pendingTimeout: bad ? 60_000 : 180_000 } };
});
rule("the window is what was asked for, from the merge", /it is from/, (bad) => {
  const s = scene();
  consented(s, { id: "one", minutes: 30 }, 0);
  push(s, 3.5, admitted("one", 2, bad ? 33 : 32));
  return s;
});
rule("an extension runs on from the end of what it extends", /it is from/, (bad) => {
  const s = scene();
  consented(s, { id: "one", minutes: 30 }, 0);
  consented(s, { id: "two", minutes: 30, more: "  extends: one\n" }, 10);
  push(s, 13, admitted("one", 2, 32), admitted("two", 12, bad ? 72 : 62));
  return s;
});

// ---- the target's own history ------------------------------------------------------------------------------------

rule("what nobody asked for is open", /nobody consented to it/, (bad) => {
  const s = goodLife();
  open(s, 4, 34, bad ? { role: "writer" } : {});
  return s;
});
rule("nothing opens before its start", /opened before its start/, (bad) => {
  const s = scene();
  consented(s, { id: "one", minutes: 30, more: `  notBefore: ${new Date(at(20)).toISOString()}\n` }, 0);
  push(s, 3, admitted("one", 20, 50), intent("one"));
  open(s, bad ? 19 : 20.1, 45, { ended: "people" });
  return s;
});
rule("nothing opens after its end", /by a run that began after its end/, (bad) => {
  const s = goodLife();
  run(s, "apply", "apply-2", bad ? 40 : 31, { to: at(41) });
  open(s, 40.5, 41);
  return s;
});
rule("no act before its intent", /no intent was in the ledger before it/, (bad) => {
  const s = goodLife();
  open(s, bad ? 3.4 : 3.6, 34);
  return s;
});
rule("a run that expires ends what is over", /expire-1 left it there/, (bad) => {
  const s = goodLife();
  open(s, 4, bad ? 40 : 34.2);
  s.ledger.pop();
  return s;
});
rule("a target that was down excuses the run", /left it there/, (bad) => {
  const s = goodLife();
  open(s, 4);
  s.ledger.pop();
  s.runs.splice(1, 1);
  run(s, "expire", "expire-1", 33, bad ? { down: ["forge"] } : { down: ["shop"] });
  run(s, "expire", "expire-2", 43, { faults: ["after shop delete"] });
  return s;
});
rule("a slow clock excuses the run", /left it there/, (bad) => {
  const s = goodLife();
  open(s, 4);
  s.ledger.pop();
  s.runs.splice(1, 1);
  run(s, "expire", "expire-1", 33, { skew: bad ? -30_000 : -120_000 });
  return s;
});
rule("a sweeper alone ends what is over, whatever else is down", /sweep-1 left it there/, (bad) => {
  const s = goodLife();
  open(s, 4, undefined, bad ? {} : { stripped: at(10) });
  s.ledger.pop();
  s.runs.splice(1, 1);
  run(s, "sweep", "sweep-1", 40, { down: ["git", "forge"] });
  return s;
});
rule("an order has the time that the target takes", /left it there/, (bad) => {
  const s = goodLife("bare");
  open(s, 4, 35.4);
  s.ledger.pop();
  return { ...s, targets: [{ ...s.targets[0], settles: bad ? 0 : 30_000 }] };
});
rule("native access ends at its end", /the target itself should have ended it/, (bad) => {
  const s = goodLife("object", true);
  open(s, 4, bad ? 32.1 : 32);
  return s;
});
rule("a deleted file ends it", /left it there/, (bad) => {
  const s = goodLife();
  open(s, 4, 34);
  const files = { [pathOf({ id: "one", minutes: 0 })]: null };
  s.events.push({ at: at(10), kind: "main", after: "m9", files, by: ANN });
  run(s, "expire", "expire-0", bad ? 12 : 9.5);
  return s;
});
rule("whoever leaves loses it", /left it there/, (bad) => {
  const s = goodLife();
  open(s, 4, 34);
  const who = bad ? "ann" : "dan";
  const files = { [`policies/people/${who}.yaml`]: null };
  s.events.push({ at: at(10), kind: "main", after: "m9", files, by: ANN });
  run(s, "expire", "expire-0", 12);
  return s;
});
rule("the end of one does not end the other", /cut off, though two has it until/, (bad) => {
  const s = goodLife("container");
  s.ledger.pop();
  consented(s, { id: "two", minutes: 60 }, 10);
  push(s, 13, admitted("two", 12, 72), intent("two", "ours"));
  push(s, 13.5, granted("two"));
  run(s, "expire", "expire-2", 73);
  open(s, 4, bad ? 34.2 : 73.2);
  return s;
});
rule("what people take is not cut off by Lapse", /cut off/, (bad) => {
  const s = goodLife();
  open(s, 4, 20, { ended: bad ? "lapse" : "people" });
  return s;
});
rule("a clock that is fast may end it early", /cut off/, (bad) => {
  const s = goodLife();
  run(s, "expire", "expire-2", 29.5, { skew: bad ? 60_000 : 180_000 });
  open(s, 4, 30);
  return s;
});
rule("standing access stays", /people gave it, and Lapse took it away/, (bad) => {
  const s = scene("container");
  open(s, 0, 20, { via: "foreign", ended: bad ? "lapse" : "people" });
  return s;
});
rule("what was there before anybody asked is not adopted", /Lapse took it away/, (bad) => {
  const s = goodLife("container");
  open(s, bad ? 1 : 3.6, 34.2, { via: "foreign" });
  return s;
});
rule("a run that git leaves alone goes by what it has read", /Lapse took it away/, (bad) => {
  const s = goodLife("container");
  run(s, "expire", "expire-2", 33.2, { to: at(37), ...(!bad && { down: ["git"] }) });
  open(s, 36, 36.5, { via: "foreign" });
  return s;
});
rule("a mark tells what is foreign, whoever asked", /Lapse took it away/, (bad) => {
  const s = goodLife(bad ? "marked" : "container");
  open(s, 3.6, 34.2, { via: "foreign" });
  return s;
});

// ---- the ledger --------------------------------------------------------------------------------------------------

rule("what is said to be gone is gone", /was said to be revoked/, (bad) => {
  const s = goodLife();
  run(s, "expire", "expire-1", 33, { faults: ["before shop delete"] });
  s.runs.splice(1, 1);
  open(s, 4, bad ? 36 : 34.4);
  return s;
});
rule("an id is admitted once", /one was admitted a second time/, (bad) => {
  const s = goodLife();
  if (bad) push(s, 50, admitted("one", 2, 32));
  return s;
});
rule("after its end nothing is intended", /a grant was intended for one, which was revoked/, (bad) => {
  const s = goodLife();
  push(s, 50, bad ? intent("one") : { ...about("one"), kind: "intent", op: "revoke" });
  return s;
});
rule("no push is lost", /was not what the last push had made of it/, (bad) => {
  const s = goodLife();
  if (bad) s.ledger.splice(1, 1);
  return s;
});
rule("no entry is lost", /the ledger's entry 4 follows 2/, (bad) => {
  const s = goodLife();
  if (bad) s.ledger.splice(1, 1, { at: at(4.5), before: "c0", commit: "c1", lines: [] });
  return s;
});

describe("the oracle", () => {
  it.each(TOLD)("%s", (_, bad, good, said) => {
    expect(violations(good())).toEqual([]);
    expect(violations(bad()).join("\n")).toMatch(said);
  });

  it("has nothing to say of a good life, and knows how late it ended", () => {
    const s = goodLife();
    open(s, 4, 34);
    expect([violations(s), unrest(s)]).toEqual([[], []]);
    expect(lateness(s)).toEqual(new Map([["shop", 120_000]]));
  });

  it("wants rest in the end: nothing left open, nobody without what was admitted", () => {
    const s = goodLife();
    s.ledger.pop();
    expect(unrest({ ...s, now: at(20) })).toEqual(["one was admitted and is not granted"]);
    open(s, 4);
    expect(unrest({ ...s, now: at(20) })).toEqual([]);
    expect(unrest({ ...s, now: at(40) })).toEqual([expect.stringMatching(/the case of one is open, though/)]);
    push(s, 50, revoked("one", "expire-1"));
    expect(unrest(s)).toEqual([expect.stringMatching(/nobody has a case for it/)]);
  });

  it("shares no code with what it judges", () => {
    const files = readdirSync("test/sim").filter((file) => /^oracle.*(?<!\.test)\.ts$/.test(file));
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      const text = readFileSync(`test/sim/${file}`, "utf8");
      const from = [...text.matchAll(/from "(.*)"|import\(|require\(|^import "/gm)].map(([, path]) => path);
      expect(
        from.filter((path) => path !== "./types.ts" && !/^\.\/oracle-\w+\.ts$/.test(path ?? "")),
      ).toEqual([]);
      for (const line of text.match(/^import .*types\.ts.*$/gm) ?? []) expect(line).toMatch(/^import type /);
    }
  });
});
