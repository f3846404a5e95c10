// What do we ask of the forge? (the port: types only; every read is complete or throws)
import type { Activity, IssueComment, Permission, Pull, Review, TimelineEvent, User } from "../core/facts.ts";
import type { Instant } from "../core/model.ts";
import type { ForgeSettings } from "./settings.ts";

export type { Activity, ForgeSettings, IssueComment, Permission, Pull, Review, TimelineEvent, User };

export interface NewPull {
  readonly title: string;
  readonly body: string;
  readonly head: string;
  readonly base: string;
}

export interface NewIssue {
  /** First line of the body, by which the issue is found again. */
  readonly marker: string;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

/** Pull requests, reviews, issues and comments of one repository. Lists are all pages or a thrown Problem. */
export interface Forge {
  repository(): Promise<{ readonly id: number; readonly defaultBranch: string; readonly url: string }>;
  /** What time it is there, in whole seconds; null where the server does not say. */
  time(): Promise<Instant | null>;
  /** Who our own token is; null where the token cannot tell (an App installation). */
  whoami(): Promise<User | null>;
  pullsOf(commit: string): Promise<readonly number[]>;
  pull(number: number): Promise<Pull>;
  openPulls(headPrefix: string): Promise<readonly Pull[]>;
  pullBody(number: number): Promise<string>;
  reviews(number: number): Promise<readonly Review[]>;
  /** Users that the forge names as author or committer of the pull request's commits; null where it knows none. */
  committers(number: number): Promise<readonly (User | null)[]>;
  timeline(number: number): Promise<readonly TimelineEvent[]>;
  /** Newest first; `since` stops paging once older entries come. */
  activity(ref: string, since: Instant): Promise<readonly Activity[]>;
  /** Blob id of a path at a commit, which need not be on any branch any more. */
  blobAt(path: string, commit: string): Promise<string | undefined>;
  permission(user: User): Promise<Permission>;
  /** How the repository is set up. */
  readonly settings: ForgeSettings;
  /** Every comment, oldest first; undefined where the issue was deleted. */
  issueComments(issue: number): Promise<readonly IssueComment[] | undefined>;

  createPull(pull: NewPull): Promise<Pull>;
  updatePull(number: number, change: { readonly title?: string; readonly body?: string }): Promise<void>;
  /** One comment per marker, edited in place; only comments that we wrote ourselves are ours. */
  upsertComment(number: number, marker: string, body: string): Promise<void>;
  /**
   * Number of the issue with this marker that we opened ourselves, open or closed; it is opened where there is none.
   * `since`: none that was last touched before is looked at.
   */
  openIssue(issue: NewIssue, since: Instant): Promise<number>;
  /** A completed check run on a commit. */
  checkRun(
    sha: string,
    run: { readonly name: string; readonly ok: boolean; readonly title: string; readonly summary: string },
  ): Promise<void>;
}

/** What goes out to people. */
export type Writes = Pick<Forge, "createPull" | "updatePull" | "upsertComment" | "openIssue" | "checkRun">;
