// What can be asked for in an Azure subscription whose roles end by themselves? (Privileged Identity Management)
import type { Provider } from "../provider.ts";
import { selfPerpetuating } from "./catalogue.ts";
import { howToConnect, lint, RESIDUE, schemas, wanted } from "./words.ts";

export const provider: Provider = {
  kind: "azure-pim",
  grants: true,
  capabilities: {
    ownership: "bare",
    expiry: "native",
    async: true,
    concurrency: 4,
    sweepable: false,
    residue: [...RESIDUE, "an assignment can be removed only after it has been active for 5 minutes"],
  },
  schemas,
  selfPerpetuating: (role) => selfPerpetuating(wanted(role).definition),
  lint,
  howToConnect,
  connect: async (connection, options) => (await import("./pim-session.ts")).openPim(connection, options),
};
