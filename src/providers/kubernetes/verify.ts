// Who lets this subject in, and through what? (the API server says so; the list of bindings tells whose they are)
import { setTimeout as sleep } from "node:timers/promises";
import type { Assignment } from "../../core/model.ts";
import { ProviderError, type Verdict } from "../provider.ts";
import { grantedOf, type Granted } from "./assignment.ts";
import { asksOf, type Ask } from "./asks.ts";
import { readBinding } from "./bindings.ts";
import type { Cluster } from "./cluster.ts";
import { isUser } from "./judge.ts";
import { listBindings } from "./listing.ts";
import { readMark } from "./names.ts";
import { groupsOf, reviewOf, type Answer } from "./review.ts";
import { readRules } from "./role.ts";
import type { Rule } from "./rules.ts";
import type { Binding, Place } from "./written.ts";

const PAUSE_MS = 25;
/** Of the bound on a call: how long the API server's own memory of bindings may lag behind what it stores. */
const PATIENCE = 0.5;

export interface Way {
  readonly name: string;
  readonly ours: boolean;
  readonly stale?: boolean;
}

/** What was asked, what was answered, and by whose leave; `stale` while an answer names a binding that is gone. */
export interface Inspection extends Verdict {
  readonly rules: readonly Rule[];
  readonly answers: readonly { readonly ask: Ask; readonly allowed: boolean; readonly way?: Way }[];
  readonly stale: boolean;
}

export async function verify(cluster: Cluster, assignment: Assignment): Promise<Verdict> {
  const { allowed, via, standing } = await inspect(cluster, grantedOf(assignment));
  return { allowed, via, standing };
}

/**
 * Asks again for a while as long as an answer names a binding that is not there any more: authorizers read from a
 * cache. `until` may demand more of the answer than that.
 */
export async function inspect(
  cluster: Cluster,
  granted: Granted,
  until: (seen: Inspection) => boolean = () => true,
): Promise<Inspection> {
  const rules = await rulesNow(cluster, granted);
  const asks = asksOf(rules, granted.place.namespace);
  const end = performance.now() + cluster.timeout * PATIENCE;
  for (;;) {
    const [listed, answers] = await Promise.all([
      around(cluster, granted),
      Promise.all(asks.map((ask) => reviewOf(cluster, granted.user, ask))),
    ]);
    const wide = await clusterWide(cluster, granted, answers);
    const known = {
      listed: [...listed, ...wide.flatMap((one) => one.binding ?? [])],
      unread: unreadIn(wide),
    };
    const seen = { rules, ...conclude(cluster, granted, { asks, answers, ...known }) };
    if ((!seen.stale && until(seen)) || performance.now() > end) return seen;
    await sleep(PAUSE_MS);
  }
}

/** A role that is gone gives nothing to ask for. */
async function rulesNow(cluster: Cluster, granted: Granted): Promise<readonly Rule[]> {
  try {
    return await readRules(cluster, granted);
  } catch (thrown) {
    if (thrown instanceof ProviderError && thrown.class === "role-missing") return [];
    throw thrown;
  }
}

/** Every binding beside ours, whosever it is. */
async function around(cluster: Cluster, { place: { namespace } }: Granted): Promise<readonly Binding[]> {
  const { bindings, complete } = await listBindings(
    cluster,
    namespace === undefined ? "cluster" : { namespace },
  );
  if (complete) return bindings;
  throw new ProviderError("transient", "Kubernetes did not list all bindings", { vendorCode: "incomplete" });
}

interface Wide {
  readonly name: string;
  readonly binding?: Binding;
  readonly readable: boolean;
}

/** Bindings for the whole cluster that let into a namespace: they may be of another request's making. */
async function clusterWide(
  cluster: Cluster,
  { place }: Granted,
  answers: readonly Answer[],
): Promise<readonly Wide[]> {
  if (place.namespace === undefined) return [];
  const named = answers.flatMap(({ by }) => (by && by.namespace === undefined ? [by.name] : []));
  return Promise.all([...new Set(named)].map((name) => readWide(cluster, name)));
}

async function readWide(cluster: Cluster, name: string): Promise<Wide> {
  try {
    const binding = await readBinding(cluster, { name });
    return { name, ...(binding && { binding }), readable: true };
  } catch (thrown) {
    if (thrown instanceof ProviderError && thrown.class === "forbidden") return { name, readable: false };
    throw thrown;
  }
}

/** Those that the applier may not read cannot be ours: then it could not have made them. */
function unreadIn(wide: readonly Wide[]): ReadonlySet<string> {
  return new Set(wide.filter(({ readable }) => !readable).map(({ name }) => name));
}

interface Known {
  readonly asks: readonly Ask[];
  readonly answers: readonly Answer[];
  readonly listed: readonly Binding[];
  readonly unread: ReadonlySet<string>;
}

/**
 * `allowed`: everything that was asked. `standing`: each of it would be without ours, as far as the server says: it
 * names one way for each, while a binding of the same role is also seen by itself.
 */
function conclude(cluster: Cluster, granted: Granted, known: Known): Omit<Inspection, "rules"> {
  const same = known.listed
    .filter((one) => givesRole(cluster, one, granted))
    .map((one) => wayOf(cluster, one));
  const answers = known.asks.map((ask, i) => {
    const answer = known.answers[i];
    return answer?.allowed === true
      ? { ask, allowed: true, way: wayIn(cluster, answer, known) }
      : { ask, allowed: false };
  });
  const ways = answers.flatMap(({ way }) => way ?? []);
  const asked = answers.length > 0;
  const others = asked && answers.every(({ way }) => way?.ours === false);
  return {
    answers,
    allowed: asked ? answers.every(({ allowed }) => allowed) : same.length > 0,
    via: [...new Set([...same, ...ways].map(({ name }) => name))],
    standing: others || same.some(({ ours }) => !ours),
    stale: ways.some(({ stale }) => stale === true),
  };
}

/** The role that was granted, to the subject or to a group that it is known to be in. */
function givesRole(cluster: Cluster, { subjects, roleRef }: Binding, granted: Granted): boolean {
  if (roleRef.kind !== granted.roleRef.kind || roleRef.name !== granted.roleRef.name) return false;
  const groups = groupsOf(cluster);
  return subjects.some(
    (subject) => isUser(subject, granted.user) || (subject.kind === "Group" && groups.includes(subject.name)),
  );
}

function wayOf({ owner }: Cluster, binding: Binding): Way {
  const ours = readMark(binding)?.owner === owner;
  return { name: ours ? binding.name : nameOf(binding), ours };
}

function nameOf({ name, namespace }: Place): string {
  return namespace === undefined ? `ClusterRoleBinding ${name}` : `RoleBinding ${name}`;
}

/** Of a binding that is not there the authorizer has only not heard yet that it is gone: nothing follows from it. */
function wayIn(cluster: Cluster, { by, said }: Answer, { listed, unread }: Known): Way {
  if (!by) return { name: said === "" ? "the cluster, which gives no reason" : said, ours: false };
  const found = listed.find((one) => one.name === by.name && one.namespace === by.namespace);
  if (found) return wayOf(cluster, found);
  if (by.namespace === undefined && unread.has(by.name)) return { name: nameOf(by), ours: false };
  return { name: by.name, ours: true, stale: true };
}
