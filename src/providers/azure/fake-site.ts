// Where does the pretended Azure stand? (two servers on loopback: one signs in and knows people, the other is Resource Manager)
import { serveLoopback, type Loopback } from "../../conformance/loopback.ts";
import { loopbackTls } from "../../conformance/tls.ts";
import type { JsonObject } from "../../core/model.ts";
import type { Provider, Session } from "../provider.ts";
import { arm } from "./fake-arm.ts";
import { azure, CLIENT, SUBSCRIPTION, TENANT, type Azure } from "./fake-azure.ts";
import { entra, REQUEST_TOKEN } from "./fake-entra.ts";

export const ANN = "00000000-0000-4000-8000-000000001001";
export const BOB = "00000000-0000-4000-8000-000000001002";
export const OTHERS = "00000000-0000-4000-8000-00000000ffff";
const TIMEOUT = 2_000;

export interface Site {
  readonly state: Azure;
  readonly arm: Loopback;
  readonly entra: Loopback;
  readonly vouched: () => number;
  readonly connection: JsonObject;
  readonly secret: (name: string) => string | undefined;
  readonly connect: (provider: Provider, more?: JsonObject, timeout?: number) => Promise<Session>;
  readonly stop: () => Promise<void>;
}

export async function site(): Promise<Site> {
  const tls = await loopbackTls();
  const state = azure([ANN, BOB]);
  const signs = entra(state, () => login.url);
  const login = await serveLoopback(signs.handle, tls);
  const rest = await serveLoopback(
    arm(state, (request) => signs.admits(request, rest.url)),
    tls,
  );
  const connection: JsonObject = {
    ...{ tenant: TENANT, subscription: SUBSCRIPTION, clientId: CLIENT, caEnv: "LAPSE_CA" },
    ...{ authority: login.url, graph: login.url, endpoint: rest.url },
  };
  const secrets: Readonly<Record<string, string>> = {
    LAPSE_CA: tls.cert,
    ACTIONS_ID_TOKEN_REQUEST_URL: `${login.url}/oidc?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN,
  };
  const secret = (name: string): string | undefined => secrets[name];
  return {
    ...{ state, arm: rest, entra: login, vouched: signs.vouched, connection, secret },
    connect: (provider, more = {}, timeout = TIMEOUT) =>
      provider.connect({ ...connection, ...more }, { owner: "lapse", secret, timeout }),
    stop: async () => {
      await Promise.all([login.stop(), rest.stop()]);
    },
  };
}
