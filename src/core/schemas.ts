// Which kinds of file are there, and what is the schema of each?
import entitlement from "../../schemas/entitlement.schema.json" with { type: "json" };
import group from "../../schemas/group.schema.json" with { type: "json" };
import person from "../../schemas/person.schema.json" with { type: "json" };
import policyTest from "../../schemas/policy-test.schema.json" with { type: "json" };
import policy from "../../schemas/policy.schema.json" with { type: "json" };
import request from "../../schemas/request.schema.json" with { type: "json" };
import settings from "../../schemas/settings.schema.json" with { type: "json" };
import target from "../../schemas/target.schema.json" with { type: "json" };

export const SCHEMAS = {
  AccessRequest: request,
  Entitlement: entitlement,
  Group: group,
  Person: person,
  Policy: policy,
  PolicyTest: policyTest,
  Settings: settings,
  Target: target,
} as const satisfies Record<string, object>;

export type Kind = keyof typeof SCHEMAS;
