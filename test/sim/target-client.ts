// How does a provider speak to a simulated target? (the near side: honest client code, each request through the hook)
import type { Assignment, Claim, Instant, Json, JsonObject } from "../../src/core/model.ts";
import { instant, printInstant } from "../../src/core/time.ts";
import {
  ProviderError,
  type ErrorClass,
  type Listed,
  type Observed,
  type Revocation,
  type Session,
  type Verdict,
} from "../../src/providers/provider.ts";
import { Refusal, type Mark, type Row, type Server } from "./target-server.ts";
import type { Hook } from "./types.ts";

const CLASSES: Readonly<Record<number, ErrorClass>> = {
  403: "forbidden",
  404: "target-missing",
  409: "conflict",
};

/** What every request of one session needs. */
interface Line {
  readonly server: Server;
  readonly hook: Hook;
  readonly owner: string;
  readonly provider: string;
  readonly connection: JsonObject;
}

/** One request to the target. */
function ask<T>({ server, hook }: Line, call: string, act: () => T, stale?: () => T): Promise<T> {
  const later = (answer: () => T) => () => Promise.resolve().then(answer);
  return hook(server.options.name, call, later(act), stale && later(stale));
}

/** Everything but a Refusal goes on as it is: a process that dies does not become an answer. */
async function told<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    const vendorCode = String(thrown.status);
    throw new ProviderError(CLASSES[thrown.status] ?? "transient", thrown.message, { vendorCode });
  }
}

