// What does a failure of the file system mean to Lapse?
import { ProviderError, type ErrorClass } from "../provider.ts";

/** By errno. Whatever nobody foresaw may pass, so it is tried again. */
const MEANING: Readonly<Record<string, ErrorClass>> = {
  EACCES: "forbidden",
  EPERM: "forbidden",
  EROFS: "forbidden",
  ENOENT: "target-missing",
  ENOTDIR: "target-missing",
  EDQUOT: "throttled",
  ENOSPC: "throttled",
};

export function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string"
    ? thrown.code
    : "none";
}

export function asProviderError(thrown: unknown, doing: string): ProviderError {
  if (thrown instanceof ProviderError) return thrown;
  const vendorCode = codeOf(thrown);
  const cls = MEANING[vendorCode] ?? "transient";
  return new ProviderError(cls, `the CA's folder did not let us ${doing}`, { vendorCode, cause: thrown });
}
