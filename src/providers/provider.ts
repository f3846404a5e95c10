// What must a target be able to do? (the provider port: types only)
import type { Assignment, Claim, Finding, Instant, JsonObject } from "../core/model.ts";

/** How a target lets us tell our own access from everybody else's. */
export type Ownership = "object" | "container" | "marked" | "bare" | "gate";

export interface Capabilities {
  readonly ownership: Ownership;
  readonly expiry: "none" | "native" | "native-leaves-garbage" | "credential-ttl";
  /** Grants and revocations return an operation to poll. */
  readonly async: boolean;
  /** Writes in flight at once on one target. */
  readonly concurrency: number;
  /** Our marks carry the planned end, so that `lapse sweep` can end access from the target alone. */
  readonly sweepable: boolean;
  /** What may outlive a revocation, in words for the reviewer; empty when nothing does. */
  readonly residue: readonly string[];
}

export type Observed =
  | { readonly state: "absent" }
  /** Ours: carries our mark, or the ledger says so and nothing contradicts it. */
  | { readonly state: "ours"; readonly receipt: JsonObject; readonly drift?: string }
  /** There, but not ours: never changed, never removed. */
  | { readonly state: "foreign" }
  /** There, and nothing on the target says who gave it (bare edges, containers): the ledger knows whether it is ours. */
  | { readonly state: "held"; readonly receipt: JsonObject }
  | { readonly state: "pending" }
  /** Our memberless husk is left and could not be cleaned up; it gives nothing. */
  | { readonly state: "tombstone"; readonly reason: string };

/** What a listing shows of ours; in a container, whoever is in it, without a mark. */
export interface Listed extends Assignment {
  /** The planned end, where our mark carries it; absent also when somebody spoiled it. */
  readonly until?: Instant;
}

export type ErrorClass =
  | "throttled"
  | "conflict"
  | "too-soon"
  | "transient"
  | "subject-missing"
  | "role-missing"
  | "target-missing"
  | "forbidden"
  | "denied-by-policy"
  | "malformed";

/** Thrown by every method below when the target does not do or answer as asked. Unknown, never "absent". */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly class: ErrorClass;
  readonly retryable: boolean;
  /** The vendor's own code, e.g. an SQLSTATE. Safe to print; the vendor's message is in `cause` and may not be. */
  readonly vendorCode: string;
  constructor(cls: ErrorClass, message: string, options: { vendorCode: string; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.class = cls;
    this.retryable = cls === "throttled" || cls === "conflict" || cls === "too-soon" || cls === "transient";
    this.vendorCode = options.vendorCode;
  }
}

/** Who lets this principal in. Before a grant it finds standing access; after a revoke, an escape. */
export interface Verdict {
  readonly allowed: boolean;
  /** Names of the ways in, ours included. */
  readonly via: readonly string[];
  /**
   * Some way in is not Lapse's at all: neither this assignment nor that of any other request (a mark of our owner).
   * Overlapping requests are therefore not standing access to each other.
   */
  readonly standing: boolean;
}

export interface Revocation {
  /** `absent` is said only after a positive read that lacks it. */
  readonly state: "absent" | "sent" | "escaped";
  readonly receipt: JsonObject;
  /** What goes on in spite of it, e.g. "role kept as a tombstone: 1 object in database db2". */
  readonly residue: readonly string[];
}

/** An open connection to one target. Every method is idempotent, bounded in time, and throws ProviderError. */
export interface Session {
  /** Names → immutable ids. Writes nothing. */
  resolve(claim: Claim): Promise<Assignment>;
  /** One answer per assignment, in order. */
  observe(assignments: readonly Assignment[]): Promise<readonly Observed[]>;
  /** Everything that carries our mark; `complete: false` forbids any conclusion from what is missing. */
  list(): Promise<{ readonly items: readonly Listed[]; readonly complete: boolean }>;
  /**
   * Create-only, all or nothing; granting what is already ours succeeds. Refuses when `end` is not after `now`,
   * and never adopts what is foreign.
   */
  grant(
    assignment: Assignment,
    window: { readonly end: Instant; readonly now: Instant },
  ): Promise<JsonObject>;
  /** Removes exactly this assignment, ends live sessions where the target can, and reads the target back. */
  revoke(assignment: Assignment): Promise<Revocation>;
  verify(assignment: Assignment): Promise<Verdict>;
  /** Removes husks and expired leftovers of ours. Returns what it removed, in words. */
  cleanup(): Promise<readonly string[]>;
  /** Can the applier do exactly what it must, and no more? */
  doctor(): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly owner: string;
  /** Looks up an environment variable named in `connection`; the only way to a secret. */
  readonly secret: (name: string) => string | undefined;
  /** Told of each credential that was made here and now, so that nobody gets to see it. */
  readonly hide?: (secret: string) => void;
  /** Bound on each single call, in milliseconds. */
  readonly timeout: number;
}

export interface Provider {
  readonly kind: string;
  /** False where this version can declare and check such targets, but not act on them. */
  readonly grants: boolean;
  readonly capabilities: Capabilities;
  /** JSON Schemas (2020-12) of what people write for this provider; closed objects with descriptions. */
  readonly schemas: { readonly connection: object; readonly role: object; readonly scope: object };
  /** Roles that defeat time limits; the reason if this one does. */
  selfPerpetuating(role: JsonObject): string | undefined;
  /** Reserved or malformed identities and roles, judged offline. */
  lint(claim: Pick<Claim, "identity" | "role" | "scope">): string | undefined;
  /** What a person types to use the access, for the pull request. */
  howToConnect(claim: Claim): string;
  connect(connection: JsonObject, options: ConnectOptions): Promise<Session>;
}
