// What do the connections of all AWS kinds have in common? (region, keys, endpoint: names and addresses, never secrets)
import type { Json, JsonObject } from "../../core/model.ts";
import { text, variable, word } from "../schema.ts";

/** Ids of users and groups. https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_MemberId.html */
export const ID = "^([0-9a-f]{10}-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
export const ACCOUNT = "^[0-9]{12}$";

export const region = (of: string): JsonObject =>
  text(`Region of ${of}`, "eu-central-1", { max: 32, pattern: "^[a-z]{2}(-[a-z]+)+-[0-9]$" });

/** A VPC endpoint speaks https; plain http is for what runs on this machine alone. */
const ENDPOINT =
  "^(https://[A-Za-z0-9.-]+(:[0-9]{1,5})?|http://(127\\.0\\.0\\.1|localhost)(:[0-9]{1,5})?)/?$";

export const endpoint = (of: string): JsonObject =>
  text(`Address of ${of}, where it is not the public one`, "https://vpce-0a1b2c3d.example.com", {
    max: 255,
    pattern: ENDPOINT,
  });

/** Left out, the SDK finds the applier's identity by itself: web identity where the forge gives one (OIDC). */
export const KEYS: Readonly<Record<string, JsonObject>> = {
  accessKeyEnv: variable("the applier's access key id", "LAPSE_AWS_ACCESS_KEY_ID"),
  secretKeyEnv: variable("the applier's secret access key", "LAPSE_AWS_SECRET_ACCESS_KEY"),
  sessionTokenEnv: variable("the session token, if the keys are temporary", "LAPSE_AWS_SESSION_TOKEN"),
};
export const OPTIONAL_KEYS: readonly string[] = Object.keys(KEYS);

export function matches(pattern: string, value: Json | undefined): boolean {
  return new RegExp(pattern).test(word(value));
}
