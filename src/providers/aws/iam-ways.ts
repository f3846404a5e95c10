// Which policies let a subject do what an assignment allows? (ours, and those that are nobody's business of ours)
import type { Assignment } from "../../core/model.ts";
import { ProviderError, type Verdict } from "../provider.ts";
import { word } from "../schema.ts";
import type { Account, Holder, Policy } from "./iam-account.ts";
import type { Iam } from "./iam-api.ts";
import type { Entity } from "./iam-entities.ts";
import { readName } from "./iam-names.ts";
import { hasEnded, judge, timeless } from "./iam-policy.ts";
import { coversStatement } from "./patterns.ts";
import { whole } from "./pages.ts";
import { readDocument, type Document, type Statement } from "./statements.ts";

interface Way {
  readonly name: string;
  readonly ours: boolean;
}

/**
 * A policy is a way in if it alone allows everything that the assignment allows, without conditions of its own. Denials,
 * boundaries and service control policies only take away, so a way that is named may in truth be closed.
 */
export async function otherWays(
  iam: Iam,
  assignment: Assignment,
  entity: Entity,
  known: Document | undefined,
): Promise<Verdict> {
  const wanted = await wantedBy(iam, assignment, known);
  const account = whole(await iam.account())[0];
  const holder = account?.holders.find(({ kind, id }) => kind === entity.kind && id === entity.id);
  const policies = account && holder ? policiesOf(account, holder) : [];
  const ways = policies.flatMap((policy) => wayOf(policy, wanted, assignment.owner, iam) ?? []);
  const via = ways.map(({ name }) => name);
  return { allowed: via.length > 0, via, standing: ways.some(({ ours }) => !ours) };
}

/** Once the policy that was lent is gone, what we wrote of it still says what it was. */
async function wantedBy(
  iam: Iam,
  { role }: Assignment,
  known: Document | undefined,
): Promise<readonly Statement[]> {
  if (known) return statementsOf(known);
  try {
    const document = readDocument(await iam.policyVersion(word(role["policy"]), word(role["version"])));
    return document ? statementsOf(document) : [];
  } catch (thrown) {
    if (thrown instanceof ProviderError && thrown.class === "role-missing") return [];
    throw thrown;
  }
}

const statementsOf = (document: Document): readonly Statement[] =>
  readDocument(JSON.stringify(timeless(document)))?.statements ?? [];

interface Found extends Policy {
  readonly inline: boolean;
  readonly through: string;
}

function policiesOf(account: Account, holder: Holder): readonly Found[] {
  const at = (place: Pick<Holder, "inline" | "attached">, through: string): readonly Found[] => [
    ...place.inline.map((policy) => ({ ...policy, through, inline: through === "" })),
    ...place.attached.flatMap((arn) => {
      const policy = account.managed.get(arn);
      return policy ? [{ ...policy, through, inline: false }] : [];
    }),
  ];
  const groups = holder.groups.flatMap((name) => {
    const group = account.groups.get(name);
    return group ? at(group, `group ${name}: `) : [];
  });
  return [...at(holder, ""), ...groups];
}

function wayOf(policy: Found, wanted: readonly Statement[], owner: string, iam: Iam): Way | undefined {
  const judged = judge(policy.name, policy.document);
  if (!judged) return undefined;
  const { document, marked } = judged;
  const ours = policy.inline && marked && readName(policy.name, owner) !== undefined;
  if (!ours) {
    const name = `${policy.through}policy ${policy.name}`;
    return allowsAll(document.statements, wanted) ? { name, ours } : undefined;
  }
  const over = hasEnded(judged, iam.now());
  return !over && allowsAll(statementsOf(document), wanted) ? { name: policy.name, ours } : undefined;
}

function allowsAll(wide: readonly Statement[], wanted: readonly Statement[]): boolean {
  return wanted.length > 0 && wanted.every((one) => coversStatement(wide, one));
}
