// What can be asked for in an Azure subscription? (role assignments of our own; `pim.ts` leaves the end to Azure)
import type { Provider } from "../provider.ts";
import { selfPerpetuating } from "./catalogue.ts";
import { howToConnect, lint, RESIDUE, schemas, wanted } from "./words.ts";

export const provider: Provider = {
  kind: "azure",
  grants: true,
  capabilities: {
    ownership: "marked",
    expiry: "none",
    async: false,
    concurrency: 4,
    sweepable: true,
    residue: RESIDUE,
  },
  schemas,
  selfPerpetuating: (role) => selfPerpetuating(wanted(role).definition),
  lint,
  howToConnect,
  connect: async (connection, options) => (await import("./session.ts")).openAzure(connection, options),
};
