// What can be asked for through a program of your own, and where is the code that runs it?
import type { JsonObject } from "../../core/model.ts";
import type { Provider } from "../provider.ts";
import { closed, text, variable, word } from "../schema.ts";

/** Texts and lists of texts by name: all that Lapse knows of what only the plugin understands. */
function texts(description: string, example: JsonObject): JsonObject {
  const one = { type: "string", maxLength: 500 };
  return {
    type: "object",
    description,
    examples: [example],
    maxProperties: 20,
    propertyNames: { pattern: "^[A-Za-z][A-Za-z0-9_-]{0,62}$" },
    additionalProperties: { anyOf: [one, { type: "array", items: one, maxItems: 20 }] },
  };
}

function list(description: string, item: JsonObject, example: readonly string[]): JsonObject {
  return { type: "array", description, examples: [example], items: item, maxItems: 20 };
}

const PROGRAM = "/opt/lapse/plugins/groups-1.0.0.mjs";

/** What nobody can know without asking the plugin is said here as the more cautious of its possible answers. */
export const provider: Provider = {
  kind: "exec",
  grants: true,
  capabilities: {
    ownership: "object",
    expiry: "none",
    async: true,
    concurrency: 1,
    sweepable: false,
    residue: ["whatever the plugin cannot end: whoever wrote it says so in its `describe`"],
  },
  schemas: {
    connection: closed(
      "A program that speaks for the target, and what it is told.",
      {
        program: text("Absolute path of the program: one file that runs by itself", PROGRAM, {
          max: 300,
          pattern: "^(/(?!\\.\\.?(/|$))[A-Za-z0-9._+@-]+)+$",
        }),
        sha256: text(
          "SHA-256 of that file, as `sha256sum` prints it; anything else is not run",
          "0".repeat(64),
          {
            max: 64,
            pattern: "^[0-9a-f]{64}$",
          },
        ),
        args: list("Its arguments", text("An argument", "--strict", { max: 500 }), ["--strict"]),
        env: list(
          "The only environment variables that it gets, beside PATH, HOME, TMPDIR and LC_ALL",
          variable("something that it needs", "GROUPS_TOKEN"),
          ["GROUPS_TOKEN"],
        ),
        config: texts("What it is told with every call; no secrets", { folder: "/srv/access" }),
        howToConnect: text("What a person types to use the access", "ssh bastion.example.org", { max: 200 }),
      },
      ["args", "env", "config", "howToConnect"],
    ),
    role: closed("What the plugin gives; only the plugin can tell whether it exists.", {
      with: texts("As the plugin's own page says", { group: "oncall" }),
    }),
    scope: closed(
      "What the request narrows the access to; the plugin refuses what it cannot narrow.",
      { part: text("As the plugin's own page says", "orders", { max: 200 }) },
      ["part"],
    ),
  },
  selfPerpetuating: () => undefined,
  lint: ({ identity }) =>
    /^\P{Cc}{1,256}$/u.test(identity) ? undefined : "the subject has no name that can be passed on",
  howToConnect: ({ connection, target }) =>
    word(connection["howToConnect"]) || `as whoever runs ${target} says: its file has no howToConnect`,
  connect: async (connection, options) => (await import("./session.ts")).openPlugin(connection, options),
};
