// Does the Google Cloud provider hold against what Google and people do? (names, marks, ways in, refusals, set-up)
import { inspect } from "node:util";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Problem } from "../../src/core/problem.ts";
import { BOB } from "../../src/providers/gcp/fake.ts";
import { provider } from "../../src/providers/gcp/index.ts";
import { keeping } from "../../src/providers/gcp/keeping.ts";
import { readMark, titleOf, writeMark } from "../../src/providers/gcp/mark.ts";
import {
  ANN,
  answer,
  classOf,
  foreign,
  NOW,
  refusal,
  ROLE,
  site,
  UNTIL,
  WINDOW,
  type Site,
} from "../support/gcp.ts";

let here: Site;
beforeEach(async () => {
  here = await site();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await here.fake.stop();
});

// ---- names ---------------------------------------------------------------------------------------------------

// https://cloud.google.com/iam/docs/principal-identifiers
test.each([
  ["group:sre@example.com", "more than one"],
  ["domain:example.com", "more than one"],
  ["allUsers", "more than one"],
  ["allAuthenticatedUsers", "more than one"],
  ["projectEditor:orders-production", "more than one"],
  ["principalSet://iam.googleapis.com/locations/global/workforcePools/acme/*", "more than one"],
  ["deleted:user:ann@example.com?uid=1", "is not"],
  ["ann@example.com", "is not"],
  ["user:ann@example.com\nuser:eve@example.com", "is not"],
  ["principal://iam.googleapis.com/locations/global/workforcePools/acme/subject/../x", "is not"],
])("%j is no subject", async (identity, why) => {
  expect(provider.lint({ identity, role: { role: ROLE }, scope: {} })).toContain(why);
  expect(await classOf(here.session.resolve(here.claim({ identity })))).toBe("malformed");
});

test.each([
  "user:ann.o'neil+x@mail.example.com",
  "serviceAccount:deploy@orders-production.iam.gserviceaccount.com",
  "principal://iam.googleapis.com/locations/global/workforcePools/acme-staff/subject/ann@example.com",
])("%s is a subject", (identity) => {
  expect(provider.lint({ identity, role: { role: ROLE }, scope: {} })).toBeUndefined();
});

// https://github.com/hashicorp/terraform-provider-google/issues/4276
test("an address that Google spells otherwise is the same account", async () => {
  const assignment = await here.granted();
  expect(here.ours(assignment)[0]?.members).toEqual(["user:Ann.Lee@Example.com"]);
  expect(await here.see(assignment)).toEqual({
    state: "ours",
    receipt: { binding: assignment.mark, role: ROLE, member: ANN, until: "2026-11-23T10:00:00Z" },
  });
});

test("no two requests share a title, no title is too long, and a mark is read back as it was written", () => {
  const name = fc.oneof(fc.string(), fc.stringMatching(/^[a-z:~-]{1,80}$/));
  fc.assert(
    fc.property(name, name, name, name, (owner, request, other, more) => {
      const title = titleOf(owner, request);
      expect(title.length).toBeLessThanOrEqual(100);
      if (owner !== other || request !== more) expect(titleOf(other, more)).not.toBe(title);
      const mark = { owner, target: other, until: NOW };
      const said = writeMark(mark, { title, role: ROLE });
      expect(readMark(said, { title, role: ROLE })).toEqual(mark);
      expect(readMark(said, { title: `${title}x`, role: ROLE })).toBeUndefined();
      expect(readMark(said, { title, role: "roles/owner" })).toBeUndefined();
    }),
  );
});

// ---- roles ---------------------------------------------------------------------------------------------------

// https://cloud.google.com/iam/docs/conditions-overview: no conditions on basic roles
test.each([
  ["roles/owner", "basic"],
  ["roles/editor", "basic"],
  ["roles/viewer", "basic"],
  ["roles/resourcemanager.projectIamAdmin", "does not end"],
  ["roles/iam.serviceAccountTokenCreator", "does not end"],
  ["roles/iam.serviceAccountUser", "does not end"],
  ["roles/iam.serviceAccountKeyAdmin", "does not end"],
  ["roles/storage.admin", "does not end"],
  ["roles/container.admin", "does not end"],
  ["roles/cloudsql.admin", "does not end"],
  ["roles/compute.instanceAdmin.v1", "does not end"],
  ["roles/serviceusage.apiKeysAdmin", "does not end"],
])("%s is never lent, as its name says", async (role, why) => {
  expect(provider.lint({ identity: ANN, role: { role }, scope: {} })).toContain(why);
  expect(provider.selfPerpetuating({ role })).toBeDefined();
  expect(await classOf(here.session.resolve(here.claim({ role: { role } })))).toBe("denied-by-policy");
});

