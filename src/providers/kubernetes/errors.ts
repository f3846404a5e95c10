// What does an answer of the API server mean to Lapse?
import { ApiException } from "@kubernetes/client-node";
import { ProviderError, type ErrorClass } from "../provider.ts";

/** What the API server says of a failure; the client hands over only its text. */
export interface Status {
  readonly reason: string;
  readonly message: string;
  /** What is missing or refused, e.g. `rolebindings` and its name. */
  readonly kind: string;
  readonly name: string;
  readonly causes: readonly string[];
}

const BY_CODE: Readonly<Record<number, ErrorClass>> = {
  400: "malformed",
  401: "forbidden",
  403: "forbidden",
  404: "target-missing",
  405: "target-missing",
  409: "conflict",
  413: "malformed",
  415: "malformed",
  422: "malformed",
  429: "throttled",
};
/** By the resource that a 404 is about. */
const MISSING: Readonly<Record<string, ErrorClass>> = {
  clusterroles: "role-missing",
  roles: "role-missing",
  // Gone between two of our calls.
  rolebindings: "conflict",
  clusterrolebindings: "conflict",
};
const NO_CERTIFICATE = /CERT|SSL|TLS/;
/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping */
const ESCALATION = "attempting to grant RBAC permissions not currently held";
/** Webhooks and ValidatingAdmissionPolicies refuse with the same codes as the API server. */
const ADMISSION = /denied (the )?request|exceeded quota/;

/** The Status object that the API server answered; nothing where a proxy or a stranger did. */
export function statusOf(thrown: unknown): Status | undefined {
  if (!(thrown instanceof ApiException)) return undefined;
  const read = parse(thrown.body);
  if (read?.["kind"] !== "Status") return undefined;
  const details = object(read["details"]);
  const causes = Array.isArray(details?.["causes"]) ? (details["causes"] as unknown[]) : [];
  return {
    reason: text(read["reason"]),
    message: text(read["message"]),
    kind: text(details?.["kind"]),
    name: text(details?.["name"]),
    causes: causes.map((cause) => text(object(cause)?.["reason"])),
  };
}

function parse(body: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof body !== "string") return object(body);
  try {
    return object(JSON.parse(body));
  } catch {
    return undefined;
  }
}

function object(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The vendor's text stays in `cause`: it may hold names, and whatever an admission webhook likes to say. */
export function asProviderError(thrown: unknown, doing: string): ProviderError {
  if (thrown instanceof ProviderError) return thrown;
  if (!(thrown instanceof ApiException)) return socketError(thrown, doing);
  const status = statusOf(thrown);
  const [cls, why] = meaning(thrown.code, status);
  const vendorCode = [String(thrown.code), ...(status?.reason === undefined ? [] : [status.reason])].join(
    " ",
  );
  return new ProviderError(cls, `Kubernetes did not ${doing}: ${why}`, { vendorCode, cause: thrown });
}

function meaning(code: number, status: Status | undefined): readonly [ErrorClass, string] {
  if (code === 403 || code === 422) {
    const refused = refusal(status);
    if (refused) return refused;
  }
  if (code === 401) return ["forbidden", "the API server does not accept the applier's token"];
  if (code === 404) return missing(status);
  const cls = BY_CODE[code] ?? "transient";
  return [cls, code === 403 ? "the applier lacks the right (see manifests/applier.yaml)" : cls];
}

function refusal({ causes = [], message = "" }: Partial<Status> = {}):
  readonly [ErrorClass, string] | undefined {
  if (causes.includes("NamespaceTerminating")) return ["target-missing", "the namespace is being deleted"];
  if (message.includes(ESCALATION))
    return ["forbidden", "the applier has no `bind` on this role (see manifests/applier.yaml)"];
  return ADMISSION.test(message)
    ? ["denied-by-policy", "a policy of the cluster refuses it (quota, webhook or admission policy)"]
    : undefined;
}

function missing(status: Status | undefined): readonly [ErrorClass, string] {
  if (status?.kind === "namespaces") return ["target-missing", "there is no such namespace"];
  if (!status || status.name === "") return ["target-missing", "there is no Kubernetes API at this address"];
  const cls = MISSING[status.kind] ?? "target-missing";
  return [cls, cls === "role-missing" ? "there is no such role" : "it is not there"];
}

function socketError(thrown: unknown, doing: string): ProviderError {
  const code = codeOf(thrown);
  const untrusted = NO_CERTIFICATE.test(code);
  const why = untrusted
    ? "its certificate is not trusted (see caEnv)"
    : code === "AbortError"
      ? "no answer in time"
      : code;
  return new ProviderError(untrusted ? "forbidden" : "transient", `Kubernetes did not ${doing}: ${why}`, {
    vendorCode: code,
    cause: thrown,
  });
}

/** The socket's code, or what the failure is called; never its text. */
function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "none";
  return "code" in thrown && typeof thrown.code === "string" ? thrown.code : thrown.name;
}
