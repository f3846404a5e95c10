// Can the applier do its work in Identity Center, and how long do sessions outlive their assignment?
import { error, warning } from "../../core/finding.ts";
import type { Finding } from "../../core/model.ts";
import { ProviderError } from "../provider.ts";
import type { Center, PermissionSet } from "./account-center.ts";

/** Named one by one up to this many; AWS allows only 20 calls a second for everybody together. */
const NAMED = 10;
const HOUR = 60;

export async function accountDoctor(center: Center): Promise<readonly Finding[]> {
  return [
    ...(await readable("see orders", () => center.outstanding("creation"))),
    ...(await readable("see removals", () => center.outstanding("deletion"))),
    ...(await sessions(center)),
  ];
}

async function readable(doing: string, read: () => Promise<unknown>): Promise<readonly Finding[]> {
  try {
    await read();
    return [];
  } catch (thrown) {
    if (!(thrown instanceof ProviderError) || thrown.class !== "forbidden") throw thrown;
    const fix = "give the applier the rights of src/providers/aws/setup-accounts.json";
    return [error("LPS430", `the applier cannot ${doing} (${thrown.vendorCode})`, fix)];
  }
}

/** The bound on what outlives a revocation is the session duration of each permission set. */
async function sessions(center: Center): Promise<readonly Finding[]> {
  const long: PermissionSet[] = [];
  const seen = await readable("see permission sets", async () => {
    for (const arn of await center.permissionSets()) {
      const set = await center.permissionSet(arn);
      if (minutes(set.session) > HOUR) long.push(set);
    }
  });
  if (long.length === 0) return seen;
  const names = long.slice(0, NAMED).map(({ name, session }) => `${name} (${session || "unknown"})`);
  const more = long.length > NAMED ? ` and ${long.length - NAMED} more` : "";
  const message = `sessions outlive the end of access by more than an hour with ${names.join(", ")}${more}`;
  return [...seen, warning("LPS434", message, "set the session duration of those that are lent to PT1H")];
}

/** ISO 8601 as Identity Center writes it; what cannot be read counts as long. */
export function minutes(duration: string): number {
  const found = /^PT(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,7})S)?$/.exec(duration);
  if (!found || duration === "PT") return Infinity;
  return Number(found[1] ?? 0) * HOUR + Number(found[2] ?? 0) + Number(found[3] ?? 0) / 60;
}