test("a role that only looks is lent, even one about access", () => {
  for (const role of ["roles/iam.securityReviewer", "roles/iam.roleViewer", "roles/storage.objectViewer"])
    expect(provider.lint({ identity: ANN, role: { role }, scope: {} })).toBeUndefined();
});

test("a role that hides a lasting power is refused by its permissions", async () => {
  const role = { role: "roles/appengine.appAdmin" };
  expect(provider.selfPerpetuating(role)).toBeUndefined();
  expect(await classOf(here.session.resolve(here.claim({ role })))).toBe("denied-by-policy");
});

// https://cloud.google.com/iam/docs/roles-permissions
describe("permissions that make access which stays", () => {
  test.each([
    ...["resourcemanager.folders.setIamPolicy", "iam.roles.update", "iam.googleapis.com/denypolicies.delete"],
    ...["resourcemanager.projects.move", "firebaserules.releases.update"],
    ...[
      "iam.serviceAccountKeys.create",
      "iam.serviceAccounts.signJwt",
      "iam.serviceAccountApiKeyBindings.create",
    ],
    ...["iam.workloadIdentityPools.create", "iam.workloadIdentityPoolProviders.update"],
    "iam.googleapis.com/workloadIdentityPoolProviders.create",
    ...[
      "iam.googleapis.com/workforcePoolProviderKeys.create",
      "iam.workloadIdentityPools.addAttestationRule",
    ],
    "iam.googleapis.com/oauthClientCredentials.create",
    ...["apikeys.keys.create", "storage.hmacKeys.update", "privateca.certificates.create"],
    ...[
      "cloudsql.users.create",
      "cloudsql.users.update",
      "cloudsql.sslCerts.create",
      "cloudsql.instances.import",
    ],
    ...["alloydb.users.create", "datastore.userCreds.create", "firebaseauth.users.create"],
    ...["compute.instances.setMetadata", "compute.projects.setCommonInstanceMetadata"],
    ...["container.clusterRoleBindings.create", "container.clusterRoleBindings.update"],
    ...["container.roleBindings.create", "container.roleBindings.update"],
    ...["container.clusterRoles.bind", "container.clusterRoles.escalate", "container.roles.update"],
    ...["container.serviceAccounts.createToken", "container.secrets.create", "container.secrets.list"],
    ...["container.certificateSigningRequests.approve", "container.mutatingWebhookConfigurations.create"],
    ...["gkehub.rbacrolebindings.create", "cloudbuild.builds.create", "deploymentmanager.deployments.update"],
    ...["osconfig.patchJobs.exec", "osconfig.osPolicyAssignments.create"],
  ])("%s", async (permission) => {
    const role = "projects/orders-production/roles/harmless";
    const there = await site({ roles: { [role]: ["logging.logEntries.list", permission] } });
    const thrown: unknown = await there.session
      .resolve(there.claim({ role: { role } }))
      .catch((reason: unknown) => reason);
    await there.fake.stop();
    expect(thrown).toMatchObject({
      class: "denied-by-policy",
      message: expect.stringContaining(permission) as string,
    });
  });

  test.each([
    ...["compute.instances.osAdminLogin", "compute.instances.get", "compute.instances.setLabels"],
    ...["container.pods.exec", "container.roleBindings.list", "container.deployments.update"],
    ...["cloudsql.instances.connect", "cloudsql.users.list", "cloudsql.sslCerts.createEphemeral"],
    // Since March 2026 only with setIamPolicy: https://docs.cloud.google.com/bigquery/docs/dataset-access-control
    ...[
      "bigquery.datasets.update",
      "storage.objects.update",
      "iam.serviceAccounts.list",
      "apikeys.keys.list",
    ],
    ...["iam.workloadIdentityPools.get", "secretmanager.versions.access", "cloudbuild.builds.approve"],
  ])("%s is none of them", (permission) => {
    expect(keeping([permission])).toEqual([]);
  });
});

