// What is access that nobody stores? (a gate: whoever guards the thing asks `lapse can`, and the ledger answers)
import type { Provider } from "../provider.ts";
import { closed, NO_SCOPE, text, word } from "../schema.ts";
import { openGate } from "./session.ts";

/** https://docs.github.com/en/actions/how-tos/deploy/configure-and-manage-deployments/manage-environments */
const ENVIRONMENT = { max: 255, pattern: "^[^\\s'\"`,;\\\\]([^'\"`,;\\\\]*[^\\s'\"`,;\\\\])?$" };

export const provider: Provider = {
  kind: "gate",
  grants: true,
  capabilities: {
    ownership: "gate",
    expiry: "native",
    async: false,
    concurrency: 1,
    sweepable: false,
    residue: [
      "a deployment that was let through goes on",
      "whoever can edit the workflow can remove the question: keep it in a required reusable workflow",
    ],
  },
  schemas: {
    connection: closed("A gate needs no connection: whoever guards it asks.", {}),
    role: closed("What the gate guards; its name is for people and logs.", {
      action: text("What is let through", "deploy to production", ENVIRONMENT),
    }),
    scope: NO_SCOPE,
  },
  selfPerpetuating: () => undefined,
  lint: () => undefined,
  howToConnect: ({ role }) =>
    `start the job as always: its gate asks Lapse and lets you ${word(role["action"])}`,
  connect: (_, { owner }) => Promise.resolve(openGate(owner)),
};
