// What does a command get to work with? (types only; wire.ts builds it, tests build their own)
import type { Instant } from "./core/model.ts";
import type { Forge } from "./forge/forge.ts";
import type { Lease } from "./repo/lease.ts";
import type { Ledger } from "./repo/ledger.ts";
import type { Repo } from "./repo/repo.ts";
import type { Provider } from "./providers/provider.ts";

/** 0 done, 1 failed, 2 usage, 3 a check failed, 4 credentials, 5 changes, 6 partial, 7 access outlived its end, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 130;

export interface Io {
  /** Result, to stdout. */
  readonly out: (text: string) => void;
  /** Progress and messages, to stderr. */
  readonly err: (text: string) => void;
  readonly color: boolean;
  readonly interactive: boolean;
  /** Running as a workflow step that turns `::error …` lines into annotations. */
  readonly annotates: boolean;
  /** Appends to the job summary where there is one. */
  readonly summary: (markdown: string) => void;
}

export interface Context {
  /** Root of the access repository's work tree. */
  readonly dir: string;
  /** Read once per run. */
  readonly now: Instant;
  /** The time right before an act: a run that slept since `now` must not grant what has ended. */
  clock(): Instant;
  /** The workflow run's id, or `local`. */
  readonly run: string;
  /** Git ref that a workflow runs on; absent outside of workflows. */
  readonly ref?: string;
  readonly repo: Repo;
  readonly ledger: Ledger;
  /** Connects on first use; throws a Problem of kind `forbidden` or `misconfigured` when it cannot. */
  forge(): Promise<Forge>;
  provider(kind: string): Promise<Provider | undefined>;
  readonly providerKinds: readonly string[];
  /** Bound on one call to a target, in milliseconds. */
  readonly timeout: number;
  /** Looks up an environment variable that a target's connection names. */
  secret(name: string): string | undefined;
  readonly io: Io;
  readonly json: boolean;
  /**
   * Asked right before every decision and every grant, where several processes take turns: may this one still give? Taking
   * away asks nobody. Absent where each run is its own.
   */
  fence?(): Promise<boolean>;
}

/** What a command that runs for long has on top. */
export interface Life {
  /** What no other process is called. */
  readonly name: string;
  /** Milliseconds since any moment, by a clock that is never set. */
  elapsed(): number;
  /** In milliseconds; returns early when we are to stop. */
  sleep(ms: number): Promise<void>;
  /** From the first call on, a signal does not kill: it aborts this. A second one kills, and so does half a minute. */
  stopping(): AbortSignal;
  /** At least 0, less than 1. */
  random(): number;
  /** `life` in milliseconds: how long nobody else may take it when we stop renewing it. */
  lease(life: number): Lease;
}
