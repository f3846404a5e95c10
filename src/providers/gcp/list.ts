// What carries our mark on the resource, whoever remembers it?
import type { Listed } from "../provider.ts";
import type { Api } from "./api.ts";
import type { Mark } from "./mark.ts";
import { markOn } from "./ours.ts";
import { isExpired, titleIn, type Binding, type Policy } from "./policy.ts";

/** What has not expired; an assignment that is there twice is listed once, and revoking it removes both. */
export function list(api: Api, { bindings, date }: Policy): readonly Listed[] {
  const items = new Map<string, Listed>();
  for (const binding of bindings) {
    const mark = markOn(binding, api.owner);
    if (!mark || isExpired(binding, date)) continue;
    const item = listed(api, binding, mark);
    if (!items.has(item.key)) items.set(item.key, item);
  }
  return [...items.values()];
}

function listed({ connection }: Api, binding: Binding, { owner, target, until }: Mark): Listed {
  const mark = titleIn(binding);
  return {
    key: `${target}/${mark}`,
    owner,
    target,
    provider: "gcp",
    connection,
    principal: { member: binding.members[0] ?? "" },
    role: { role: binding.role },
    scope: {},
    mark,
    until,
  };
}
