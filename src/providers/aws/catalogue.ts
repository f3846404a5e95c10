// Would what a policy allows outlive any time limit? (a catalogue; what it does not know, reviewers have to)
import { covers } from "./patterns.ts";
import type { Statement } from "./statements.ts";

/** Rights to make rights: users, keys, roles, trust, who is assigned to what. */
const GRANTING: readonly string[] = [
  "iam",
  "organizations",
  "sso",
  "sso-directory",
  "identitystore",
  "rolesanywhere",
];
const READING = /^(get|list|describe|simulate)/;

/** An action of one service: the service is written out. */
const ACTION = /^([a-z0-9-]+):(.+)$/;

/** Single actions that let somebody in for good by the policy of a resource. */
const LASTING: readonly string[] = [
  "ecr:setrepositorypolicy",
  "kms:creategrant",
  "kms:putkeypolicy",
  "lambda:addpermission",
  "s3:putaccesspointpolicy",
  "s3:putbucketacl",
  "s3:putbucketpolicy",
  "secretsmanager:putresourcepolicy",
  "sns:addpermission",
  "sqs:addpermission",
];

/** Why these Allow statements cannot be lent; undefined if they can, as far as this catalogue goes. */
export function perpetuating(statements: readonly Statement[]): string | undefined {
  for (const { Action, raw, Resource } of statements) {
    const inverted = Object.keys(raw).find((name) => /^not/i.test(name));
    if (inverted !== undefined) return `uses ${inverted}: what it allows has no end`;
    for (const action of Action) {
      const reason = lasting(action.toLowerCase(), Resource);
      if (reason !== undefined) return `allows ${action}: ${reason}`;
    }
  }
  return undefined;
}

function lasting(action: string, resources: readonly string[]): string | undefined {
  const [, service, verb] = ACTION.exec(action) ?? [];
  if (service === undefined || verb === undefined)
    return "it reaches every service, and so can make access that stays";
  if (GRANTING.includes(service) && !READING.test(verb)) return "its holder can make access that stays";
  if (opensAnyRole(action, resources)) return "it opens sessions of any role";
  const hit = LASTING.find((one) => covers(action, one));
  return hit === undefined ? undefined : `${hit} makes access that stays`;
}

function opensAnyRole(action: string, resources: readonly string[]): boolean {
  return covers(action, "sts:assumerole") && resources.some((resource) => /[*?]/.test(resource));
}
