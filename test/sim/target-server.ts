// What does a simulated target really hold, and who could use it from when to when? (the far side: true time, no client code)
import type { Interval, SimTarget, Time } from "./types.ts";

/** What the target's front answers instead of doing as asked. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  constructor(status: number) {
    super(`the target answered ${String(status)}`);
    this.status = status;
  }
}

/** Our words on an object or an edge. `until` is text, as vendors store it: people can make nonsense of it. */
export interface Mark {
  readonly text: string;
  readonly owner: string;
  readonly until: string;
}

/** What the target stores. A new one under an old name has another `uid`. */
export interface Row {
  readonly uid: number;
  readonly name: string;
  readonly subject: string;
  readonly role: string;
  readonly mark?: Mark;
  /** The target ends it itself then. */
  readonly ends?: Time;
  readonly state: "pending" | "active" | "ending";
  /** Orders that are under way are carried out then. */
  readonly due?: Time;
  /** What the history calls it. */
  readonly via: string;
}

export interface ServerOptions {
  readonly name: string;
  readonly ownership: SimTarget["ownership"];
  readonly native: boolean;
  /** Orders are carried out so many milliseconds after they were taken; at once when absent. */
  readonly settles?: number;
  /** True time. */
  readonly clock: () => Time;
  /** Is this deletion acknowledged and not done? */
  readonly keeps?: () => boolean;
  readonly subjects?: readonly string[];
  readonly roles?: readonly string[];
  /** Rows of one page; so few by default that whoever reads only the first page misses some. */
  readonly page?: number;
}

export type Wish = Pick<Row, "name" | "subject" | "role" | "via" | "mark" | "ends">;

const PAGE = 2;

/** The state, its history, and what the front answers. Every call throws Refusal while the target is down. */
export class Server {
  readonly options: ServerOptions;
  down = false;
  private rows = new Map<string, Row>();
  private before: ReadonlyMap<string, Row> = new Map();
  private readonly past: Interval[] = [];
  private readonly open = new Map<number, Interval>();
  private uids = 0;
  private refusals = 0;
  private readonly names: Map<string, string> | undefined;

  constructor(options: ServerOptions) {
    this.options = options;
    this.names = options.subjects && new Map(options.subjects.map((name) => [name, name]));
  }

  // ---- what clients may ask ----------------------------------------------------------------------------------

  /** A page of rows after a row; what was there before the last write, if `stale`. */
  page(after: number, stale = false): { readonly rows: readonly Row[]; readonly next?: number } {
    this.front();
    const rows = [...(stale ? this.before : this.rows).values()].sort((a, b) => a.uid - b.uid);
    const rest = rows.filter(({ uid }) => uid > after);
    const shown = rest.slice(0, this.options.page ?? PAGE);
    const last = shown.at(-1);
    return { rows: shown, ...(last && rest.length > shown.length && { next: last.uid }) };
  }

  /** Create-only: a name that is taken by something else is a 409. What gives nothing any more makes room. */
  create(wish: Wish): void {
    this.front();
    const there = this.rows.get(wish.name);
    if (there && !this.over(there)) {
      if (!isAsked(there, wish)) throw new Refusal(409);
      return;
    }
    const { settles, clock } = this.options;
    const state = settles === undefined ? "active" : "pending";
    const row: Row = {
      ...wish,
      uid: this.nextUid(),
      state,
      ...(settles !== undefined && { due: clock() + settles }),
    };
    this.write(() => this.rows.set(wish.name, row), "lapse");
  }

  /** Writes the mark anew, and the native end with it. */
  remark(name: string, uid: number, mark: Mark, ends: Time | undefined): void {
    this.front();
    const row = this.rows.get(name);
    if (row?.uid !== uid) throw new Refusal(404);
    this.write(() => this.rows.set(name, { ...row, mark, ...(ends !== undefined && { ends }) }), "lapse");
  }

