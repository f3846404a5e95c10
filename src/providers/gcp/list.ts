// What carries our mark on the resource, whoever remembers it?
import type { Instant } from "../../core/model.ts";
import type { Listed } from "../provider.ts";
import type { Api } from "./api.ts";
import type { Mark } from "./names.ts";
import { markOn } from "./ours.ts";
import { endOf, isExpired, titleIn, type Binding, type Policy } from "./policy.ts";

/** What has not expired. Where one assignment is there twice, it is listed once, with the later end. */
export function list(api: Api, { bindings, date }: Policy): readonly Listed[] {
  const items = new Map<string, Listed>();
  for (const binding of bindings) {
    const mark = markOn(binding, api.owner);
    if (!mark || isExpired(binding, date)) continue;
    const item = listed(api, binding, mark);
    const other = items.get(item.key);
    items.set(item.key, other ? later(item, other) : item);
  }
  return [...items.values()];
}

function listed({ connection }: Api, binding: Binding, { owner, target }: Mark): Listed {
  const mark = titleIn(binding);
  const until = endOf(binding);
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
    ...(until !== undefined && { until }),
  };
}

/** An end that cannot be read is later than any. */
function later(a: Listed, b: Listed): Listed {
  const end = ({ until }: Listed): Instant | number => until ?? Infinity;
  return end(a) > end(b) ? a : b;
}
