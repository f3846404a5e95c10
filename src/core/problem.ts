// What do adapters throw when the world does not answer? (the only error class of Lapse)

export type ProblemKind =
  /** Try again later: network, timeout, throttled, lost race. */
  | "unavailable"
  /** Credentials or permission are missing: a person must fix them. */
  | "forbidden"
  /** Set-up or usage is wrong: a person must fix it. */
  | "misconfigured";

/** An expected failure of something outside of core, with what to do about it. Anything else thrown is a bug. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly kind: ProblemKind;
  readonly fix: string;

  constructor(kind: ProblemKind, message: string, fix: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
    this.fix = fix;
  }
}
