// What can be asked for on a Google Cloud project, folder or organisation, and where is the code that does it?
import type { Provider } from "../provider.ts";
import { closed, NO_SCOPE, text, variable, word } from "../schema.ts";
import { lint, ROLE } from "./names.ts";
import { perpetuating } from "./roles.ts";

/** Ids of projects are never given out again. https://cloud.google.com/resource-manager/docs/creating-managing-projects */
const RESOURCE = "^(projects/[a-z][a-z0-9-]{4,28}[a-z0-9]|folders/[0-9]{1,25}|organizations/[0-9]{1,25})$";

export const provider: Provider = {
  kind: "gcp",
  grants: true,
  capabilities: {
    ownership: "object",
    expiry: "native-leaves-garbage",
    async: false,
    // One policy for the whole resource: of two writes at once, one is always refused.
    concurrency: 1,
    sweepable: true,
    residue: [
      "the end itself is exact; access that is ended earlier is honoured for 2 to 7 minutes more, or longer",
      "tokens and keys of service accounts that the subject made or read meanwhile go on working",
      "access by a group, or inherited from a folder or the organisation above, is neither seen nor ended",
    ],
  },
  schemas: {
    connection: closed(
      "A resource; without `tokenEnv` the applier signs in by Application Default Credentials, best by workload identity federation.",
      {
        resource: text("The project, folder or organisation", "projects/orders-production", {
          max: 60,
          pattern: RESOURCE,
        }),
        tokenEnv: variable("an access token of the applier", "ORDERS_GCP_TOKEN"),
        endpoint: text("A rehearsal's own server on this machine, never Google", "http://127.0.0.1:8085", {
          max: 30,
          pattern: "^http://127\\.0\\.0\\.1:[0-9]{1,5}$",
        }),
      },
      ["tokenEnv", "endpoint"],
    ),
    role: closed("A predefined or custom role; basic roles cannot have an end.", {
      role: text("Full name of the role", "roles/logging.viewer", { max: 150, pattern: ROLE.source }),
    }),
    scope: NO_SCOPE,
  },
  selfPerpetuating: (role) => perpetuating(word(role["role"])),
  lint,
  howToConnect: ({ connection }) => {
    const [kind, id] = word(connection["resource"]).split("/");
    return kind === "projects" ? `gcloud config set project ${id ?? ""}` : "gcloud projects list";
  },
  connect: async (connection, options) => (await import("./session.ts")).openGcp(connection, options),
};
