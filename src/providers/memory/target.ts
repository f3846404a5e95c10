// What is a target that lives in this process, and who could do what on it from when to when?
import type { Instant, JsonObject } from "../../core/model.ts";

/** `hang`: no answer, ever. `kept`: a revocation is acknowledged and nothing happens. `stale`: a read shows the state before the last write. */
export type FaultKind =
  | "hang"
  | "timeout-before"
  | "timeout-after"
  | "throttled"
  | "forbidden"
  | "too-soon"
  | "partial"
  | "stale"
  | "kept";
export type Call =
  "connect" | "resolve" | "observe" | "list" | "grant" | "revoke" | "verify" | "cleanup" | "doctor";

/** Access that a target stores. Mutable: tests play the careless administrator on it. */
export interface Stored {
  /** Empty when somebody stripped it. */
  mark: string;
  readonly owner: string;
  readonly target: string;
  members: readonly number[];
  readonly role: string;
  readonly scope: JsonObject;
  readonly end: Instant;
  state: "active" | "pending" | "ending";
}

/** One stretch of time in which a subject could use a role. `to` is absent while it goes on. */
export interface Interval {
  readonly subject: number;
  readonly role: string;
  /** The mark of the access, or `standing`. */
  readonly via: string;
  readonly from: Instant;
  readonly to?: Instant;
}

export interface MemoryOptions {
  /** Known subjects and roles; everybody and everything if absent. */
  readonly subjects?: readonly string[];
  readonly roles?: readonly string[];
  /** The target's own clock; by default the last time that a grant told it. */
  readonly clock?: () => Instant;
  /** Access ends by itself at its end and leaves an object to clean up. */
  readonly nativeExpiry?: boolean;
  /** Grants and revocations take effect only when `settle` is called. */
  readonly asynchronous?: boolean;
}

export interface MemoryTarget extends MemoryOptions {
  readonly objects: Map<string, Stored>;
  readonly standing: Set<string>;
  /** Objects as they were before the last write. */
  readonly before: { objects: ReadonlyMap<string, Stored> };
  /** Every stretch of access so far, oldest first: what tests hold against the promises. */
  history(): readonly Interval[];
  subject(name: string): number | undefined;
  /** Makes a subject known. */
  admit(name: string): void;
  /** Runs a write, and notes who gained and who lost access by it. */
  write(change: () => void): void;
  give(subject: string, role: string): void;
  take(subject: string, role: string): void;
  rename(subject: string, to: string): void;
  can(subject: string, role: string): boolean;
  readonly settle: () => void;
  /** The next `times` (1) calls of this kind go wrong. */
  fault(on: Call, kind: FaultKind, times?: number): void;
  heal(): void;
  next(on: Call): FaultKind | undefined;
  now(): Instant;
  tell(now: Instant): void;
  /** Has it ended by itself? */
  over(stored: Stored): boolean;
}

interface Edge {
  readonly subject: number;
  readonly role: string;
  readonly via: string;
}

/** A fresh target; nothing is shared between two of them. */
export function memoryTarget(options: MemoryOptions = {}): MemoryTarget {
  const objects = new Map<string, Stored>();
  const standing = new Set<string>();
  const before = { objects: new Map<string, Stored>() as ReadonlyMap<string, Stored> };
  const time = clock(options);
  const people = directory(options.subjects);
  const note = notes(time.now);
  const edges = () => [...standingEdges(standing), ...objectEdges(objects, time.over)];
  const write = (change: () => void) => {
    note(edges());
    before.objects = structuredClone(objects);
    change();
    note(edges());
  };
  const pair = (name: string, role: string) => JSON.stringify([people.subject(name), role]);
  return {
    ...options,
    ...faultQueue(),
    ...people,
    ...time,
    objects,
    standing,
    before,
    write,
    history: () => note(edges()),
    give: (name, role) => {
      write(() => standing.add(pair(name, role)));
    },
    take: (name, role) => {
      write(() => standing.delete(pair(name, role)));
    },
    can: (name, role) =>
      edges().some((edge) => JSON.stringify([edge.subject, edge.role]) === pair(name, role)),
    settle: () => {
      write(() => {
        settleAll(objects);
      });
    },
  };
}

function clock({ clock, nativeExpiry }: MemoryOptions): Pick<MemoryTarget, "now" | "tell" | "over"> {
  let told = 0 as Instant;
  const now = clock ?? (() => told);
  return {
    now,
    tell: (instant) => {
      told = instant;
    },
    over: ({ end }) => nativeExpiry === true && end <= now(),
  };
}

function directory(known: readonly string[] | undefined): Pick<MemoryTarget, "subject" | "admit" | "rename"> {
  const ids = new Map((known ?? []).map((name, index) => [name, index + 1]));
  let last = ids.size;
  const admit = (name: string) => {
    if (!ids.has(name)) ids.set(name, ++last);
  };
  return {
    admit,
    subject: (name) => {
      if (known === undefined) admit(name);
      return ids.get(name);
    },
    rename: (name, to) => {
      ids.set(to, ids.get(name) ?? 0);
      ids.delete(name);
    },
  };
}

function settleAll(objects: Map<string, Stored>): void {
  for (const [key, object] of objects) {
    if (object.state === "ending") objects.delete(key);
    object.state = "active";
  }
}

function standingEdges(standing: ReadonlySet<string>): Edge[] {
  return [...standing].map((key) => {
    const [subject, role] = JSON.parse(key) as [number, string];
    return { subject, role, via: "standing" };
  });
}

function objectEdges(objects: ReadonlyMap<string, Stored>, over: (stored: Stored) => boolean): Edge[] {
  const active = [...objects].filter(([, stored]) => stored.state !== "pending" && !over(stored));
  return active.flatMap(([via, { members, role }]) => members.map((subject) => ({ subject, role, via })));
}

/** Compares who has access now with who had it at the last look. */
function notes(now: () => Instant): (edges: readonly Edge[]) => readonly Interval[] {
  const closed: Interval[] = [];
  const open = new Map<string, Interval>();
  return (edges) => {
    const current = new Map(edges.map((edge) => [JSON.stringify(edge), edge]));
    for (const [key, interval] of open) {
      if (current.has(key)) continue;
      open.delete(key);
      closed.push({ ...interval, to: now() });
    }
    for (const [key, edge] of current) if (!open.has(key)) open.set(key, { ...edge, from: now() });
    return [...closed, ...open.values()].sort((a, b) => a.from - b.from);
  };
}

function faultQueue(): Pick<MemoryTarget, "fault" | "heal" | "next"> {
  const queue: { on: Call; kind: FaultKind; left: number }[] = [];
  return {
    fault: (on, kind, times = 1) => void queue.push({ on, kind, left: times }),
    heal: () => void queue.splice(0),
    next: (on) => {
      const fault = queue.find((one) => one.on === on && one.left > 0);
      if (fault) fault.left -= 1;
      return fault?.kind;
    },
  };
}