test.each([
  ["another role", { name: "roles/other", includedPermissions: [] }, "transient"],
  ["a page of HTML", "<html>", "transient"],
  ["a deleted role", { name: ROLE, deleted: true }, "role-missing"],
  ["a disabled role", { name: ROLE, stage: "DISABLED" }, "role-missing"],
])("%s is not taken for a harmless one", async (_, body, cls) => {
  here.fake.fault({ on: /\/v1\/roles/, do: answer(body), times: Infinity });
  expect(await classOf(here.session.resolve(here.claim()))).toBe(cls);
});

// ---- ours and not ours ---------------------------------------------------------------------------------------

test("an end that somebody moved is shown, and the planned one is listed", async () => {
  const assignment = await here.granted();
  const expression = 'request.time < timestamp("2030-01-01T00:00:00Z")';
  here.alter(assignment, (one) => ({ ...one, condition: { ...one.condition, expression } }));
  expect(await here.see(assignment)).toMatchObject({ state: "ours", drift: "its end was changed" });
  expect((await here.session.list()).items).toMatchObject([{ key: assignment.key, until: WINDOW.end }]);
  await here.session.revoke(assignment);
  expect(here.fake.can(ANN, ROLE)).toBe(false);
});

test("a condition that somebody made to hold for ever is shown, and made whole by the next grant", async () => {
  const assignment = await here.granted();
  here.alter(assignment, (one) => ({ ...one, condition: { ...one.condition, expression: "true" } }));
  expect(await here.see(assignment)).toMatchObject({ state: "ours", drift: "its end was changed" });
  await here.session.grant(assignment, WINDOW);
  expect(here.ours(assignment).map(({ condition }) => condition?.expression)).toEqual([UNTIL]);
});

test("who was added to ours is not granted again", async () => {
  const assignment = await here.granted();
  here.alter(assignment, (one) => ({ ...one, members: [...one.members, BOB] }));
  expect(await classOf(here.session.grant(assignment, WINDOW))).toBe("conflict");
});

test("a copy of ours with another end is revoked with it", async () => {
  const assignment = await here.granted();
  const [copy] = here.ours(assignment);
  if (copy) here.add({ ...copy, condition: { ...copy.condition, expression: "true" } });
  expect((await here.session.list()).items).toHaveLength(1);
  await here.session.revoke(assignment);
  expect(here.fake.can(ANN, ROLE)).toBe(false);
});

test("a title that somebody changed does not hide the access", async () => {
  const assignment = await here.granted();
  here.alter(assignment, (one) => ({ ...one, condition: { ...one.condition, title: "mine now" } }));
  expect(await here.see(assignment)).toMatchObject({ state: "ours", drift: "its title was changed" });
  await here.session.revoke(assignment);
  expect(here.fake.can(ANN, ROLE)).toBe(false);
});

test("ours without its condition is somebody's standing access: an escape, and left alone", async () => {
  const assignment = await here.granted();
  here.alter(assignment, ({ role, members }) => ({ role, members }));
  expect((await here.see(assignment))?.state).toBe("absent");
  expect((await here.session.revoke(assignment)).state).toBe("escaped");
  expect(here.fake.can(ANN, ROLE)).toBe(true);
});

test("ours without any mark is told as an escape, with the end that it still has", async () => {
  const assignment = await here.granted();
  here.alter(assignment, (one) => ({ ...one, condition: { title: "x", expression: UNTIL } }));
  expect((await here.session.revoke(assignment)).state).toBe("escaped");
  expect((await here.session.verify(assignment)).via).toEqual(["user:Ann.Lee@Example.com, with another end"]);
});

test("our mark on another role is a pretender: neither listed, swept nor removed", async () => {
  const assignment = await here.granted();
  const [copy] = here.ours(assignment);
  if (copy) here.add({ ...copy, role: "roles/appengine.appAdmin" });
  expect((await here.session.list()).items).toHaveLength(1);
  expect(await here.session.doctor()).toMatchObject([{ code: "LPS435", severity: "error" }]);
  await here.session.revoke(assignment);
  expect(here.ours(assignment).map(({ role }) => role)).toEqual(["roles/appengine.appAdmin"]);
});

