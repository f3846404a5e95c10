// How does the built command line validate without a schema compiler? (every schema compiled to code, once, here)
import { fileURLToPath } from "node:url";
import { _ } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import type { Plugin } from "esbuild";
import { SCHEMAS } from "../src/core/schemas.ts";
import { schemaCompiler } from "../src/core/validators.ts";
import { loadProvider, providerKinds } from "../src/providers/index.ts";

const CORE = fileURLToPath(new URL("../src/core/", import.meta.url));

/** Every schema that can ever be asked for, by the id that `validator` is called with. */
export async function everySchema(): Promise<ReadonlyMap<string, object>> {
  const schemas = new Map<string, object>(Object.entries(SCHEMAS));
  for (const kind of providerKinds) {
    const provider = await loadProvider(kind);
    for (const [part, schema] of Object.entries(provider?.schemas ?? {}))
      schemas.set(`${kind}:${part}`, schema);
  }
  return schemas;
}

/** One schema as a module that exports one function. */
function code(schema: object): string {
  // `_` keeps the path as code; esbuild bundles the import that it becomes.
  const ajv = schemaCompiler({ source: true, esm: true, formats: _`require("./formats.ts").FORMATS` });
  return standalone.default(ajv, ajv.compile(schema));
}

/** What takes the place of `src/core/validators.ts`: the same promise, without the compiler. */
function replacement(ids: readonly string[]): string {
  // A module that is required is evaluated on the first call: a start pays for the kinds that it reads.
  return `
    import { schemaErrors } from "./schema-error.ts";
    const compiled = {
      ${ids.map((id) => `${JSON.stringify(id)}: () => require(${JSON.stringify(`lapse:${id}`)}).default`).join(",\n")}
    };
    const ready = new Map();
    export function validator(id) {
      const known = ready.get(id);
      if (known) return known;
      if (!Object.hasOwn(compiled, id)) throw new Error("no schema named " + id + " was built in");
      const run = compiled[id]();
      const validate = (value) => (run(value) ? [] : schemaErrors(run.errors ?? []));
      ready.set(id, validate);
      return validate;
    }
  `;
}

/** Replaces the schema compiler by compiled schemas. An id that was not compiled throws: it never passes. */
export function precompiled(schemas: ReadonlyMap<string, object>): Plugin {
  return {
    name: "precompiled validators",
    setup: (build) => {
      const resolveDir = CORE;
      build.onResolve({ filter: /^lapse:/ }, ({ path }) => ({
        path: path.slice("lapse:".length),
        namespace: "lapse",
      }));
      build.onLoad({ filter: /.*/, namespace: "lapse" }, ({ path }) => ({
        contents: code(schemas.get(path) ?? {}),
        resolveDir,
      }));
      build.onLoad({ filter: /[/\\]src[/\\]core[/\\]validators\.ts$/ }, () => ({
        contents: replacement([...schemas.keys()]),
        resolveDir,
      }));
    },
  };
}
