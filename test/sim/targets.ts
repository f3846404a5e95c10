// Which targets does the simulation have? (one of each way of owning, and people who act on them behind Lapse's back)
import type { Provider } from "../../src/providers/provider.ts";
import { closed, text } from "../../src/providers/schema.ts";
import { openSession } from "./target-client.ts";
import { Server, type Row, type ServerOptions } from "./target-server.ts";
import type { Hook, SimTarget } from "./types.ts";

export type TargetOptions = Omit<ServerOptions, "native"> & {
  readonly native?: boolean;
  readonly hook?: Hook;
};

/** The kinds of the simulated world, with the traits that tell them apart. */
export const KINDS = {
  object: { ownership: "object" },
  "object-native": { ownership: "object", native: true },
  container: { ownership: "container" },
  marked: { ownership: "marked" },
  "marked-native": { ownership: "marked", native: true },
  bare: { ownership: "bare" },
  "bare-async": { ownership: "bare", settles: 30_000 },
} as const satisfies Readonly<Record<string, Partial<TargetOptions>>>;

const HONEST: Hook = (_port, _call, act) => act();

/** A fresh target with its provider, whose kind is `sim-<name>`; its connection says nothing. */
export function simTarget(options: TargetOptions): SimTarget & { readonly server: Server } {
  const { name, ownership, native = false, hook = HONEST } = options;
  const server = new Server({ ...options, native });
  return {
    ...{ name, ownership, native, server, settles: options.settles ?? 0 },
    provider: providerOf(server, hook),
    history: () => server.history(),
    admin: people(server),
    get down() {
      return server.down;
    },
    set down(is) {
      server.down = is;
    },
  };
}

function providerOf(server: Server, hook: Hook): Provider {
  const { name, ownership, native, settles } = server.options;
  const kind = `sim-${name}`;
  const names = { max: 400 };
  return {
    kind,
    grants: true,
    capabilities: {
      ownership,
      expiry: native ? "native-leaves-garbage" : "none",
      async: settles !== undefined,
      concurrency: 1,
      sweepable: ownership === "object" || ownership === "marked",
      residue: [],
    },
    schemas: {
      connection: closed("A simulated target.", {}),
      role: closed("A role of it.", { role: text("Its name", "reader", names) }),
      scope: closed("Cannot be narrowed.", {}),
    },
    selfPerpetuating: () => undefined,
    lint: () => undefined,
    howToConnect: () => "nothing to connect to: it is simulated",
    connect: (connection, { owner }) =>
      hook(name, "connect", () =>
        Promise.resolve(openSession({ server, hook, owner, provider: kind, connection })),
      ),
  };
}

/** What administrators do by hand. None of it asks Lapse, and all of it works while the target's front is down. */
function people(server: Server): SimTarget["admin"] {
  const edges = server.options.ownership === "container" || server.options.ownership === "bare";
  const ours = (subject: string, role?: string): readonly Row[] =>
    server
      .all()
      .filter((r) => r.via !== FOREIGN && r.subject === subject && (role === undefined || r.role === role));
  return {
    give: (subject, role) => {
      const name = edges ? `${subject}:${role}` : `people:${subject}:${role}`;
      server.byPeople((rows, uid) => {
        if (!rows.has(name))
          rows.set(name, { uid: uid(), name, subject, role, state: "active", via: FOREIGN });
      });
    },
    take: (subject, role) => {
      const all = server.all().filter((r) => r.subject === subject && r.role === role);
      const [row] = [...all].sort((a, b) => Number(b.via === FOREIGN) - Number(a.via === FOREIGN));
      if (row) server.byPeople((rows) => rows.delete(row.name));
    },
    strip: (subject) => {
      for (const row of ours(subject)) {
        const { mark, ...bare } = row;
        if (!mark) continue;
        server.damaged(row, "stripped");
        server.byPeople((rows) => rows.set(row.name, bare));
      }
    },
    spoil: (subject) => {
      for (const row of ours(subject)) {
        if (!row.mark) continue;
        const mark = { ...row.mark, until: "when it is over" };
        server.damaged(row, "spoiled");
        server.byPeople((rows) => rows.set(row.name, { ...row, mark }));
      }
    },
    recreate: (subject, role) => {
      // An edge has no name apart from who and what: it cannot be somebody else's.
      if (edges) return;
      for (const { name } of ours(subject, role)) {
        const other = { name, subject: `not-${subject}`, role, state: "active" as const, via: FOREIGN };
        server.byPeople((rows, uid) => rows.set(name, { ...other, uid: uid() }));
      }
    },
  };
}

const FOREIGN = "foreign";
