// As whom does the applier come to Google Cloud?
import { auth as google } from "@googleapis/cloudresourcemanager";
import type { JsonObject } from "../../core/model.ts";
import { Problem } from "../../core/problem.ts";
import { ProviderError, type ConnectOptions } from "../provider.ts";
import { asProviderError } from "./errors.ts";
import { within } from "./patience.ts";

type Auth = InstanceType<typeof google.OAuth2> | InstanceType<typeof google.GoogleAuth>;

const SCOPES = ["https://www.googleapis.com/auth/cloud-platform"];

/** By the token that the connection names, else as the surroundings say; those credentials go to Google alone. */
export async function signIn(connection: JsonObject, options: ConnectOptions): Promise<Auth> {
  const { tokenEnv, endpoint } = connection;
  if (typeof tokenEnv === "string") return withToken(tokenEnv, options);
  if (endpoint === undefined) return withSurroundings(options);
  throw new Problem("misconfigured", "a rehearsal's endpoint has no token", "name its variable in tokenEnv");
}

function withToken(name: string, { secret }: ConnectOptions): Auth {
  const token = secret(name) ?? "";
  if (token === "") {
    const fix = `set ${name} to an access token`;
    throw new Problem("misconfigured", `the environment variable ${name} is not set`, fix);
  }
  const auth = new google.OAuth2();
  auth.setCredentials({ access_token: token });
  return auth;
}

/** Application Default Credentials. https://cloud.google.com/docs/authentication/application-default-credentials */
async function withSurroundings({ timeout }: ConnectOptions): Promise<Auth> {
  const auth = new google.GoogleAuth({ scopes: SCOPES });
  try {
    await within(timeout, auth.getAccessToken());
    return auth;
  } catch (thrown) {
    // An error with a request in it: somebody was asked for a token. Without one, there was nothing to ask with.
    const asked = thrown instanceof ProviderError || (thrown instanceof Error && "config" in thrown);
    if (asked) throw asProviderError(thrown, "sign the applier in");
    const fix = "set up workload identity federation, or name a variable with an access token in tokenEnv";
    throw new Problem("misconfigured", "no usable credentials for Google Cloud are found", fix, thrown);
  }
}
