// Which inline policies of the account have names of ours?
import type { Holder } from "./iam-account.ts";
import type { Iam } from "./iam-api.ts";
import { readName } from "./iam-names.ts";
import { judge, type Judged } from "./iam-policy.ts";
import type { Pages } from "./pages.ts";

export interface Own {
  readonly holder: Holder;
  readonly name: string;
  readonly judged: Judged;
  /** What the name says that it was made of. */
  readonly made: { readonly target: string; readonly request: string };
}

/** By name alone: whether our mark is in it is for the caller to see. */
export async function ownPolicies(iam: Iam, owner: string): Promise<Pages<Own>> {
  const { items, ...rest } = await iam.account();
  const holders = items.flatMap((account) => account.holders);
  const own = holders.flatMap((holder) =>
    holder.inline.flatMap(({ name, document }) => {
      const made = readName(name, owner);
      const judged = made && judge(name, document);
      return made && judged ? [{ holder, name, judged, made }] : [];
    }),
  );
  return { items: own, ...rest };
}
