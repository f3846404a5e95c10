// Can the applier do its work in this identity store, and are the groups what they should be?
import { error, warning } from "../../core/finding.ts";
import type { Finding } from "../../core/model.ts";
import { ProviderError } from "../provider.ts";
import { declaration, declaredTarget, declaredTargets } from "./group-mark.ts";
import type { Group, Store } from "./group-store.ts";
import { whole } from "./pages.ts";

export async function groupDoctor(store: Store, owner: string): Promise<readonly Finding[]> {
  const groups = whole(await store.groups());
  const marked = groups.filter(({ description }) => declaredTargets(description, owner).length > 0);
  if (marked.length === 0) return [noGroup(owner)];
  const findings = await Promise.all(marked.map(async (group) => judge(store, group, owner)));
  return findings.flat();
}

function noGroup(owner: string): Finding {
  const fix = `put the word ${declaration(owner, "<target>")} into the description of each group that is to be lent`;
  return warning("LPS430", "no group of the identity store is declared to be Lapse's", fix);
}

async function judge(store: Store, group: Group, owner: string): Promise<readonly Finding[]> {
  const name = `the group ${group.name}`;
  if (declaredTarget(group, owner) === undefined)
    return [
      error(
        "LPS435",
        `${name} is declared for several targets of Lapse, so for none`,
        `leave one word that starts with ${declaration(owner, "")} in its description`,
      ),
    ];
  if (group.external)
    return [
      error(
        "LPS430",
        `${name} is filled from outside (SCIM or a directory)`,
        "make a group in the identity store itself and lend that",
      ),
    ];
  const { failed } = await store.members(group.id);
  return failed ? [unreadable(name, failed)] : [];
}

function unreadable(name: string, failed: ProviderError): Finding {
  const fix = "give the applier the rights of src/providers/aws/setup-groups.json";
  return error("LPS430", `the applier cannot list the members of ${name} (${failed.vendorCode})`, fix);
}
