// Can the applier do exactly what it must, and no more?
import { error, warning } from "../../core/finding.ts";
import type { Finding } from "../../core/model.ts";
import { word } from "../schema.ts";
import type { Api } from "./api.ts";
import { markOn, pretends } from "./ours.ts";
import { patiently } from "./patience.ts";
import { isExpired, titleIn, type Policy } from "./policy.ts";

/** What nobody needs who changes a policy, and a thief of the credentials could use. */
const EXCESS = [
  "iam.roles.update",
  "iam.serviceAccountKeys.create",
  "iam.serviceAccounts.actAs",
  "iam.serviceAccounts.getAccessToken",
];

export async function doctor(api: Api): Promise<readonly Finding[]> {
  const needed = [`resourcemanager.${api.level}.getIamPolicy`, `resourcemanager.${api.level}.setIamPolicy`];
  const excess = [...EXCESS, `resourcemanager.${api.level}.delete`];
  const may = await patiently(api.timeout, () => api.may([...needed, ...excess]));
  const lacks = needed.filter((permission) => !may.includes(permission));
  const findings = rights(
    api,
    lacks,
    excess.filter((permission) => may.includes(permission)),
  );
  if (lacks.some((permission) => permission.endsWith(".getIamPolicy"))) return findings;
  const policy = await patiently(api.timeout, () => api.read());
  return [...findings, ...leftovers(api, policy), ...pretending(api, policy)];
}

function rights(api: Api, lacks: readonly string[], excess: readonly string[]): readonly Finding[] {
  const where = `on ${word(api.connection["resource"])}`;
  const setup = "as an administrator: the binding of src/providers/gcp/setup.sh";
  const cannot = error("LPS430", `the applier lacks ${lacks.join(", ")} ${where}`, setup);
  const can = warning(
    "LPS431",
    `the applier has ${excess.join(", ")} ${where}`,
    "as an administrator: take away every role of the applier's but the one of src/providers/gcp/setup.sh",
  );
  return [...(lacks.length > 0 ? [cannot] : []), ...(excess.length > 0 ? [can] : [])];
}

function leftovers({ owner }: Api, { bindings, date }: Policy): readonly Finding[] {
  const expired = bindings.filter((one) => markOn(one, owner) !== undefined && isExpired(one, date));
  if (expired.length === 0) return [];
  const message = `${expired.length} binding(s) of Lapse's have expired and count against the limits of the policy`;
  return [warning("LPS433", message, "lapse expire removes them")];
}

function pretending({ owner }: Api, { bindings }: Policy): readonly Finding[] {
  return bindings
    .filter((binding) => pretends(binding, owner))
    .map((binding) =>
      error(
        "LPS435",
        `a binding of ${binding.role} pretends to be made by Lapse: ${JSON.stringify(titleIn(binding))}`,
        "as an administrator, after finding out who made it: remove the binding",
      ),
    );
}
