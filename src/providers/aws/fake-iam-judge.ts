// May somebody do something, by IAM's own rules and clock? (deny wins; conditions on time are the only ones it knows)
import type { FakeEntity, FakeIam } from "./fake-iam.ts";

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const list = (value: string | readonly string[]): readonly string[] =>
  typeof value === "string" ? [value] : value;

function glob(pattern: string, text: string): boolean {
  const quoted = pattern.replaceAll(/[\\^$.|+()[\]{}]/g, "\\$&");
  return new RegExp(`^${quoted.replaceAll("*", ".*").replaceAll("?", ".")}$`, "i").test(text);
}

function applies({ Condition = {} }: Statement, now: number): boolean {
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(
      ([key, value]) => operator === "DateLessThan" && key === "aws:CurrentTime" && now < Date.parse(value),
    ),
  );
}

/** Everything that counts for somebody: inline, attached, and by groups. */
function documents(iam: FakeIam, { inline, attached, groups }: FakeEntity): readonly string[] {
  const arns = [...attached];
  const texts = [...inline.values()];
  for (const name of groups) {
    arns.push(...(iam.groups.get(name)?.attached ?? []));
    texts.push(...(iam.groups.get(name)?.inline.values() ?? []));
  }
  return [
    ...texts,
    ...arns.flatMap((arn) => {
      const policy = iam.managed.get(arn);
      return policy?.versions.get(policy.current) ?? [];
    }),
  ];
}

export function permits(
  iam: FakeIam,
  entity: FakeEntity,
  act: { readonly action: string; readonly resource: string },
  now: number,
): boolean {
  const statements = documents(iam, entity).flatMap((text) => {
    const { Statement } = JSON.parse(text) as { readonly Statement: Statement | readonly Statement[] };
    return Array.isArray(Statement) ? (Statement as readonly Statement[]) : [Statement as Statement];
  });
  const hit = statements.filter(
    (one) =>
      list(one.Action).some((action) => glob(action, act.action)) &&
      list(one.Resource).some((resource) => glob(resource, act.resource)) &&
      applies(one, now),
  );
  return hit.some(({ Effect }) => Effect === "Allow") && !hit.some(({ Effect }) => Effect === "Deny");
}
