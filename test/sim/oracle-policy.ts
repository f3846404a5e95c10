// What did the rules on main say at a time? (the oracle's own reading of its own company's files: nothing of Lapse's)
import type { Event, Time } from "./types.ts";

export interface Demand {
  readonly group: string;
  readonly count: number;
}

export interface Offer {
  readonly target: string;
  readonly role: string;
  readonly eligible: string;
  readonly minutes: number;
  readonly demands: readonly Demand[];
  readonly glass: boolean;
}

/** Main's files at a time. What cannot be read says neither yes nor no. */
export class Main {
  readonly from: Time;
  readonly files: ReadonlyMap<string, string>;
  #broken: boolean | undefined;
  readonly #offers = new Map<string, Offer | undefined>();
  constructor(from: Time, files: ReadonlyMap<string, string>) {
    this.from = from;
    this.files = files;
  }

  /** A broken file anywhere: whoever reads main may conclude less from it. */
  get broken(): boolean {
    return (this.#broken ??= [...this.files].some(
      ([path, text]) => path.startsWith("policies/") && !text.includes("spec:"),
    ));
  }

  has(person: string): boolean {
    return this.files.has(`policies/people/${person}.yaml`);
  }

  personOf(id: number): string | undefined {
    for (const [path, text] of this.files)
      if (/^kind: Person$/m.test(text) && text.includes(`\n  id: ${String(id)}\n`))
        return path.slice("policies/people/".length, -".yaml".length);
    return undefined;
  }

  members(group: string): readonly string[] {
    const text = this.files.get(`policies/people/${group}.yaml`) ?? "";
    const found = /members: \[(.*)\]/.exec(text)?.[1] ?? "";
    return found.split(", ").filter((name) => this.has(name));
  }

  offer(entitlement: string): Offer | undefined {
    if (!this.#offers.has(entitlement)) this.#offers.set(entitlement, this.#read(entitlement));
    return this.#offers.get(entitlement);
  }

  #read(entitlement: string): Offer | undefined {
    const text = this.files.get(`policies/entitlements/${entitlement}.yaml`) ?? "";
    const line = (name: string): string => new RegExp(`^ {2}${name}: (.*)$`, "m").exec(text)?.[1] ?? "";
    const minutes = Number(/^(\d+)m$/.exec(line("maxDuration"))?.[1]);
    const eligible = /^\[group:(.+)\]$/.exec(line("eligible"))?.[1];
    if (Number.isNaN(minutes) || eligible === undefined) return undefined;
    const all = line("approvals").matchAll(/from: \[group:([\w-]+)\], count: (\d+)/g);
    const demands = [...all].map(([, group = "", count]) => ({ group, count: Number(count) }));
    const role = /role: ([\w-]+)/.exec(line("role"))?.[1] ?? "";
    return { target: line("target"), role, eligible, minutes, demands, glass: line("breakGlass") !== "" };
  }
}

/** Main after each of its moves, oldest first. */
export function mainsOf(events: readonly Event[]): readonly Main[] {
  const files = new Map<string, string>();
  return events.flatMap((event) => {
    if (event.kind !== "main") return [];
    for (const [path, text] of Object.entries(event.files))
      if (text === null) files.delete(path);
      else files.set(path, text);
    return [new Main(event.at, new Map(files))];
  });
}
