// Which roles cannot be lent, since they have no end or make access that has none?

/** They cannot carry a condition. https://cloud.google.com/iam/docs/conditions-overview#resources */
const BASIC = /^roles\/(owner|editor|viewer)$/;

/** By name alone, without asking; what hides in any other role is found by its permissions when it is resolved (keeping.ts). */
const STRONG: readonly RegExp[] = [
  /^roles\/(admin|writer)$/,
  /^roles\/iam\.(?!\w*(viewer|reviewer)$)/i,
  /^roles\/resourcemanager\.\w*(admin|creator|mover)$/i,
  /^roles\/(orgpolicy\.policyAdmin|privilegedaccessmanager\.admin|iap\.admin|deploymentmanager\.editor)$/,
  /^roles\/(alloydb|bigquery|cloudkms|cloudsql|compute|container|pubsub|run|secretmanager|spanner|storage)\.admin$/,
  /^roles\/(compute\.instanceAdmin(\.v1)?|container\.developer|serviceusage\.apiKeysAdmin)$/,
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
