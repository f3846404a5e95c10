// How is `openapi-subset.json` cut from GitHub's own description of its API?
// Usage: node openapi-subset.mjs <api.github.com.json of the package @octokit/openapi> > openapi-subset.json
import { readFileSync } from "node:fs";
import { argv, stdout } from "node:process";

const OPERATIONS = new Set([
  "actions/get-github-actions-default-workflow-permissions-repository",
  "actions/get-github-actions-permissions-repository",
  "actions/get-private-repo-fork-pr-workflows-settings-repository",
  "actions/list-environment-secrets",
  "actions/list-repo-organization-secrets",
  "actions/list-repo-secrets",
  "actions/list-repo-workflows",
  "apps/get-by-slug",
  "checks/create",
  "checks/get",
  "checks/list-for-ref",
  "git/get-commit",
  "git/get-ref",
  "git/list-matching-refs",
  "issues/create",
  "issues/create-comment",
  "issues/get",
  "issues/get-comment",
  "issues/list-comments",
  "issues/list-events-for-timeline",
  "issues/list-for-repo",
  "issues/update-comment",
  "pulls/check-if-merged",
  "pulls/create",
  "pulls/create-review",
  "pulls/dismiss-review",
  "pulls/get",
  "pulls/get-review",
  "pulls/list",
  "pulls/list-commits",
  "pulls/list-files",
  "pulls/list-reviews",
  "pulls/merge",
  "pulls/update",
  "rate-limit/get",
  "repos/codeowners-errors",
  "repos/get",
  "repos/get-all-environments",
  "repos/get-branch-protection",
  "repos/get-branch-rules",
  "repos/get-collaborator-permission-level",
  "repos/get-content",
  "repos/get-repo-ruleset",
  "repos/get-repo-rulesets",
  "repos/list-activities",
  "repos/list-deployment-branch-policies",
  "repos/list-pull-requests-associated-with-commit",
  "users/get-authenticated",
  "users/get-by-id",
  "users/get-by-username",
]);
const PROSE = new Set(["examples", "example", "x-github", "externalDocs", "tags", "summary"]);

const isObject = (x) => typeof x === "object" && x !== null && !Array.isArray(x);

/** Drops prose; a property that happens to be called `description` is an object and stays. */
function withoutProse(x) {
  if (Array.isArray(x)) return x.map(withoutProse);
  if (!isObject(x)) return x;
  const kept = Object.entries(x).filter(
    ([key, value]) =>
      !(PROSE.has(key) && !isSchema(key, value)) && !(key === "description" && !isObject(value)),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutProse(value)]));
}

/** `tags`, `summary` or `example` as the name of a property, not as a note on one. */
const isSchema = (key, value) =>
  key !== "examples" && isObject(value) && ("type" in value || "$ref" in value);

const refers = (x) => ["$ref", "allOf", "anyOf", "oneOf"].some((key) => key in x);

/** OpenAPI 3.0's `nullable` in the words of JSON Schema. */
function withNull(x) {
  if (Array.isArray(x)) return x.map(withNull);
  if (!isObject(x)) return x;
  const out = Object.fromEntries(
    Object.entries(x)
      .filter(([key, value]) => key !== "nullable" || isObject(value))
      .map(([key, value]) => [key, withNull(value)]),
  );
  return x.nullable === true ? orNull(out) : out;
}

function orNull(schema) {
  if (refers(schema)) return { anyOf: [schema, { type: "null" }] };
  const { type, enum: words } = schema;
  return {
    ...schema,
    ...(typeof type === "string" && { type: [type, "null"] }),
    ...(Array.isArray(words) && !words.includes(null) && { enum: [...words, null] }),
  };
}

function cut(source) {
  const components = {};
  const visit = (x) => {
    if (Array.isArray(x)) return x.forEach(visit);
    if (!isObject(x)) return;
    for (const [key, value] of Object.entries(x)) {
      if (key === "$ref" && typeof value === "string") take(value);
      else if (!PROSE.has(key) || isSchema(key, value)) visit(value);
    }
  };
  const take = (ref) => {
    const [, , kind, name] = ref.split("/");
    if (kind === "examples" || components[kind]?.[name]) return;
    (components[kind] ??= {})[name] = source.components[kind][name];
    visit(components[kind][name]);
  };
  const paths = {};
  for (const [path, item] of Object.entries(source.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (OPERATIONS.delete(operation?.operationId)) (paths[path] ??= {})[method] = operation;
    }
  }
  if (OPERATIONS.size > 0) throw new Error(`not in the description: ${[...OPERATIONS].join(", ")}`);
  visit(paths);
  const { schemas, parameters, responses, headers } = components;
  return withNull(
    withoutProse({
      openapi: source.openapi,
      info: source.info,
      paths,
      components: { schemas, parameters, responses, headers },
    }),
  );
}

stdout.write(JSON.stringify(cut(JSON.parse(readFileSync(argv[2], "utf8")))) + "\n");
