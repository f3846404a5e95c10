// What do the parts of a pretended GitHub share?
import type { Context, Hono } from "hono";
import type { Loopback } from "../../conformance/loopback.ts";
import type { FakeGitHub } from "./fake-state.ts";

export const TOKEN = "pretended-token";
export const APP_TOKEN = "pretended-installation-token";

export interface FakeSettings {
  /** What the applier may write; anything else is answered as if it were not there. */
  writes: boolean;
  /** Entries on a page, whatever is asked. */
  page: number;
  /** Does a list of members say who is in by a child team alone? Not every organisation does. */
  flags: boolean;
  scopes: string | undefined;
  permissions: Readonly<Record<string, string>>;
}

export interface FakeServer extends Loopback {
  readonly hub: FakeGitHub;
  readonly settings: FakeSettings;
  /** The last state that lists may still show; gone once anything was listed a second time. */
  readonly forget: () => void;
}

/** What the parts of the double share. */
export interface Desk {
  readonly hub: FakeGitHub;
  readonly settings: FakeSettings;
  readonly app: Hono;
  /** Refuses where the applier may not write; then does it, and lets lists lag behind. */
  readonly write: (c: Context, act: () => Response) => Response;
  /** One page of what a list shows: after a write, once, what it showed before. */
  readonly list: (c: Context, render: (hub: FakeGitHub) => readonly unknown[] | undefined) => Response;
}

export const missing = (c: Context): Response => c.json({ message: "Not Found", status: "404" }, 404);
