// Does a value match its schema? (ajv's only home; the build replaces this file by precompiled validators)
import { Ajv2020, type CodeOptions, type ValidateFunction } from "ajv/dist/2020.js";
import { FORMATS } from "./formats.ts";
import { schemaErrors, type SchemaError } from "./schema-error.ts";

type Validate = (value: unknown) => readonly SchemaError[];

/** One way to read schemas; the build asks for code instead of functions. */
export function schemaCompiler(code: CodeOptions = {}): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    allErrors: true,
    ownProperties: true,
    allowUnionTypes: true,
    addUsedSchema: false,
    verbose: true,
    logger: false,
    formats: FORMATS,
    code,
  });
  // Keywords of editors, without meaning for validation.
  ajv.addVocabulary(["markdownDescription", "defaultSnippets", "enumDescriptions"]);
  return ajv;
}

const ajv = schemaCompiler();
const compiled = new Map<string, { readonly schema: object; readonly validate: Validate }>();

/**
 * The validator for a schema, compiled on first use and kept by its id (the kind, or `<provider>:role` and the like).
 * It never changes the value. Throws when the schema itself is not sound.
 */
export function validator(id: string, schema: object): Validate {
  const known = compiled.get(id);
  if (known?.schema === schema) return known.validate;
  let run: ValidateFunction | undefined;
  const validate: Validate = (value) => {
    run ??= ajv.compile(schema);
    return run(value) ? [] : schemaErrors(run.errors ?? []);
  };
  compiled.set(id, { schema, validate });
  return validate;
}