  /** Deletes what has this name and this uid. A 404 says nothing about what the row gave. */
  remove(name: string, uid: number): void {
    this.front();
    const row = this.rows.get(name);
    if (row?.uid !== uid) throw new Refusal(404);
    const { keeps, settles, clock } = this.options;
    if (keeps?.() === true) return;
    const atOnce = settles === undefined || !this.gives(row);
    const ending: Row = { ...row, state: "ending", due: row.due ?? clock() + (settles ?? 0) };
    this.write(() => (atOnce ? this.rows.delete(name) : this.rows.set(name, ending)), "lapse");
  }

  /** The name that a person goes by is not who they are. */
  who(name: string): string | undefined {
    this.front();
    return this.names ? this.names.get(name) : name;
  }

  // ---- what really is ----------------------------------------------------------------------------------------

  over({ ends }: Row): boolean {
    return ends !== undefined && ends <= this.options.clock();
  }

  gives(row: Row): boolean {
    return row.state !== "pending" && !this.over(row);
  }

  can(name: string, role: string): boolean {
    this.carryOut();
    const subject = this.names ? this.names.get(name) : name;
    return [...this.rows.values()].some((r) => r.subject === subject && r.role === role && this.gives(r));
  }

  /** Every stretch so far, by when it began. */
  history(): readonly Interval[] {
    this.carryOut();
    return [...this.past, ...this.open.values()].sort((a, b) => a.from - b.from);
  }

  rename(name: string, to: string): void {
    this.names?.set(to, this.names.get(name) ?? name);
    this.names?.delete(name);
  }

  admit(name: string): void {
    this.names?.set(name, name);
  }

  all(): readonly Row[] {
    this.carryOut();
    return [...this.rows.values()];
  }

  /** Done by people, behind the front: works while it is down, too. */
  byPeople(change: (rows: Map<string, Row>, uid: () => number) => unknown): void {
    this.write(() => change(this.rows, () => this.nextUid()), "people");
  }

  /** Notes on what is open when people damage its mark, in which way. */
  damaged({ uid }: Row, how: "stripped" | "spoiled"): void {
    const interval = this.open.get(uid);
    if (interval) interval[how] ??= this.options.clock();
  }

  /** Lets orders take effect: those that are due, or all. */
  carryOut(everything = false): void {
    const now = this.options.clock();
    for (const row of [...this.rows.values()]) {
      if (row.due === undefined || (row.due > now && !everything)) continue;
      const { due, ...rest } = row;
      const at = Math.min(due, now);
      if (row.state === "ending") this.rows.delete(row.name);
      else this.rows.set(row.name, { ...rest, state: "active" });
      this.note("lapse", at);
    }
    this.note("itself", now);
  }

  /** Behind the front a thing that exists can look as if it did not. */
  private front(): void {
    this.carryOut();
    if (!this.down) return;
    this.refusals += 1;
    throw new Refusal(this.refusals % 2 === 1 ? 404 : 503);
  }

  private write(change: () => unknown, by: NonNullable<Interval["ended"]>): void {
    this.carryOut();
    this.before = new Map(this.rows);
    change();
    this.note(by, this.options.clock());
  }

  private note(by: NonNullable<Interval["ended"]>, now: Time): void {
    const giving = [...this.rows.values()].filter((row) => this.gives(row));
    const still = new Set(giving.map(({ uid }) => uid));
    for (const uid of [...this.open.keys()].filter((one) => !still.has(one))) this.finish(uid, by, now);
    for (const row of giving) if (!this.open.has(row.uid)) this.begin(row, now);
  }

  private begin({ uid, subject, role, via }: Row, from: Time): void {
    this.open.set(uid, { target: this.options.name, subject, role, via, from });
  }

  private finish(uid: number, by: NonNullable<Interval["ended"]>, now: Time): void {
    const interval = this.open.get(uid);
    if (!interval) return;
    this.open.delete(uid);
    const ends = [...this.rows.values()].find((row) => row.uid === uid)?.ends;
    const itself = ends !== undefined && ends <= now;
    this.past.push({ ...interval, to: itself ? ends : now, ended: itself ? "itself" : by });
  }

  private nextUid(): number {
    return (this.uids += 1);
  }
}

function isAsked(there: Row, { subject, role, mark }: Wish): boolean {
  return there.subject === subject && there.role === role && there.mark?.text === mark?.text;
}
