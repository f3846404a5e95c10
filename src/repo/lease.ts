// Which one of several controllers runs? (the lease port: types only)

export type Held =
  | { readonly is: "ours" }
  /** `by` is whoever holds it, as it calls itself. */
  | { readonly is: "others"; readonly by: string }
  /** Nobody could be asked. Less access does not wait for an answer; more access does. */
  | { readonly is: "unknown"; readonly reason: string };

export interface Lease {
  /** Takes a lease that nobody renews any more, or renews ours. Call it more often than every third of its life. */
  hold(): Promise<Held>;
  /** Asks right before an act. False when it is lost, or when nobody can say. */
  isOurs(): Promise<boolean>;
  /** Lets go, so that the next one need not wait. Never throws. */
  release(): Promise<void>;
}
