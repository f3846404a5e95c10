// Which roles cannot be lent, since they have no end or make access that has none?

/** They cannot carry a condition. https://cloud.google.com/iam/docs/conditions-overview#resources */
const BASIC = /^roles\/(owner|editor|viewer)$/;

/** By name alone, without asking; what hides in any other role is found by its permissions when it is resolved. */
const STRONG: readonly RegExp[] = [
  /^roles\/(admin|writer)$/,
  /^roles\/iam\.(?!\w*(viewer|reviewer)$)/i,
  /^roles\/resourcemanager\.\w*(admin|creator|mover)$/i,
  /^roles\/(orgpolicy\.policyAdmin|privilegedaccessmanager\.admin|iap\.admin|deploymentmanager\.editor)$/,
  /^roles\/(bigquery|cloudkms|compute|pubsub|run|secretmanager|spanner|storage)\.admin$/,
];

/**
 * Whoever has one of these can give himself access, or make credentials, that outlive the loan.
 * https://cloud.google.com/iam/docs/understanding-service-accounts and .../iam/docs/permissions-reference
 */
const KEEPING: readonly RegExp[] = [
  /\.setIamPolicy$/,
  /^iam\.serviceAccountKeys\.(create|enable)$/,
  /^iam\.serviceAccounts\.(actAs|getAccessToken|getOpenIdToken|implicitDelegation|signBlob|signJwt)$/,
  /^iam\.roles\.(create|update|undelete)$/,
  /^iam\.work(load|force)\w*Providers?\.(create|update|undelete)$/i,
  /^iam\.workloadIdentityPools\.(create|update|undelete)$/,
  /^storage\.hmacKeys\.create$/,
  /^cloudbuild\.builds\.create$/,
  /^deploymentmanager\.deployments\.(create|update)$/,
  /^privilegedaccessmanager\.entitlements\.(create|update)$/,
];

/** Why this role cannot be lent, as far as its name tells. */
export function unlendable(role: string): string | undefined {
  return BASIC.test(role) ? `${role} is a basic role: Google lets no condition end it` : perpetuating(role);
}

/** Why this role defeats any time limit, as far as its name tells. */
export function perpetuating(role: string): string | undefined {
  const strong = BASIC.test(role) || STRONG.some((name) => name.test(role));
  return strong ? `${role} can make access that does not end` : undefined;
}

/** Those among the permissions that defeat any time limit. */
export function keeping(permissions: readonly string[]): readonly string[] {
  return permissions.filter((permission) => KEEPING.some((name) => name.test(permission)));
}
