// What does a cloud have to be told, so that it trusts the applier's own jobs and no others?
import { expectedClaims, type Applier } from "../core/oidc.ts";
import { jsonText } from "./encode.ts";

export type Cloud = "aws" | "azure" | "gcp" | "vault";

/** What each asks for in the token unless it is told otherwise, and what to do with the document. */
interface Dialect {
  readonly audience: string;
  readonly use: string;
  /** What a subject without numbers leaves open there. */
  readonly classic?: string;
  readonly write: (applier: Applier) => unknown;
}

export const DIALECTS: Readonly<Record<Cloud, Dialect>> = {
  aws: {
    audience: "sts.amazonaws.com",
    use: "put your account's number for ACCOUNT, then: aws iam update-assume-role-policy --role-name ROLE --policy-document file://trust.json",
    write: aws,
  },
  azure: {
    audience: "api://AzureADTokenExchange",
    use: "one POST each to https://graph.microsoft.com/beta/applications/OBJECT_ID/federatedIdentityCredentials (az rest --method post --body @…)",
    classic:
      "Entra cannot see the numbers: whoever takes the repository's name over is let in. Turn immutable subjects on in the repository's OIDC settings.",
    write: azure,
  },
  gcp: {
    // What an allow-list left empty means, and what Google's own tools ask for.
    audience:
      "https://iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/lapse",
    use: "put yours for NUMBER and POOL: the body of projects.locations.workloadIdentityPools.providers.create; then let only this subject act as the service account: principal://iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/subject/SUBJECT",
    write: gcp,
  },
  vault: {
    audience: "lapse",
    use: "put your policies for POLICY, then: vault write auth/jwt/role/lapse @trust.json",
    write: vault,
  },
};

/** The document, in the cloud's own language. The applier must be exact (`inexact` says nothing). */
export function trustText(cloud: Cloud, applier: Applier): string {
  return jsonText(DIALECTS[cloud].write(applier));
}

/** What AWS can demand beside issuer and audience; Google and Vault see every claim. */
const COMMON = ["sub", "repository_id", "ref", "job_workflow_ref", "environment"] as const;
const ALL = [...COMMON, "repository_owner_id", "runner_environment"] as const;

type Demand = readonly [claim: string, values: readonly string[]];

function demands(applier: Applier, names: readonly string[]): readonly Demand[] {
  const claims = expectedClaims(applier);
  return names.map((name) => [name, claims[name] ?? []]);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif */
function aws(applier: Applier): unknown {
  const provider = applier.issuer.replace("https://", "");
  const equals = demands(applier, ["aud", ...COMMON]);
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "LapseApplier",
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::ACCOUNT:oidc-provider/${provider}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: Object.fromEntries(
            equals.map(([name, values]) => [`${provider}:${name}`, one(values)]),
          ),
        },
      },
    ],
  };
}

function one(values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? (values[0] ?? "") : values;
}

/** Of GitHub's claims it knows these two; each credential is one pair of them. */
function azure(applier: Applier): unknown {
  const { sub = [], job_workflow_ref: refs = [] } = expectedClaims(applier);
  const pairs = sub.flatMap((subject) => refs.map((ref) => ({ subject, ref })));
  return pairs.map(({ subject, ref }, index) => ({
    name: `lapse-${index + 1}`,
    issuer: applier.issuer,
    audiences: [applier.audience],
    claimsMatchingExpression: {
      languageVersion: 1,
      value: `claims['sub'] eq '${subject}' and claims['job_workflow_ref'] eq '${ref}'`,
    },
  }));
}

function gcp(applier: Applier): unknown {
  const condition = demands(applier, ALL).map(([name, values]) => {
    const literals = values.map((value) => `'${value}'`);
    return literals.length === 1
      ? `assertion.${name} == ${literals[0] ?? ""}`
      : `assertion.${name} in [${literals.join(", ")}]`;
  });
  return {
    displayName: "Lapse applier",
    oidc: { issuerUri: applier.issuer, allowedAudiences: [applier.audience] },
    attributeMapping: { "google.subject": "assertion.sub" },
    attributeCondition: condition.join(" && "),
  };
}

/** https://developer.hashicorp.com/vault/api-docs/auth/jwt#create-update-role */
function vault(applier: Applier): unknown {
  return {
    role_type: "jwt",
    user_claim: "repository_id",
    bound_audiences: [applier.audience],
    bound_claims_type: "string",
    bound_claims: { iss: applier.issuer, ...Object.fromEntries(demands(applier, ALL)) },
    token_type: "batch",
    token_ttl: "30m",
    token_policies: ["POLICY"],
  };
}
