// What does an answer of Google Cloud mean to Lapse?
import { ProviderError, type ErrorClass } from "../provider.ts";

/** What the SDK throws, as far as we read it. https://google.aip.dev/193 */
interface Thrown {
  readonly status?: unknown;
  readonly code?: unknown;
  readonly response?: {
    readonly status?: unknown;
    readonly headers?: unknown;
    readonly data?: { readonly error?: unknown };
  };
}

interface Details {
  readonly status?: unknown;
  readonly message?: unknown;
  readonly errors?: unknown;
}

const MEANING: Readonly<Record<number, ErrorClass>> = {
  400: "malformed",
  401: "forbidden",
  403: "forbidden",
  404: "target-missing",
  408: "transient",
  // "Please retry the whole read-modify-write": the policy was changed meanwhile.
  409: "conflict",
  412: "conflict",
  429: "throttled",
};

const NO_CERTIFICATE = /CERT|SSL|TLS/;
const QUOTA = /rateLimitExceeded|quotaExceeded/i;
/** E.g. domain restricted sharing. https://cloud.google.com/resource-manager/docs/organization-policy/restricting-domains */
const ORGANISATION_POLICY = /organization policy|permitted customer/i;

function responseOf(thrown: unknown): Thrown["response"] {
  return typeof thrown === "object" && thrown !== null ? (thrown as Thrown).response : undefined;
}

function detailsOf(thrown: unknown): Details | undefined {
  const error = responseOf(thrown)?.data?.error;
  return typeof error === "object" && error !== null ? error : undefined;
}

function statusOf(thrown: unknown): number {
  return Number(responseOf(thrown)?.status ?? NaN);
}

/** The vendor's own words: to be read, never to be printed. */
export function wordsOf(thrown: unknown): string {
  const message = detailsOf(thrown)?.message;
  return typeof message === "string" ? message : "";
}

/** Google's own name of the error, else the HTTP status, else what the socket said. */
function codeOf(thrown: unknown): string {
  const named = detailsOf(thrown)?.status;
  if (typeof named === "string" && named !== "") return named;
  const status = statusOf(thrown);
  if (!Number.isNaN(status)) return String(status);
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return typeof code === "string" ? code : "none";
}

/** The same status can mean different things; the first that fits. The token service answers in another form. */
const FINER: readonly {
  readonly status: number;
  readonly fits: (thrown: unknown) => boolean;
  readonly cls: ErrorClass;
}[] = [
  {
    status: 403,
    fits: (thrown) => QUOTA.test(JSON.stringify(detailsOf(thrown)?.errors ?? "")),
    cls: "throttled",
  },
  { status: 400, fits: (thrown) => ORGANISATION_POLICY.test(wordsOf(thrown)), cls: "denied-by-policy" },
  { status: 400, fits: (thrown) => typeof responseOf(thrown)?.data?.error === "string", cls: "forbidden" },
];

function classOf(thrown: unknown): ErrorClass {
  const status = statusOf(thrown);
  if (Number.isNaN(status)) return NO_CERTIFICATE.test(codeOf(thrown)) ? "forbidden" : "transient";
  const finer = FINER.find((one) => one.status === status && one.fits(thrown));
  return finer?.cls ?? MEANING[status] ?? "transient";
}

/** The vendor's text stays in `cause`: it may hold names. */
export function asProviderError(thrown: unknown, doing: string): ProviderError {
  if (thrown instanceof ProviderError) return thrown;
  const cls = classOf(thrown);
  return new ProviderError(cls, `Google Cloud did not ${doing}: ${cls}`, {
    vendorCode: codeOf(thrown),
    cause: thrown,
  });
}

/** How long Google asks to wait, in milliseconds. */
export function retryAfter({ cause }: ProviderError): number | undefined {
  const said = headerIn(responseOf(cause)?.headers, "retry-after") ?? "";
  return /^\d{1,5}$/.test(said) ? Number(said) * 1_000 : undefined;
}

/** The SDK gives headers as a plain object or as one with `get`, depending on whose `fetch` it found. */
export function headerIn(headers: unknown, name: string): string | undefined {
  if (typeof headers !== "object" || headers === null) return undefined;
  const value =
    "get" in headers && typeof headers.get === "function"
      ? (headers as { get: (name: string) => unknown }).get(name)
      : (headers as Readonly<Record<string, unknown>>)[name];
  return typeof value === "string" ? value : undefined;
}
