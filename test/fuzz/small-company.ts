// Who is who in the laws about consent and plans? (the tests' company, read once)
import { readCatalog } from "../../src/core/catalog.ts";
import type { Rulebook } from "../../src/core/evidence.ts";
import type { AccessRequest, Entitlement } from "../../src/core/model.ts";
import { compilePolicies } from "../../src/core/policy.ts";
import { readRequest } from "../../src/core/request.ts";
import { provider } from "../../src/providers/memory/index.ts";
import { policies, requestFile, requestPath } from "../support/company.ts";

const utf8 = new TextEncoder();

export const catalog = readCatalog({
  digest: "tree",
  files: Object.entries(policies())
    .filter(([path]) => path.startsWith("policies/"))
    .map(([path, text]) => ({ path, mode: "100644", bytes: utf8.encode(text) })),
  provider: () => provider,
  known: ["memory"],
});

export const RULES: Rulebook = {
  catalog,
  policies: compilePolicies(catalog),
  lint: () => undefined,
  secondWay: () => "best effort",
  schemas: () => undefined,
};

function found(): { readonly request: AccessRequest; readonly entitlement: Entitlement } {
  const ask = { id: "law" };
  const read = readRequest({ path: requestPath(ask), bytes: utf8.encode(requestFile(ask)) });
  const entitlement = catalog.entitlement("orders-read");
  if (!("request" in read) || entitlement.is !== "found") throw new Error("the tests' company does not hold");
  return { request: read.request, entitlement: entitlement.value };
}

export const { request: REQUEST, entitlement: ENTITLEMENT } = found();