test("another installation's binding is not ours", async () => {
  const assignment = await here.granted({ owner: "other" });
  expect((await here.session.list()).items).toEqual([]);
  expect(await here.session.doctor()).toEqual([]);
  const mine = await here.session.resolve(here.claim());
  expect(await here.session.verify(mine)).toMatchObject({ allowed: true, standing: true });
  await here.session.revoke(mine);
  expect(here.ours(assignment)).toHaveLength(1);
});

// https://cloud.google.com/iam/docs/allow-policies#handle-deleted-members
test("an account that was deleted is shown, and its binding can still be removed", async () => {
  const assignment = await here.granted();
  here.fake.remove("ann.lee@example.com");
  expect(await here.see(assignment)).toMatchObject({ state: "ours", drift: expect.any(String) as string });
  expect((await here.session.revoke(assignment)).state).toBe("absent");
  expect(here.ours(assignment)).toEqual([]);
});

// ---- ways in -------------------------------------------------------------------------------------------------

test("a whole domain is a way in for everybody in it", async () => {
  const assignment = await here.session.resolve(here.claim());
  here.add({ role: ROLE, members: ["domain:example.com"] });
  expect(await here.session.verify(assignment)).toEqual({
    allowed: true,
    standing: true,
    via: ["domain:example.com, without a condition"],
  });
});

test("a binding under another condition is not the same access: granted beside it, told after it", async () => {
  here.add(foreign("bucket a", 'resource.name.startsWith("projects/_/buckets/a")'));
  const assignment = await here.granted();
  expect((await here.session.verify(assignment)).via).toEqual([assignment.mark]);
  const { state, residue } = await here.session.revoke(assignment);
  expect([state, residue]).toEqual([
    "absent",
    expect.arrayContaining([expect.stringContaining("1 binding")]),
  ]);
});

test("a group with the role is no proof of access: granted beside it, named after it", async () => {
  here.add({ role: ROLE, members: ["group:sre@example.com"] });
  const assignment = await here.granted();
  expect(await here.session.verify(assignment)).toMatchObject({ standing: false, via: [assignment.mark] });
  const { state, residue } = await here.session.revoke(assignment);
  expect(state).toBe("absent");
  expect(residue).toContain("the same role is with whoever is in group:sre@example.com");
});

test("another role, another subject and what has expired are no ways in", async () => {
  here.add(
    foreign("old", 'request.time < timestamp("2020-01-01T00:00:00Z")'),
    foreign("bob's", UNTIL, [BOB]),
  );
  const assignment = await here.session.resolve(here.claim());
  expect(await here.session.verify(assignment)).toEqual({ allowed: false, standing: false, via: [] });
});

// ---- refusals ------------------------------------------------------------------------------------------------

// https://cloud.google.com/iam/quotas#limits and .../conditions-overview#limitations
test.each([
  ["100 conditional bindings", 100, [BOB], 1],
  ["20 conditional bindings of this role", 20, [ANN], 1],
  ["1500 members", 1, [BOB], 1_500],
])("%s are the most that a policy may have: nothing is written", async (what, count, [who = ""], members) => {
  const assignment = await here.session.resolve(here.claim());
  const all = [who, ...Array.from({ length: members - 1 }, (_, i) => `user:u${String(i)}@example.com`)];
  here.fake.edit(() => Array.from({ length: count }, (_, i) => foreign(`t${String(i)}`, UNTIL, all)));
  const thrown: unknown = await here.session.grant(assignment, WINDOW).catch((reason: unknown) => reason);
  expect(thrown).toMatchObject({
    class: "denied-by-policy",
    message: expect.stringContaining(what) as string,
  });
  expect(here.fake.writes).toEqual([]);
});

