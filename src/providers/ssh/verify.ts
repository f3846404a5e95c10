// Which certificates let this key in as these principals, ours and others?
import type { Assignment } from "../../core/model.ts";
import type { Verdict } from "../provider.ts";
import { wanted } from "./assignment.ts";
import type { Certificate } from "./certificate.ts";
import { filesOn, unread } from "./files.ts";
import { markStart } from "./names.ts";
import type { Site } from "./site.ts";
import type { Order } from "./tool.ts";

/**
 * Certificates that lie in the folder are all that can be seen from here. What hosts let in by themselves
 * (authorized_keys, other CAs) cannot, and is declared as residue.
 */
export async function verify(site: Site, assignment: Assignment): Promise<Verdict> {
  const { complete, ...verdict } = await waysIn(site, assignment);
  if (complete) return verdict;
  throw unread();
}

/** For a revocation, which a file that cannot be read must not hold up. */
export async function waysIn(
  site: Site,
  assignment: Assignment,
): Promise<Verdict & { readonly complete: boolean }> {
  const need = wanted(assignment);
  const now = site.now();
  const { files, complete } = await filesOn(site, ["issued", "certificates", "revoked"]);
  const live = files.flatMap(({ certificate, refused }) =>
    certificate && !refused && certificate.from <= now && now < certificate.until ? [certificate] : [],
  );
  const ways = live.filter((one) => givesAsMuch(one, need));
  const others = ways.filter(({ keyId }) => !keyId.startsWith(markStart(site.owner)));
  return {
    complete,
    allowed: covers(ways, need.principals),
    via: [...new Set(ways.map(({ keyId }) => keyId))],
    standing: covers(others, need.principals),
  };
}

/** For the same key and some of the same logins, and not more restricted: a forced command is not the same access. */
function givesAsMuch(one: Certificate, need: Omit<Order, "from" | "until">): boolean {
  return (
    one.key === need.key &&
    one.principals.some((principal) => need.principals.includes(principal)) &&
    Object.entries(one.critical).every(([name, value]) => need.critical[name] === value) &&
    Object.keys(need.extensions).every((name) => Object.hasOwn(one.extensions, name))
  );
}

function covers(ways: readonly Certificate[], principals: readonly string[]): boolean {
  return (
    principals.length > 0 &&
    principals.every((principal) => ways.some((way) => way.principals.includes(principal)))
  );
}
