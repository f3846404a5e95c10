// What do Lapse and an exec plugin say to each other? (types only: the reference for whoever writes a plugin)
import type { JsonObject } from "../../core/model.ts";
import type { Capabilities, ErrorClass } from "../provider.ts";

/** Stands in every request and every answer. It changes only when a field changes its meaning or goes away. */
export const API_VERSION = "lapse.dev/provider/v1" as const;

export type Op =
  "describe" | "resolve" | "observe" | "list" | "grant" | "revoke" | "verify" | "cleanup" | "doctor";

/** One JSON object on stdin; then stdin ends. New fields may come at any time: ignore what you do not know. */
export interface Request {
  readonly apiVersion: typeof API_VERSION;
  readonly op: Op;
  /** Repeat it in the answer. */
  readonly requestId: string;
  /**
   * After so many milliseconds your process group is killed, and as soon as Lapse exits, also when it is interrupted. What
   * left the group (a daemon) goes on, and all of it if Lapse itself is killed by SIGKILL: bound your own calls by it.
   */
  readonly timeoutMs: number;
  /** Write nothing, whatever the op. Ops that only read always say true; the others then answer as if they had acted. */
  readonly dryRun: boolean;
  /** Which installation of Lapse this is: the same word goes into every mark. */
  readonly owner: string;
  /** `connection.config` of the target's file, as it was written. */
  readonly config: JsonObject;
  /** `resolve` only. */
  readonly claims?: readonly PluginClaim[];
  /** `observe`, `grant`, `revoke` and `verify` only. */
  readonly assignments?: readonly PluginAssignment[];
  /** `grant` only, both in RFC 3339. */
  readonly window?: { readonly now: string; readonly until: string };
}

/** Who asks for what, in the words of the files: nothing in it was looked up yet, and anything in it may be hostile. */
export interface PluginClaim {
  /** Names this claim within this one request; repeat it in its result. */
  readonly id: string;
  /** The request's name, for your mark: unique within the owner, once and for ever. */
  readonly request: string;
  readonly target: string;
  /** The subject's name on this target, from the person's file. */
  readonly identity: string;
  /** `role.with` of the entitlement. Lapse cannot check it offline: you do, here. */
  readonly role: JsonObject;
  /** `{}` or `{ "part": "…" }`: what the request narrows the access to. Refuse what you cannot narrow. */
  readonly scope: JsonObject;
}

/** What `resolve` answered, exactly, from the ledger: possibly years later, to a later version of the plugin. */
export interface PluginAssignment extends Resolved {
  readonly id: string;
  readonly target: string;
}

/** One JSON object on stdout, then exit 0, also when some results are errors. */
export interface Answer {
  readonly apiVersion: typeof API_VERSION;
  readonly requestId: string;
  /** Nothing could be said at all, e.g. because there is no such target; then nothing else in the answer counts. */
  readonly error?: Failure["error"];
  /** `resolve`, `observe`, `grant`, `revoke`, `verify`: one for each claim or assignment, found by its id. */
  readonly results?: readonly (Result | Failure)[];
  /** `describe` only. */
  readonly plugin?: Description;
  /** `list` only; `complete` is true only if every page was read to its end. */
  readonly items?: readonly Item[];
  readonly complete?: boolean;
  /** `cleanup` only: what was removed, in words. */
  readonly removed?: readonly string[];
  /** `doctor` only. */
  readonly findings?: readonly PluginFinding[];
}

/** This one could not be done, or could not be seen. */
export interface Failure {
  readonly id: string;
  readonly error: {
    /** Decides whether Lapse tries again; an unknown one is `transient`. */
    readonly class: ErrorClass;
    /** The target's own code, e.g. "429"; printed, so letters, digits and `._-` only. */
    readonly code?: string;
    /** For a person who debugs; never printed in a report. */
    readonly message?: string;
    /** In seconds, if the target said so. */
    readonly retryAfter?: number;
  };
}

export type Result = { readonly id: string } & (Resolved | Seen | Revoked | Verified);

/** `resolve`: all that it takes to find, prove and end this access. It is frozen into the ledger: ids, no secrets. */
export interface Resolved {
  /**
   * One text for one edge, among all targets that this plugin serves: ASCII without blanks, up to 200 characters. With
   * ownership `object` it holds the request. Else two requests for the same access have the same key, so that the end of
   * one does not end the other; then say in it which system it is, too.
   */
  readonly key: string;
  /** The subject by an id that survives a renaming. */
  readonly principal: JsonObject;
  readonly role: JsonObject;
  readonly scope: JsonObject;
  /** Name of your own object or mark, in the form of a key, where there is one. Hash what is long or hostile. */
  readonly mark?: string;
}

/** `observe` gives any of these; `grant` gives `ours`, `held` or `pending`, after it has read the target back. */
export type Seen =
  /** Only after a successful read that lacks it. A 404, a 403 or an empty error is no such read. */
  | { readonly state: "absent" }
  /** Carries our mark, or is exactly where ours would be and is what we granted; `drift` says what was changed on it. */
  | { readonly state: "ours"; readonly receipt: JsonObject; readonly drift?: string }
  /** There, and the target cannot say who gave it (ownership `container` and `bare`). */
  | { readonly state: "held"; readonly receipt: JsonObject }
  /** Somebody else's thing is exactly where ours would be. */
  | { readonly state: "foreign" }
  /** Ordered, not carried out yet. */
  | { readonly state: "pending"; readonly receipt?: JsonObject }
  /** Ours is left and gives nothing, but cannot be removed. */
  | { readonly state: "tombstone"; readonly reason: string };

/** `revoke`. Lapse asks `observe` afterwards, in a new process, and believes `absent` only if that agrees. */
export interface Revoked {
  /** `sent`: ordered, not proved yet. `escaped`: ours is gone, and the subject gets in by a way that is not Lapse's. */
  readonly state: "absent" | "sent" | "escaped";
  readonly receipt: JsonObject;
  /** What goes on in spite of it, e.g. "a session that was open stays until it ends". */
  readonly residue?: readonly string[];
}

/** `verify`: who lets this subject in. */
export interface Verified {
  readonly allowed: boolean;
  /** Names of all ways in, ours included; with ownership `object` ours is called as its mark. */
  readonly via: readonly string[];
  /** Some way in is not Lapse's at all. Other requests of the same owner do not count. */
  readonly standing: boolean;
}

/** `describe`, which is asked once a connection: offline, without touching the target. */
export interface Description extends Pick<Capabilities, "expiry" | "async" | "residue"> {
  /** Like `groups`: small letters, digits, dashes. It goes into every key, so it stays the same in all versions. */
  readonly name: string;
  readonly version: string;
  readonly ownership: Exclude<Capabilities["ownership"], "gate">;
}

/** `list`: something with a mark of this owner; in a container, every member, without `mark`. */
export interface Item extends Resolved {
  /** Both as the mark says; a container knows neither. */
  readonly target?: string;
  readonly request?: string;
  /** The planned end in RFC 3339, as the mark says; leave it out where somebody spoiled it. */
  readonly until?: string;
}

export interface PluginFinding {
  /** Cannot do what it must, can do more than it must, foreign member, leftovers, outlives its end, pretender. */
  readonly code: "LPS430" | "LPS431" | "LPS432" | "LPS433" | "LPS434" | "LPS435";
  readonly severity: "error" | "warning";
  readonly message: string;
  /** What an administrator types. */
  readonly fix: string;
}