export function openSession(line: Line): Session {
  const { server, owner } = line;
  return {
    resolve: (claim) => told(() => resolve(line, claim)),
    observe: (assignments) =>
      told(async () => {
        const rows = await everything(line, "observe", isMarked(server));
        return assignments.map((one) => stateOf(line, one, rows.get(nameOf(one))));
      }),
    list: () => told(() => list(line)),
    grant: (assignment, window) => told(() => grant(line, assignment, window)),
    revoke: (assignment) => told(() => revoke(line, assignment)),
    verify: (assignment) =>
      told(async () => verdict(line, assignment, await everything(line, "verify", isMarked(server)))),
    cleanup: () => told(() => cleanup(line, owner)),
    doctor: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
}

/** Do rows carry our mark? On bare edges and in containers nothing says whose they are. */
function isMarked({ options: { ownership } }: Server): boolean {
  return ownership === "object" || ownership === "marked";
}

const words = (value: Json | undefined): string =>
  typeof value === "string" ? value : JSON.stringify(value);
const nameOf = ({ scope }: Pick<Assignment, "scope">): string => words(scope["name"]);
const subjectOf = ({ principal }: Assignment): string => words(principal["id"]);
const roleOf = ({ role }: Pick<Assignment, "role">): string => words(role["role"]);

async function resolve(line: Line, claim: Claim): Promise<Assignment> {
  const { server, owner, provider, connection } = line;
  const { ownership, roles } = server.options;
  const role = roleOf(claim);
  const id = await ask(line, "resolve", () => server.who(claim.identity));
  if (id === undefined) throw new ProviderError("subject-missing", "no such subject", { vendorCode: "who" });
  if (roles && !roles.includes(role))
    throw new ProviderError("role-missing", "no such role", { vendorCode: "role" });
  const text = ownership === "object" ? `${owner}:${claim.request}` : `${owner}:${id}:${role}`;
  const name = isMarked(server) ? text : `${id}:${role}`;
  return {
    key: `${claim.target}/${name}`,
    owner,
    target: claim.target,
    provider,
    connection,
    principal: { id, name: claim.identity },
    role: { role },
    scope: { name },
    ...(isMarked(server) && { mark: text }),
  };
}

/** Every page, or nothing: what is not on the first page may be on the second. */
async function everything(line: Line, call: string, lags: boolean): Promise<ReadonlyMap<string, Row>> {
  const rows = new Map<string, Row>();
  for (let after: number | undefined = 0; after !== undefined;) {
    const page = await onePage(line, call, after, lags);
    for (const row of page.rows) rows.set(row.name, row);
    after = page.next;
  }
  return rows;
}

function onePage(
  line: Line,
  call: string,
  after: number,
  lags: boolean,
): Promise<ReturnType<Server["page"]>> {
  const { server } = line;
  const stale = lags ? () => server.page(after, true) : undefined;
  return ask(line, call, () => server.page(after), stale);
}

function same(row: Row, assignment: Assignment): boolean {
  return row.subject === subjectOf(assignment) && row.role === roleOf(assignment);
}

function stateOf(line: Line, assignment: Assignment, row: Row | undefined): Observed {
  if (!row || line.server.over(row)) return { state: "absent" };
  if (row.state === "pending") return { state: "pending" };
  if (!isMarked(line.server)) return { state: "held", receipt: { name: row.name } };
  if (!isOurs(line, assignment, row)) return { state: "foreign" };
  const receipt = { name: row.name };
  return row.mark ? { state: "ours", receipt } : { state: "ours", receipt, drift: "its mark was removed" };
}

/** Under our name, for whom and what it was made; that its mark is gone does not make it anybody else's. */
function isOurs({ server, owner }: Line, assignment: Assignment, row: Row): boolean {
  if (!isMarked(server)) return true;
  const whose = row.mark?.owner ?? owner;
  return same(row, assignment) && whose === owner;
}

/** A first page that fails is no list; a later one that fails makes it incomplete. */
async function list(line: Line): Promise<Awaited<ReturnType<Session["list"]>>> {
  const { server, owner } = line;
  if (server.options.ownership === "bare") return { items: [], complete: true };
  const items: Listed[] = [];
  for (let after: number | undefined = 0; after !== undefined;) {
    const page = await further(line, after);
    if (!page) return { items, complete: false };
    const ours = page.rows.filter((row) => !isMarked(server) || row.mark?.owner === owner);
    items.push(
      ...ours.filter((row) => isMarked(server) || server.gives(row)).map((row) => listed(line, row)),
    );
    after = page.next;
  }
  return { items, complete: true };
}

async function further(line: Line, after: number): Promise<ReturnType<Server["page"]> | undefined> {
  try {
    return await onePage(line, "list", after, true);
  } catch (thrown) {
    const answered = thrown instanceof Refusal || thrown instanceof ProviderError;
    if (after === 0 || !answered) throw thrown;
    return undefined;
  }
}

function listed({ server, owner, provider, connection }: Line, row: Row): Listed {
  const { name: target } = server.options;
  const { name, subject, role, mark } = row;
  const until = mark && instant(mark.until);
  return {
    key: `${target}/${name}`,
    ...{ owner, target, provider, connection },
    principal: { id: subject, name: subject },
    role: { role },
    scope: { name },
    ...(mark && { mark: mark.text }),
    ...(until !== undefined && { until }),
  };
}

interface Window {
  readonly end: Instant;
  readonly now: Instant;
}

async function grant(line: Line, assignment: Assignment, { end, now }: Window): Promise<JsonObject> {
  if (!(end > now)) throw new ProviderError("malformed", "the window is over", { vendorCode: "past" });
  const row = (await everything(line, "look", false)).get(nameOf(assignment));
  if (!row || line.server.over(row)) return create(line, assignment, end);
  if (row.mark?.owner === line.owner && same(row, assignment)) return extend(line, row, row.mark, end);
  if (!isMarked(line.server)) return create(line, assignment, end);
  throw new ProviderError("conflict", "something else has this name", { vendorCode: "taken" });
}

async function create(line: Line, assignment: Assignment, end: Instant): Promise<JsonObject> {
  const { server, owner } = line;
  const { native, ownership } = server.options;
  const [name, until] = [nameOf(assignment), printInstant(end)];
  const mark = assignment.mark === undefined ? undefined : { text: assignment.mark, owner, until };
  const via = ownership === "object" ? (assignment.mark ?? name) : `edge:${name}`;
  await ask(line, "create", () => {
    const wish = { name, subject: subjectOf(assignment), role: roleOf(assignment), via };
    server.create({ ...wish, ...(mark && { mark }), ...(native && { ends: end }) });
  });
  return { name, until: mark ? until : "" };
}

/** Only a later end is written: another request may want the one that is there. One that nobody can read is mended. */
async function extend(line: Line, row: Row, mark: Mark, end: Instant): Promise<JsonObject> {
  const { server } = line;
  const { name, uid } = row;
  const known = instant(mark.until) ?? (0 as Instant);
  if (known >= end) return { name, until: mark.until };
  const until = printInstant(end);
  await ask(line, "extend", () => {
    server.remark(name, uid, { ...mark, until }, server.options.native ? end : undefined);
  });
  return { name, until };
}

/** Exactly the row that was read, by its uid; gone only when all pages were read again and none has it. */
async function revoke(line: Line, assignment: Assignment): Promise<Revocation> {
  const name = nameOf(assignment);
  const receipt = { name };
  const row = (await everything(line, "look", false)).get(name);
  if (!row || !isOurs(line, assignment, row)) return { state: "absent", receipt, residue: [] };
  await remove(line, row);
  const after = await everything(line, "read back", false);
  const left = after.get(name);
  if (left && isOurs(line, assignment, left)) return { state: "sent", receipt, residue: [] };
  const { standing } = verdict(line, assignment, after);
  return { state: standing ? "escaped" : "absent", receipt, residue: [] };
}

/** That there is nothing to delete proves nothing: the list says what is left. */
async function remove(line: Line, row: Row): Promise<void> {
  try {
    await ask(line, "delete", () => {
      line.server.remove(row.name, row.uid);
    });
  } catch (thrown) {
    if (!(thrown instanceof Refusal && thrown.status === 404)) throw thrown;
  }
}

function verdict({ server, owner }: Line, assignment: Assignment, rows: ReadonlyMap<string, Row>): Verdict {
  const ways = [...rows.values()].filter((row) => same(row, assignment) && server.gives(row));
  const ours = (row: Row) => row.mark?.owner === owner || row.name === nameOf(assignment);
  const via = ways.map(({ name }) => name);
  return { allowed: ways.length > 0, via, standing: ways.some((row) => !ours(row)) };
}

async function cleanup(line: Line, owner: string): Promise<readonly string[]> {
  const { server } = line;
  const rows = await everything(line, "look", false);
  const husks = [...rows.values()].filter((row) => row.mark?.owner === owner && server.over(row));
  for (const husk of husks) await remove(line, husk);
  return husks.map(({ name }) => `removed ${name}, which had expired`);
}
