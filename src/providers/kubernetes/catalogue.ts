// Which rights defeat a time limit, and which leave something behind? (each with its reason)
import { covers, type Rule } from "./rules.ts";

/**
 * Rights, written `group/resource: verb verb`, with what they do. The reasons are those of
 * https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
 */
interface Row {
  readonly rights: readonly string[];
  readonly why: string;
  /** A rule that names its objects is let pass. */
  readonly unlessNamed?: boolean;
  /** Only where the role is bound for the whole cluster or in this namespace. */
  readonly namespace?: string;
}

const RBAC = "rbac.authorization.k8s.io";
const WRITE = "create update patch";

/**
 * Refused: with one of these rights a person makes access or credentials that no revocation of ours can reach, and
 * nothing else on the cluster would show it.
 */
const REFUSED: readonly Row[] = [
  {
    rights: [`${RBAC}/rolebindings: ${WRITE}`, `${RBAC}/clusterrolebindings: ${WRITE}`],
    why: "can write bindings, and so keep access for ever",
  },
  {
    rights: [`${RBAC}/roles: ${WRITE} bind escalate`, `${RBAC}/clusterroles: ${WRITE} bind escalate`],
    why: "can write roles, and so put temporary rights into one that stays",
  },
  {
    rights: [
      ...["users", "groups", "serviceaccounts"].map((who) => `/${who}: impersonate`),
      ...["uids", "userextras", "userextras/scopes"].map(
        (who) => `authentication.k8s.io/${who}: impersonate`,
      ),
    ],
    why: "can act as somebody else",
  },
  { rights: ["/serviceaccounts/token: create"], why: "can mint tokens of service accounts" },
  {
    // A patch is answered with the whole secret, also one that changes nothing.
    rights: ["/secrets: get list watch update patch"],
    why: "can read or replace every secret, tokens of service accounts included",
    unlessNamed: true,
  },
  { rights: ["/secrets: create"], why: "can have a token that never ends made for any service account" },
  {
    rights: [
      "certificates.k8s.io/certificatesigningrequests/approval: update patch",
      "certificates.k8s.io/certificatesigningrequests/status: update patch",
      "certificates.k8s.io/signers: approve sign",
    ],
    why: "can have client certificates issued, which nobody can revoke",
  },
  {
    rights: [
      "validatingwebhookconfigurations",
      "mutatingwebhookconfigurations",
      "validatingadmissionpolicies",
      "validatingadmissionpolicybindings",
      "mutatingadmissionpolicies",
      "mutatingadmissionpolicybindings",
    ].map((resource) => `admissionregistration.k8s.io/${resource}: ${WRITE} delete`),
    why: "can change what is admitted to the cluster, also what guards Lapse's bindings",
  },
  {
    rights: [`apiregistration.k8s.io/apiservices: ${WRITE}`],
    why: "can put a server of their own behind a part of the API, and so stay between it and everybody who uses it",
  },
  {
    rights: ["/nodes/proxy: get create"],
    why: "can run commands in every pod of a node, past audit and admission",
  },
  {
    rights: [`/configmaps: ${WRITE}`],
    why: "can write the settings of the cluster's own components, on EKS also who is whom (aws-auth)",
    namespace: "kube-system",
  },
];

/** Asked for every day and with good reason; something may go on after the end, and the revocation says so. */
const LASTING: readonly Row[] = [
  {
    rights: [
      ...["pods/exec", "pods/attach", "pods/portforward"].map((resource) => `/${resource}: create get`),
      "/pods/ephemeralcontainers: update patch",
    ],
    why: "a session in a pod that is open goes on, and a token read there works until it expires",
  },
  {
    rights: [
      ...["pods", "replicationcontrollers"].map((resource) => `/${resource}: create`),
      ...["deployments", "daemonsets", "statefulsets", "replicasets"].map((one) => `apps/${one}: ${WRITE}`),
      ...["jobs", "cronjobs"].map((resource) => `batch/${resource}: ${WRITE}`),
    ],
    why: "a workload that was started or changed goes on, as any service account of its namespace",
  },
  {
    rights: [`/persistentvolumes: create`],
    why: "a volume that was made goes on giving access to a node's files",
  },
  { rights: ["/secrets: get patch"], why: "a secret that was read stays known" },
  {
    rights: [`/secrets: update patch`, `/configmaps: ${WRITE}`, `/services: ${WRITE}`],
    why: "a setting that was changed stays changed",
  },
];

/** Why a role with these rules is not lent for a time; empty where it may be. */
export function refusals(rules: readonly Rule[], namespace: string | undefined): readonly string[] {
  const rows = REFUSED.filter((row) => applies(row, namespace));
  return rows.filter((row) => rules.some((rule) => matches(rule, row))).map(({ why }) => why);
}

/** What may outlive the end of a role with these rules, in words. */
export function lasting(rules: readonly Rule[]): readonly string[] {
  return LASTING.filter((row) => rules.some((rule) => matches(rule, row))).map(({ why }) => why);
}

function applies(row: Row, namespace: string | undefined): boolean {
  return row.namespace === undefined || namespace === undefined || namespace === row.namespace;
}

function matches(rule: Rule, { rights, unlessNamed }: Row): boolean {
  if (unlessNamed === true && rule.names.length > 0) return false;
  return rights.some((right) => {
    const [, group = "", resource = "", verbs = ""] = /^([^/]*)\/(.+): (.+)$/.exec(right) ?? [];
    return verbs.split(" ").some((verb) => covers(rule, { verb, group, resource }));
  });
}
