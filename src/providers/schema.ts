// How does a provider say what people may write for it? (JSON Schema 2020-12 in few words)
import type { Json, JsonObject } from "../core/model.ts";

/** A text of bounded length; `pattern` is anchored by the caller. */
export function text(
  description: string,
  example: string,
  bounds: { readonly max: number; readonly pattern?: string },
): JsonObject {
  const { max, pattern } = bounds;
  return {
    type: "string",
    description,
    examples: [example],
    minLength: 1,
    maxLength: max,
    ...(pattern !== undefined && { pattern }),
  };
}

/** Credentials of the workflow itself: a target's file must not be able to have them sent to its address. */
const RESERVED = "GITHUB_|ACTIONS_|RUNNER_";

/** The name of an environment variable that holds a secret; the secret itself is never written. */
export function variable(holds: string, example: string): JsonObject {
  const description = `Name of the environment variable that holds ${holds}`;
  return text(description, example, { max: 128, pattern: `^(?!${RESERVED})[A-Z_][A-Z0-9_]*$` });
}

/** A closed object. Every property is required unless it is listed as optional. */
export function closed(
  description: string,
  properties: Readonly<Record<string, JsonObject>>,
  optional: readonly string[] = [],
): JsonObject {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    description,
    type: "object",
    properties,
    required,
    additionalProperties: false,
  };
}

/** For providers whose access cannot be narrowed by the request. */
export const NO_SCOPE = closed("This provider has nothing to narrow.", {});

/** A value that its schema has already shown to be a text; anything else is empty. */
export function word(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