test("an account that does not exist is told apart from a role that cannot be given here", async () => {
  const stranger = await here.session.resolve(here.claim({ identity: "user:nobody@example.com" }));
  expect(await classOf(here.session.grant(stranger, WINDOW))).toBe("subject-missing");
  const assignment = await here.session.resolve(here.claim());
  const words = [`Role ${ROLE} is not supported for this resource.`, "User eve@example.com does not exist."];
  const told: string[] = [];
  for (const message of words) {
    here.fake.fault({ on: /:setIamPolicy/, do: refusal(400, "INVALID_ARGUMENT", message) });
    told.push(await classOf(here.session.grant(assignment, WINDOW)));
  }
  expect(told).toEqual(["role-missing", "malformed"]);
});

test.each([
  [400, "FAILED_PRECONDITION", "perhaps due to an organization policy.", "denied-by-policy"],
  [401, "UNAUTHENTICATED", "", "forbidden"],
  [403, "PERMISSION_DENIED", "(or it may not exist)", "forbidden"],
  [404, "NOT_FOUND", "", "target-missing"],
  [418, "TEAPOT", "", "transient"],
])("%i %s %s means %s, and never that it is absent", async (code, status, message, cls) => {
  const assignment = await here.granted();
  here.fake.fault({ on: /IamPolicy/, do: refusal(code, status, message), times: Infinity });
  expect(await classOf(here.session.observe([assignment]))).toBe(cls);
  expect(await classOf(here.session.revoke(assignment))).toBe(cls);
  expect(await classOf(here.session.list())).toBe(cls);
});

// Whoever may not see a project is not told whether there is one.
test("a project that does not exist looks like one that the applier may not see", async () => {
  const connection = { ...here.connection, resource: "projects/nobody-made-me" };
  const secret = () => "made-up";
  const session = await provider.connect(connection, { owner: "lapse", secret, timeout: 1_000 });
  expect(await classOf(session.list())).toBe("forbidden");
});

test("no error prints the token, or the policy of everybody else", async () => {
  here.fake.fault({ on: /IamPolicy/, do: refusal(403, "PERMISSION_DENIED"), times: Infinity });
  const thrown: unknown = await here.session.list().catch((reason: unknown) => reason);
  expect(inspect(thrown, { depth: 20, showHidden: true })).not.toContain("made-up");
  expect((thrown as Error).message).toBe("Google Cloud did not show the policy: forbidden");
});

// ---- set-up --------------------------------------------------------------------------------------------------

test("credentials that are missing are a wrong set-up, and real ones never go to a rehearsal", async () => {
  const options = { owner: "lapse", secret: () => undefined, timeout: 1_000 };
  const { resource, endpoint } = here.connection;
  for (const connection of [here.connection, { resource, endpoint }])
    await expect(provider.connect(connection, options)).rejects.toBeInstanceOf(Problem);
  expect(here.fake.calls).toEqual([]);
});

test("credentials of the surroundings that cannot be read are a wrong set-up", async () => {
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "/nobody/made/me.json");
  const options = { owner: "lapse", secret: () => undefined, timeout: 5_000 };
  const connecting = provider.connect({ resource: "projects/orders-production" }, options);
  await expect(connecting).rejects.toMatchObject({ kind: "misconfigured" });
});

test("a connection names a resource of Google's, and no server but this machine's", () => {
  const validate = new Ajv2020().compile(provider.schemas.connection);
  const resource = "projects/orders-production";
  expect(validate({ resource: "organizations/123" })).toBe(true);
  for (const endpoint of ["https://evil.example.com", "http://127.0.0.1.evil.com:1", "http://127.0.0.1:1/x"])
    expect(validate({ resource, endpoint })).toBe(false);
  for (const bad of ["projects/../x", "projects/a/roles/b", "billingAccounts/1", "folders/x"])
    expect(validate({ resource: bad })).toBe(false);
});

test("the doctor finds what the applier lacks, what it has too much of, and what is left over", async () => {
  await here.granted();
  here.fake.advance(WINDOW.end - WINDOW.now);
  here.fake.allow(["resourcemanager.projects.getIamPolicy", "iam.serviceAccountKeys.create"]);
  expect(await here.session.doctor()).toMatchObject([
    { code: "LPS430", message: expect.stringContaining("setIamPolicy") as string },
    { code: "LPS431", message: expect.stringContaining("iam.serviceAccountKeys.create") as string },
    { code: "LPS433" },
  ]);
  here.fake.allow([]);
  expect(await here.session.doctor()).toMatchObject([{ code: "LPS430" }]);
});
