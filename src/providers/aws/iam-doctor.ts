// Can the applier do its work in this account, and is everything that has our name ours?
import { error, warning } from "../../core/finding.ts";
import type { Finding } from "../../core/model.ts";
import type { Iam } from "./iam-api.ts";
import { hasEnded } from "./iam-policy.ts";
import { ownPolicies, type Own } from "./iam-own.ts";

export async function iamDoctor(iam: Iam, owner: string): Promise<readonly Finding[]> {
  const { items, failed } = await ownPolicies(iam, owner);
  if (failed?.class === "forbidden") return [unreadable(failed.vendorCode)];
  if (failed) throw failed;
  const marked = items.filter(({ judged }) => judged.marked);
  const ended = marked.filter(({ judged }) => hasEnded(judged, iam.now()));
  return [
    ...marked.filter(({ judged }) => judged.end === undefined).map(endless),
    ...(ended.length > 0 ? [leftovers(ended)] : []),
    ...items.filter(({ judged }) => !judged.marked).map(pretender),
  ];
}

const placeOf = ({ holder, name }: Own): string =>
  `the inline policy ${name} of ${holder.kind} ${holder.name}`;

function unreadable(code: string): Finding {
  const fix = "give the applier the rights of src/providers/aws/setup-iam.json";
  return error("LPS430", `the applier cannot see the account's policies (${code})`, fix);
}

function endless(own: Own): Finding {
  const fix = "find out who changed it; the sweep removes it when its request ends, or remove it by hand now";
  return error("LPS434", `${placeOf(own)} has no end any more`, fix);
}

function leftovers(ended: readonly Own[]): Finding {
  const names = ended.map(({ name }) => name).join(", ");
  return warning(
    "LPS433",
    `${ended.length} inline policies have expired: ${names}`,
    "the next sweep removes them",
  );
}

function pretender(own: Own): Finding {
  return error(
    "LPS435",
    `${placeOf(own)} is not as Lapse writes it`,
    "find out who made it, and remove it by hand",
  );
}
