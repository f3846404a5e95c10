// Does the sandbox speak as GitHub's own description of its API says? (used in tests only)
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import type { AnySchema, ValidateFunction } from "ajv";
import formats from "ajv-formats";
import type { Exchange } from "../../src/sandbox/github/app.ts";

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body | Reference>>;
}
interface Reference {
  readonly $ref: string;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
}
interface Body {
  readonly content?: Readonly<Record<string, { readonly schema?: AnySchema } | undefined>>;
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Cut by `openapi-subset.mjs`, from github.com/octokit/openapi. */
const description = JSON.parse(
  readFileSync(new URL("openapi-subset.json", import.meta.url), "utf8"),
) as Description;

/** Every operation that the sandbox must serve, by id. */
export const operations: ReadonlySet<string> = new Set(
  Object.values(description.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId),
  ),
);

const ajv = new Ajv({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addFormat("repo.nwo", /^[\w.-]+\/[\w.-]+$/);
ajv.addSchema({ $id: "github", components: description.components });

function resolved<T extends object>(value: T | Reference): T {
  if (!("$ref" in value)) return value;
  const [, , kind = "", name = ""] = value.$ref.split("/");
  return description.components[kind]?.[name] as T;
}

/** Paths as patterns, the more literal first: `/pulls/{n}/merge` before `/{a}/{b}/{c}`. */
const routes = Object.entries(description.paths)
  .map(([path, item]) => ({
    item,
    holes: path.split("{").length,
    // A ref or a path in the last place may hold slashes.
    pattern: new RegExp(
      `^${path.replace(/\{(ref|path|branch)\}$/, "(?<$1>.+)").replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`,
    ),
  }))
  .toSorted((a, b) => a.holes - b.holes);

const compiled = new Map<object, ValidateFunction>();

function wrong(schema: AnySchema, value: unknown, what: string): readonly string[] {
  const key = schema as object;
  const local = () =>
    ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"github#/')) as AnySchema);
  const check = compiled.get(key) ?? local();
  compiled.set(key, check);
  if (check(value) === true) return [];
  return [`${what} is not as described: ${ajv.errorsText(check.errors?.slice(0, 5), { dataVar: "it" })}`];
}

const jsonSchema = ({ content }: Body): AnySchema | undefined => content?.["application/json"]?.schema;

function wrongAnswer(operation: Operation, { status, answered }: Exchange): readonly string[] {
  const described = operation.responses[String(status)];
  // GitHub's description leaves out many errors that its servers do give.
  if (!described)
    return status >= 400 ? [] : [`${operation.operationId} is not described to answer ${status}`];
  const schema = jsonSchema(resolved<Body>(described));
  return schema === undefined ? [] : wrong(schema, answered, `the answer of ${operation.operationId}`);
}

function wrongQuestion(operation: Operation, { query, sent }: Exchange): readonly string[] {
  const known = (operation.parameters ?? []).map((each) => resolved<Parameter>(each)).map(({ name }) => name);
  const strange = Object.keys(query).filter((name) => !known.includes(name));
  const schema = operation.requestBody && jsonSchema(operation.requestBody);
  return [
    ...strange.map((name) => `${operation.operationId} has no parameter ${name}`),
    ...(schema === undefined ? [] : wrong(schema, sent, `what was sent to ${operation.operationId}`)),
  ];
}

/** What is wrong with one call and its answer; `seen` collects the ids of the operations that were used. */
export const againstOpenApi =
  (seen = new Set<string>()) =>
  (exchange: Exchange): readonly string[] => {
    const route = routes.find(({ pattern }) => pattern.test(exchange.path));
    const operation = route?.item[exchange.method.toLowerCase()];
    if (!operation) return [`not described: ${exchange.method} ${exchange.path}`];
    seen.add(operation.operationId);
    const bad = exchange.status >= 400;
    return [...(bad ? [] : wrongQuestion(operation, exchange)), ...wrongAnswer(operation, exchange)];
  };
