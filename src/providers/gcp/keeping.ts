// Which permissions defeat any time limit? (whoever has one can give himself access, or make credentials, that outlive the loan)

/**
 * Names: https://cloud.google.com/iam/docs/roles-permissions. Let pass, since they end with the loan or leave no more
 * than any shell does: logging in to machines, running containers, changing data.
 */
const KEEPING: readonly RegExp[] = [
  // Who may do what.
  /\.setIamPolicy$/,
  /^iam\.roles\.(create|update|undelete)$/,
  /^iam\.denypolicies\.(update|delete)$/,
  /^privilegedaccessmanager\.entitlements\.(create|update)$/,
  // Below a folder of one's own, one inherits what one has there.
  /^resourcemanager\.(projects|folders)\.move$/,
  /^firebaserules\.releases\.(create|update)$/,

  // Who is who: https://cloud.google.com/iam/docs/service-account-permissions and .../iam/docs/workload-identity-federation
  /^iam\.serviceAccountKeys\.(create|enable)$/,
  /^iam\.serviceAccounts\.(actAs|getAccessToken|getOpenIdToken|implicitDelegation|signBlob|signJwt)$/,
  /^iam\.serviceAccountApiKeyBindings\.(create|undelete)$/,
  /^iam\.work(load|force)\w+\.(create|update|undelete|\w*AttestationRules?)$/i,
  /^iam\.oauthClientCredentials\.(create|update)$/,

  // Keys, passwords and certificates that go on working.
  /^apikeys\.keys\.(create|update|undelete)$/,
  /^storage\.hmacKeys\.(create|update)$/,
  /^privateca\.certificates\.create(ForSelf)?$/,
  /^(alloydb|cloudsql|firebaseauth)\.users\.(create|update)$/,
  /^datastore\.userCreds\.(create|update)$/,
  // An import runs SQL as the database's administrator: https://cloud.google.com/sql/docs/postgres/import-export/import-export-sql
  /^cloudsql\.(sslCerts\.create|instances\.import)$/,
  // SSH keys are metadata: https://cloud.google.com/compute/docs/connect/add-ssh-keys
  /^compute\.(instances\.setMetadata|projects\.setCommonInstanceMetadata)$/,

  // The same in a cluster, for the reasons of https://kubernetes.io/docs/concepts/security/rbac-good-practices/
  /^container\.(clusterR|r)oleBindings\.(create|update)$/,
  /^container\.(clusterR|r)oles\.(create|update|bind|escalate)$/,
  /^container\.serviceAccounts\.createToken$/,
  /^container\.secrets\.(create|get|list)$/,
  /^container\.certificateSigningRequests\.(approve|updateStatus)$/,
  /^container\.(mutating|validating)WebhookConfigurations\.(create|update|delete)$/,
  /^gkehub\.rbacrolebindings\.(create|update)$/,

  // Code that runs as somebody stronger, without the right to act as him being asked for, or again and again as root.
  // https://cloud.google.com/build/docs/cloud-build-service-account and .../deployment-manager/docs/access-control
  /^cloudbuild\.builds\.create$/,
  /^deploymentmanager\.deployments\.(create|update)$/,
  /^osconfig\.((patchDeployments|guestPolicies|osPolicyAssignments)\.(create|update)|patchJobs\.exec)$/,
];

/** Those among the permissions that defeat any time limit. */
export function keeping(permissions: readonly string[]): readonly string[] {
  return permissions.filter((permission) => KEEPING.some((name) => name.test(short(permission))));
}

/** Some are listed with their service's full name: `iam.googleapis.com/workloadIdentityPools.create`. */
const short = (permission: string): string => permission.replace(".googleapis.com/", ".");
