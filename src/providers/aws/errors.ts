// What does an answer of AWS mean to Lapse?
import { ProviderError, type ErrorClass } from "../provider.ts";

const MEANING: Readonly<Record<string, ErrorClass>> = {
  AccessDenied: "forbidden",
  AccessDeniedException: "forbidden",
  AuthFailure: "forbidden",
  CredentialsProviderError: "forbidden",
  ExpiredToken: "forbidden",
  ExpiredTokenException: "forbidden",
  IncompleteSignature: "forbidden",
  InvalidClientTokenId: "forbidden",
  InvalidSignatureException: "forbidden",
  MissingAuthenticationToken: "forbidden",
  OptInRequired: "forbidden",
  SignatureDoesNotMatch: "forbidden",
  TokenProviderError: "forbidden",
  UnrecognizedClientException: "forbidden",
  LimitExceededException: "denied-by-policy",
  UnmodifiableEntityException: "denied-by-policy",
  ConcurrentModificationException: "conflict",
  ConflictException: "conflict",
  EntityTemporarilyUnmodifiableException: "conflict",
  RequestLimitExceeded: "throttled",
  // Identity Center says this when too many orders are outstanding, which passes.
  ServiceQuotaExceededException: "throttled",
  SlowDown: "throttled",
  Throttling: "throttled",
  ThrottlingException: "throttled",
  TooManyRequestsException: "throttled",
  InvalidInputException: "malformed",
  MalformedPolicyDocumentException: "malformed",
  ValidationError: "malformed",
  ValidationException: "malformed",
};

/** Says what was not found, where the identity store names it. */
const MISSING: Readonly<Record<string, ErrorClass>> = {
  USER: "subject-missing",
  GROUP: "role-missing",
  IDENTITY_STORE: "target-missing",
};

const NOT_FOUND = ["ResourceNotFoundException", "NoSuchEntityException"];

/** A field of the thrown error that is a text. */
function field(thrown: unknown, name: string): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const value = (thrown as unknown as Readonly<Record<string, unknown>>)[name];
  return typeof value === "string" ? value : undefined;
}

/**
 * The vendor's text stays in `cause`. `missing` is what a "not found" means where AWS does not say what it misses.
 * A key of KMS that is out of reach is reported as a missing resource, too: then nothing was looked at at all.
 */
export function asProviderError(thrown: unknown, doing: string, missing: ErrorClass): ProviderError {
  if (thrown instanceof ProviderError) return thrown;
  const reason = field(thrown, "Reason");
  const name = field(thrown, "name") ?? "none";
  const vendorCode = reason?.startsWith("KMS_") === true ? reason : name;
  const cls = classOf(vendorCode, field(thrown, "ResourceType"), missing);
  return new ProviderError(cls, `AWS did not ${doing}: ${cls}`, { vendorCode, cause: thrown });
}

/** Whatever nobody foresaw may pass, so it is tried again. */
function classOf(code: string, resource: string | undefined, missing: ErrorClass): ErrorClass {
  if (code === "KMS_THROTTLING") return "throttled";
  if (code.startsWith("KMS_")) return "forbidden";
  if (NOT_FOUND.includes(code)) return MISSING[resource ?? ""] ?? missing;
  return MEANING[code] ?? "transient";
}

/** AWS said that it does not find it. By itself this proves nothing: a positive read has to agree. */
export function notFound(thrown: unknown): thrown is ProviderError {
  return thrown instanceof ProviderError && NOT_FOUND.includes(thrown.vendorCode);
}

/** What the call was refused with, if it was a conflict: AWS wants it tried again, and the SDK does not. */
export async function conflictOf(act: () => Promise<unknown>): Promise<ProviderError | undefined> {
  try {
    await act();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof ProviderError && thrown.class === "conflict") return thrown;
    throw thrown;
  }
}

export function refuse(cls: ErrorClass, message: string, vendorCode = "none"): never {
  throw new ProviderError(cls, message, { vendorCode });
}

/** Every kind refuses a window that is over; an end that is no number is over, too. */
export function refuseOver({ end, now }: { readonly end: number; readonly now: number }): void {
  if (!(end > now)) refuse("malformed", "the window is over", "past");
}
