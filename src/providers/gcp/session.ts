// How does Lapse act on a Google Cloud project, folder or organisation?
import type { JsonObject } from "../../core/model.ts";
import type { ConnectOptions, Session } from "../provider.ts";
import { openApi } from "./api.ts";
import { doctor } from "./doctor.ts";
import { grant } from "./grant.ts";
import { list } from "./list.ts";
import { judge } from "./ours.ts";
import { patiently } from "./patience.ts";
import { resolve } from "./resolve.ts";
import { cleanup, revoke } from "./revoke.ts";
import { verify } from "./verify.ts";

/** Throws a Problem (misconfigured) when credentials are missing, else ProviderErrors. */
export async function openGcp(connection: JsonObject, options: ConnectOptions): Promise<Session> {
  const api = await openApi(connection, options);
  const read = () => patiently(api.timeout, () => api.read());
  return {
    resolve: (claim) => resolve(api, claim),
    observe: async (assignments) => {
      const policy = await read();
      return assignments.map((assignment) => judge(policy, assignment));
    },
    list: async () => ({ items: list(api, await read()), complete: true }),
    grant: (assignment, window) => grant(api, assignment, window),
    revoke: (assignment) => revoke(api, assignment),
    verify: async (assignment) => verify(await read(), assignment),
    cleanup: () => cleanup(api),
    doctor: () => doctor(api),
    close: () => Promise.resolve(),
  };
}
