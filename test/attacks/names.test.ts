// Does a name that means more on the target than a person or a role get through?
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { readDocument } from "../../src/core/document.ts";
import type { JsonObject } from "../../src/core/model.ts";
import { readRequest } from "../../src/core/request.ts";
import { loadProvider, providerKinds } from "../../src/providers/index.ts";
import { requestFile, requestPath } from "../support/company.ts";

const ajv = new Ajv2020({ strict: false });

interface Names {
  /** Who and what this provider lends: each row below changes one of them. */
  readonly identity: string;
  readonly role: JsonObject;
  readonly identities: readonly string[];
  readonly roles: readonly JsonObject[];
}

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB1fmhwTNk5DkeZqjg2GTYoKHFUb3VjGe4DbqFBXQwMn";
const STORE_ID = "906749a2b1-0f5c1e2d-3b4a-4c5d-8e6f-7a8b9c0d1e2f";
const ENTRA = "0f5c1e2d-3b4a-4c5d-8e6f-7a8b9c0d1e2f";
const READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const SET = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef";

const TABLE: Readonly<Record<string, Names>> = {
  kubernetes: {
    identity: "ann@example.com",
    role: { clusterRole: "debug", namespace: "orders" },
    identities: ["system:admin", "system:serviceaccount:lapse:applier", "system:masters", ""],
    roles: [
      { clusterRole: "cluster-admin" },
      { clusterRole: "system:masters" },
      { clusterRole: "*", namespace: "orders" },
      { clusterRole: "debug", namespace: "" },
    ],
  },
  postgres: {
    identity: "ann",
    role: { roles: ["orders_read"] },
    identities: ["public", "none", ""],
    roles: [{ roles: ["public"] }, { roles: ["pg_write_server_files"] }, { roles: [] }],
  },
  mariadb: {
    identity: "ann@%",
    role: { roles: ["shop_read"] },
    identities: ["mariadb.sys@localhost", "@%", ""],
    roles: [{ roles: ["PUBLIC"] }, { roles: ["current_role"] }, { roles: [] }],
  },
  ssh: {
    identity: KEY,
    role: { principals: ["deploy"] },
    identities: ["ann", `${KEY}\n${KEY}`, `cert-authority ${KEY}`, ""],
    roles: [{ principals: ["*"] }, { principals: ["deploy,root"] }, { principals: [] }],
  },
  github: {
    identity: "ann#1001",
    role: { team: "deploy-production" },
    identities: ["@ann", "acme/owners", "ann,bob", ""],
    roles: [],
  },
  "github-collaborator": {
    identity: "ann#1001",
    role: { repository: "orders", permission: "pull" },
    identities: ["@ann", "acme/owners", ""],
    roles: [
      { repository: "..", permission: "pull" },
      { repository: ".", permission: "pull" },
    ],
  },
  aws: {
    identity: STORE_ID,
    role: { group: STORE_ID },
    identities: ["ann", "*", "arn:aws:iam::123456789012:root", ""],
    roles: [{ group: "*" }, { group: "Administrators" }],
  },
  "aws-account": {
    identity: STORE_ID,
    role: { account: "123456789012", permissionSet: SET },
    identities: ["*", "arn:aws:iam::123456789012:root", ""],
    roles: [
      { account: "*", permissionSet: SET },
      { account: "123456789012", permissionSet: "AdministratorAccess" },
    ],
  },
  "aws-iam": {
    identity: "user/ann",
    role: { policy: "arn:aws:iam::123456789012:policy/orders-read", version: "v1" },
    identities: ["*", "root", "user/*", ""],
    roles: [{ policy: "*", version: "v1" }],
  },
  azure: {
    identity: ENTRA,
    role: { roleDefinition: READER, resourceGroup: "orders" },
    identities: ["ann@example.com", "*", ""],
    roles: [
      { roleDefinition: "Owner", resourceGroup: "orders" },
      { roleDefinition: READER, resourceGroup: "" },
      { roleDefinition: READER, resourceGroup: "/" },
    ],
  },
  gcp: {
    identity: "user:ann@example.com",
    role: { role: "roles/logging.viewer" },
    identities: ["allUsers", "allAuthenticatedUsers", "domain:example.com", "*", ""],
    roles: [{ role: "roles/owner" }, { role: "roles/*" }],
  },
  exec: { identity: "ann", role: { group: "deployers" }, identities: ["", "ann\n--admin"], roles: [] },
};
const SAME: Readonly<Record<string, string>> = { "azure-pim": "azure" };
/** Nothing is written there, or it only pretends. */
const WITHOUT = ["gate", "memory"];

const cases = Object.entries(TABLE).flatMap(([kind, { identity, role, identities, roles }]) => [
  ...identities.map((name) => ({ kind, claim: { identity: name, role, scope: {} } })),
  ...roles.map((other) => ({ kind, claim: { identity, role: other, scope: {} } })),
]);

describe("B17, F8: a name that means more on the target", () => {
  test("every kind of target has its row", () => {
    expect([...Object.keys(TABLE), ...Object.keys(SAME), ...WITHOUT].sort()).toEqual(
      [...providerKinds].sort(),
    );
  });

  test.each(Object.entries(TABLE))("%s lends what it should", async (kind, { identity, role }) => {
    expect((await loadProvider(kind))?.lint({ identity, role, scope: {} })).toBeUndefined();
  });

  test.each(cases)("$kind refuses $claim.identity, $claim.role", async ({ kind, claim }) => {
    const provider = await loadProvider(kind);
    const fits = provider && ajv.validate(provider.schemas.role, claim.role);
    expect(fits === true ? (provider.lint(claim) ?? "") : "its role is none by the schema").toMatch(/\S/);
  });

  test.each(["system:masters", "group:backend", "*", "/", "ann/../root", "lapse-applier ", "@ann"])(
    "the subject %j is no person's name",
    (subject) => {
      const ask = { id: "a", subject: JSON.stringify(subject) };
      const bytes = new TextEncoder().encode(requestFile(ask));
      expect("document" in readDocument(requestPath(ask), bytes)).toBe(true);
      expect(readRequest({ path: requestPath(ask), bytes })).toHaveProperty("findings.0.code");
    },
  );
});
