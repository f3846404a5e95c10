// How does GitHub answer what we ask of the forge?
import type { Forge } from "./forge.ts";
import { client } from "./client.ts";
import type { ClientOptions } from "./client.ts";
import { isLoopback } from "./manners.ts";
import { misnamed, misplaced } from "./problems.ts";
import { reading } from "./reading.ts";
import { settingsReading } from "./settings-reading.ts";
import { writing } from "./writing.ts";

export interface GithubOptions extends ClientOptions {
  /** `owner/name` */
  readonly repository: string;
}

/** Over plain HTTP anybody on the way could take the token, or answer in GitHub's place. */
const isSafe = (url: string): boolean =>
  URL.canParse(url) && (new URL(url).protocol === "https:" || isLoopback(url));

/** The forge port over GitHub's REST API. Answers are kept by ETag as long as this lives: make one per run. */
export function github(options: GithubOptions): Forge {
  const [owner = "", repo = "", ...more] = options.repository.split("/");
  if (owner === "" || repo === "" || more.length > 0) throw misnamed(options.repository);
  if (!isSafe(options.apiUrl)) throw misplaced(options.apiUrl);
  const scope = { owner, repo };
  const api = client(options);
  const reads = reading(api, scope);
  return { ...reads, ...writing(api, scope, reads), settings: settingsReading(api, scope) };
}
