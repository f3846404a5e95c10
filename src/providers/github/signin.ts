// As whom does the applier sign in to GitHub? (a token, or an App: one of them, never both)
import type { JsonObject } from "../../core/model.ts";
import { Problem } from "../../core/problem.ts";
import type { ConnectOptions } from "../provider.ts";
import { word } from "../schema.ts";

export type Credentials =
  | { readonly is: "token"; readonly token: string }
  | {
      readonly is: "app";
      readonly appId: string;
      readonly privateKey: string;
      readonly installationId: number;
    };

/** Throws a Problem that names the variable or the property that is missing. */
export function credentials(connection: JsonObject, { secret }: Pick<ConnectOptions, "secret">): Credentials {
  const { tokenEnv, appIdEnv, privateKeyEnv, installation } = connection;
  const app = [appIdEnv, privateKeyEnv, installation].filter((one) => one !== undefined).length;
  const read = (name: string): string => {
    const value = secret(name)?.trim();
    if (value !== undefined && value !== "") return value;
    throw new Problem("misconfigured", `${name} is not set`, `give the job the secret ${name}`);
  };
  if (tokenEnv !== undefined && app === 0) return { is: "token", token: read(word(tokenEnv)) };
  if (tokenEnv !== undefined || app !== 3 || typeof installation !== "number")
    throw new Problem(
      "misconfigured",
      "the connection does not say how to sign in to GitHub",
      "give it either tokenEnv, or all of appIdEnv, privateKeyEnv and installation",
    );
  return {
    is: "app",
    appId: read(word(appIdEnv)),
    privateKey: read(word(privateKeyEnv)),
    installationId: installation,
  };
}
