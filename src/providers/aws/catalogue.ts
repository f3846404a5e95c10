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
const READING = /^(get|list|describe|simulate|generate|search)/;

/** An action of one service: the service is written out. */
const ACTION = /^([a-z0-9-]+):(.+)$/;

/**
 * Single actions that let somebody in for good: by the policy of a resource, by sharing it, by a key or a password that
 * goes on to open it, or by code that goes on to run with rights of its own.
 */
const LASTING: readonly string[] = [
  "acm-pca:issuecertificate",
  "acm-pca:putpolicy",
  "aoss:createaccesspolicy",
  "aoss:updateaccesspolicy",
  "apigateway:updaterestapipolicy",
  "backup:putbackupvaultaccesspolicy",
  "codeartifact:putdomainpermissionspolicy",
  "codeartifact:putrepositorypermissionspolicy",
  "codebuild:putresourcepolicy",
  "dynamodb:putresourcepolicy",
  "ec2:modifyimageattribute",
  "ec2:modifysnapshotattribute",
  "ecr-public:setrepositorypolicy",
  "ecr:putregistrypolicy",
  "ecr:setrepositorypolicy",
  "eks:associateaccesspolicy",
  "eks:createaccessentry",
  "eks:createpodidentityassociation",
  "eks:updateaccessentry",
  "elasticache:createuser",
  "elasticache:modifyuser",
  "elasticfilesystem:putfilesystempolicy",
  "es:updatedomainconfig",
  "es:updateelasticsearchdomainconfig",
  "events:putpermission",
  "glacier:setvaultaccesspolicy",
  "glue:putresourcepolicy",
  "iot:attachpolicy",
  "iot:createkeysandcertificate",
  "kafka:putclusterpolicy",
  "kinesis:putresourcepolicy",
  "kms:creategrant",
  "kms:putkeypolicy",
  "lakeformation:batchgrantpermissions",
  "lakeformation:grantpermissions",
  "lakeformation:putdatalakesettings",
  "lambda:addlayerversionpermission",
  "lambda:addpermission",
  "lambda:createfunctionurlconfig",
  "lambda:updatefunctioncode",
  "lambda:updatefunctionconfiguration",
  "lambda:updatefunctionurlconfig",
  "logs:putresourcepolicy",
  "ram:associateresourceshare",
  "ram:createresourceshare",
  "rds:modifydbcluster",
  "rds:modifydbclustersnapshotattribute",
  "rds:modifydbinstance",
  "rds:modifydbsnapshotattribute",
  "redshift-serverless:updatenamespace",
  "redshift:modifycluster",
  "s3:createaccessgrant",
  "s3:putaccessgrantsinstanceresourcepolicy",
  "s3:putaccesspointpolicy",
  "s3:putaccesspointpolicyforobjectlambda",
  "s3:putbucketacl",
  "s3:putbucketpolicy",
  "s3:putmultiregionaccesspointpolicy",
  "s3:putobjectacl",
  "s3:putobjectversionacl",
  "s3:putreplicationconfiguration",
  "s3express:putbucketpolicy",
  "s3tables:puttablebucketpolicy",
  "s3tables:puttablepolicy",
  "secretsmanager:putresourcepolicy",
  "sns:addpermission",
  "sns:settopicattributes",
  "sqs:addpermission",
  "sqs:setqueueattributes",
  "ssm:modifydocumentpermission",
  "ssm:putresourcepolicy",
  "transfer:createuser",
  "transfer:importsshpublickey",
  "vpc-lattice:putauthpolicy",
  "vpc-lattice:putresourcepolicy",
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
