// Does the Azure provider hold against what Azure does? (each test is named after one of its habits)
import { describe, expect, test } from "vitest";
import type { Assignment, Claim } from "../../src/core/model.ts";
import { grantsOn, permits } from "../../src/providers/azure/catalogue.ts";
import { namesOf, uuid5 } from "../../src/providers/azure/edge.ts";
import { ROLE } from "../../src/providers/azure/fake.ts";
import {
  APPLIER,
  can,
  GROUP,
  OWNER,
  READER,
  row,
  SCOPE,
  SUB_SCOPE,
  SUBSCRIPTION,
  TENANT,
} from "../../src/providers/azure/fake-azure.ts";
import { give } from "../../src/providers/azure/fake-pim.ts";
import { ANN, BOB, OTHERS } from "../../src/providers/azure/fake-site.ts";
import { provider } from "../../src/providers/azure/index.ts";
import { readMark } from "../../src/providers/azure/mark.ts";
import { desk, END, failure, LATER, NOW, WINDOW } from "../support/azure.ts";

const at = desk(provider);
const named = (name: string | undefined) => at.here.state.rows.find((one) => one.name === name);
const ours = (assignment: Assignment) => {
  const found = named(assignment.mark);
  if (!found) throw new Error("it is not there");
  return found;
};
const writes = () => at.here.arm.calls.filter((call) => /^(PUT|DELETE|POST)/.test(call));

// ---- the name and the mark -----------------------------------------------------------------------------------

describe("a role assignment of ours", () => {
  test("is called the same whoever writes the ids in whatever case", async () => {
    const upper = { ...ROLE, roleDefinition: READER.toUpperCase(), resourceGroup: GROUP.toUpperCase() };
    const first = await at.session.resolve(at.claim());
    const second = await at.session.resolve(
      at.claim({ role: upper, identity: ANN.toUpperCase(), request: "other" }),
    );
    expect(second).toMatchObject({ key: first.key, mark: first.mark });
    expect(first.mark).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test("has another name for another tenant, owner, scope, role and principal, and a second one for each", () => {
    const edge = { scope: SCOPE.slice(1), subscription: SUBSCRIPTION, role: READER, principal: ANN };
    const all = [
      namesOf(edge, TENANT, "lapse"),
      namesOf(edge, TENANT, "other"),
      namesOf(edge, OTHERS, "lapse"),
      namesOf({ ...edge, principal: BOB }, TENANT, "lapse"),
      namesOf({ ...edge, role: OWNER }, TENANT, "lapse"),
      namesOf({ ...edge, scope: SUB_SCOPE.slice(1) }, TENANT, "lapse"),
    ].flat();
    expect(new Set(all).size).toBe(all.length);
    expect(uuid5("a")).toBe(uuid5("a"));
  });

  test("says its owner, target and end, and that the principal is a user", async () => {
    const stored = ours(await at.granted());
    expect(readMark(stored.description)).toEqual({ owner: "lapse", target: "payments", until: END });
    expect(stored.description).toMatch(/^lapse:v1 /);
    expect(stored.createdBy).toBe(APPLIER);
    expect((await at.session.list()).items).toMatchObject([
      { until: END, target: "payments", principal: { id: ANN } },
    ]);
  });

  test("is listed without an end when somebody spoiled it, and not at all under another owner's mark", async () => {
    const stored = ours(await at.granted());
    stored.description = stored.description?.replace("2026-11-23", "2026-02-30");
    const [item] = (await at.session.list()).items;
    expect(item).toBeDefined();
    expect(item).not.toHaveProperty("until");
    stored.description = stored.description?.replace('"lapse"', '"other"');
    expect((await at.session.list()).items).toEqual([]);
  });

  test("is written anew for a later end, and never for an earlier one: requests share it", async () => {
    const assignment = await at.granted();
    await at.session.grant(assignment, { now: NOW, end: LATER });
    expect(readMark(ours(assignment).description)?.until).toBe(LATER);
    const before = writes().length;
    await at.session.grant(assignment, WINDOW);
    expect(readMark(ours(assignment).description)?.until).toBe(LATER);
    expect(writes()).toHaveLength(before);
  });

  // Two targets on one subscription, or one that was renamed: the core takes the union by the key.
  test("is one for all targets of the subscription, under one key that no grant changes", async () => {
    const first = await at.granted();
    const second = await at.session.resolve(at.claim({ target: "payments-too" }));
    expect(second).toMatchObject({ key: first.key, mark: first.mark });
    expect(first.key).toBe(`azure:${first.mark ?? ""}`);
    const before = writes().length;
    await at.session.grant(second, WINDOW);
    expect(writes()).toHaveLength(before);
    await at.session.grant(second, { now: NOW, end: LATER });
    expect(readMark(ours(first).description)).toMatchObject({ target: "payments", until: LATER });
    expect((await at.session.list()).items.map(({ key }) => key)).toEqual([first.key]);
    for (const one of [first, second]) expect(await at.state(one)).not.toHaveProperty("drift");
  });

  test("gets its mark back when it is granted again", async () => {
    const assignment = await at.granted();
    ours(assignment).description = "mine!";
    expect(await at.state(assignment)).toMatchObject({ state: "ours", drift: expect.any(String) as string });
    await at.session.grant(assignment, WINDOW);
    expect(await at.state(assignment)).not.toHaveProperty("drift");
  });

  test("shows a condition that somebody put on it", async () => {
    const assignment = await at.granted();
    ours(assignment).condition = "@Resource[…]";
    expect(await at.state(assignment)).toMatchObject({
      drift: expect.stringContaining("condition") as string,
    });
  });
});

// ---- conflicts: providers.md, Azure 4.1, grant ---------------------------------------------------------------

describe("granting", () => {
  // https://github.com/Azure/azure-cli/pull/8599: PUT is not idempotent.
  test("believes 409 RoleAssignmentExists that names our id, once it is read back", async () => {
    const assignment = await at.session.resolve(at.claim());
    const id = (assignment.mark ?? "").replaceAll("-", "");
    const message = `The role assignment already exists. The ID of the existing role assignment is ${id}.`;
    at.here.arm.fault({ on: /^PUT/, do: { is: "reset", effect: "after" } });
    await at.session.grant(assignment, WINDOW);
    expect(at.here.arm.calls.filter((call) => call.startsWith("PUT"))).toHaveLength(2);
    expect(await at.state(assignment)).toMatchObject({ state: "ours" });
    await at.session.revoke(assignment);
    const body = JSON.stringify({ error: { code: "RoleAssignmentExists", message } });
    at.here.arm.fault({
      on: /^PUT/,
      do: { is: "status", status: 409, body, headers: { "content-type": "application/json" } },
    });
    const short = await at.here.connect(provider, {}, 300);
    expect(await failure(short.grant(assignment, WINDOW))).toMatchObject({ class: "transient" });
  });

  test("takes 409 RoleAssignmentExists that names another id for standing access, and adopts nothing", async () => {
    const standing = row({ principal: ANN });
    at.here.state.rows.push(standing);
    const before = structuredClone(at.here.state.rows);
    const assignment = await at.session.resolve(at.claim());
    expect(await failure(at.session.grant(assignment, WINDOW))).toMatchObject({
      class: "conflict",
      vendorCode: "RoleAssignmentExists",
    });
    expect(await at.session.verify(assignment)).toMatchObject({ standing: true });
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "escaped" });
    expect(at.here.state.rows).toEqual(before);
  });

  test("RoleAssignmentUpdateNotPermitted: our name is used elsewhere, where we cannot see it", async () => {
    const assignment = await at.session.resolve(at.claim());
    at.here.state.rows.push(row({ principal: BOB, scope: SUB_SCOPE, name: assignment.mark ?? "" }));
    expect(await failure(at.session.grant(assignment, WINDOW))).toMatchObject({
      class: "conflict",
      vendorCode: "RoleAssignmentUpdateNotPermitted",
    });
    await at.session.revoke(assignment);
    expect(named(assignment.mark)?.principal).toBe(BOB);
  });

  // https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
  test("PrincipalNotFound is replication lag once the user was seen, and can be tried again", async () => {
    const user = at.here.state.users.get(ANN);
    if (user) user.replicated = false;
    const assignment = await at.session.resolve(at.claim());
    expect(await failure(at.session.grant(assignment, WINDOW))).toMatchObject({
      class: "transient",
      retryable: true,
      vendorCode: "PrincipalNotFound",
    });
    expect(writes()).toHaveLength(1);
  });

  // https://github.com/Azure/azure-cli/issues/23770
  test("a hash conflict is dodged by a second name, which is ours as well", async () => {
    const assignment = await at.session.resolve(at.claim());
    at.here.state.unlucky.add(assignment.mark ?? "");
    await at.session.grant(assignment, WINDOW);
    expect(named(assignment.mark)).toBeUndefined();
    expect(await at.state(assignment)).toMatchObject({ state: "ours" });
    expect((await at.session.list()).items).toMatchObject([{ key: assignment.key, mark: assignment.mark }]);
    expect(await at.session.verify(assignment)).toMatchObject({ allowed: true, standing: false });
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(can(at.here.state, ANN)).toBe(false);
  });

  test("the limit of role assignments and a lock on the scope are told in words, and are not tried again", async () => {
    const assignment = await at.granted({ identity: BOB });
    const other = await at.session.resolve(at.claim());
    at.here.state.limit = 1;
    expect(await failure(at.session.grant(other, WINDOW))).toMatchObject({ class: "denied-by-policy" });
    at.here.state.locked = true;
    for (const act of [() => at.session.grant(other, WINDOW), () => at.session.revoke(assignment)])
      expect(await failure(act())).toMatchObject({ class: "denied-by-policy", vendorCode: "ScopeLocked" });
    expect(can(at.here.state, BOB)).toBe(true);
  });

  test("what the applier's condition does not cover is forbidden", async () => {
    at.here.state.mayWrite = false;
    const assignment = await at.session.resolve(at.claim());
    const error = await failure(at.session.grant(assignment, WINDOW));
    expect(error).toMatchObject({ class: "forbidden", vendorCode: "AuthorizationFailed" });
    expect(error.message).toContain("condition");
  });

  test("an order whose answer was lost before or after its effect is repeated, and makes one access", async () => {
    for (const effect of ["before", "after"] as const) {
      at.here.arm.fault({ on: /^PUT/, do: { is: "reset", effect } });
      const assignment = await at.granted();
      expect(at.here.state.rows.filter(({ principal }) => principal === ANN)).toHaveLength(1);
      at.here.arm.fault({ on: /^DELETE/, do: { is: "reset", effect } });
      expect(await at.session.revoke(assignment)).toMatchObject({ state: "absent" });
      expect(can(at.here.state, ANN)).toBe(false);
    }
  });
});

// ---- ends: providers.md, Azure 4.1, revoke -------------------------------------------------------------------

describe("revoking", () => {
  test("does not believe 204: what goes on being shown was not removed", async () => {
    const assignment = await at.granted();
    const short = await at.here.connect(provider, {}, 400);
    at.here.arm.fault({ on: /^DELETE/, do: { is: "status", status: 204 }, times: Infinity });
    expect(await short.revoke(assignment)).toMatchObject({ state: "sent" });
    expect(can(at.here.state, ANN)).toBe(true);
    at.here.arm.heal();
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "absent" });
  });

  test("waits for lists and looks that lag behind, after granting and after ending", async () => {
    const assignment = await at.granted();
    expect((await at.session.list()).items).toHaveLength(1);
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(at.here.state.stale).toBe(0);
  });

  test("ends what was given a moment ago and is not shown at all yet", async () => {
    const assignment = await at.granted();
    at.here.state.before = at.here.state.rows.filter(({ name }) => name !== assignment.mark);
    at.here.state.stale = 1;
    at.here.state.unseen.set(assignment.mark ?? "", 1);
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(can(at.here.state, ANN)).toBe(false);
  });

  test("does not take a refused, empty-handed or broken list for absence", async () => {
    const assignment = await at.granted();
    const answers = [
      [403, "forbidden"],
      [404, "target-missing"],
      [500, "transient"],
    ] as const;
    for (const [status, cls] of answers) {
      at.here.arm.fault({ on: /roleAssignments\?/, do: { is: "status", status }, times: Infinity });
      expect((await failure(at.session.observe([assignment]))).class).toBe(cls);
      expect((await failure(at.session.revoke(assignment))).class).toBe(cls);
      at.here.arm.heal();
    }
    expect(can(at.here.state, ANN)).toBe(true);
  });

  test("is over when the resource group is gone, and when the user is", async () => {
    const assignment = await at.granted();
    at.here.state.users.delete(ANN);
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "absent" });
    at.here.state.resourceGroups.clear();
    at.here.state.rows = [];
    expect(await at.state(assignment)).toMatchObject({ state: "absent" });
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "absent" });
  });

  test("needs nothing but the assignment: no Graph, no role definition", async () => {
    const assignment = await at.granted();
    at.here.state.mayReadUsers = false;
    at.here.state.roles.clear();
    const next = await at.here.connect(provider);
    expect(await next.revoke(JSON.parse(JSON.stringify(assignment)) as Assignment)).toMatchObject({
      state: "absent",
    });
  });

  test("refuses an assignment that would leave its path", async () => {
    const assignment = await at.session.resolve(at.claim());
    const elsewhere = [
      "/subscriptions/x/resourceGroups/y",
      `${SUB_SCOPE}/resourceGroups/../x`,
      SUB_SCOPE,
      `${SCOPE}?x`,
    ];
    for (const id of elsewhere)
      expect((await failure(at.session.revoke({ ...assignment, scope: { id } }))).class).toBe("malformed");
    const quoted = { ...assignment, principal: { id: "' or 1 eq 1" } };
    expect((await failure(at.session.revoke(quoted))).class).toBe("malformed");
  });
});

// ---- who else lets in ----------------------------------------------------------------------------------------

describe("verify", () => {
  test("counts inherited assignments and those of groups as standing, and other roles not", async () => {
    const assignment = await at.granted();
    at.here.state.rows.push(
      row({ principal: ANN, role: OWNER }),
      row({ principal: ANN, scope: `${SCOPE}-2` }),
    );
    expect(await at.session.verify(assignment)).toMatchObject({ standing: false, via: [expect.anything()] });
    at.here.state.rows.push(row({ principal: ANN, scope: SUB_SCOPE }));
    const inherited = await at.session.verify(assignment);
    expect(inherited).toMatchObject({ standing: true });
    expect(inherited.via.join()).toContain(SUB_SCOPE);
    at.here.state.groups.set(OTHERS, new Set([ANN]));
    at.here.state.rows.push(row({ principal: OTHERS }));
    expect((await at.session.verify(assignment)).via.join()).toContain(`group ${OTHERS.toUpperCase()}`);
  });

  // https://github.com/humanascode/azure-rbac-controller/issues/2
  test("sees an activation in PIM as a way that is not ours, and touches it no more than any other", async () => {
    const edge = { scope: SCOPE, role: READER, principal: ANN };
    give(at.here.state, { ...edge, assignmentType: "Activated", start: NOW, end: END, request: OTHERS });
    const assignment = await at.session.resolve(at.claim());
    expect(await at.state(assignment)).toMatchObject({ state: "absent" });
    expect(await at.session.verify(assignment)).toMatchObject({ allowed: true, standing: true });
    expect((await at.session.list()).items).toEqual([]);
    await at.session.revoke(assignment);
    expect(can(at.here.state, ANN)).toBe(true);
    at.here.state.now = END;
    await at.session.grant(assignment, { now: END, end: LATER });
    expect(await at.session.verify(assignment)).toMatchObject({ allowed: true, standing: false });
  });
});

// ---- who is who ----------------------------------------------------------------------------------------------

describe("resolving", () => {
  test("refuses roles that can assign roles, by id and by what they permit", async () => {
    const custom = "00000000-0000-4000-8000-00000000cccc";
    const permissions = [{ actions: ["Microsoft.Authorization/*/Write"], notActions: [] }];
    at.here.state.roles.set(custom, { roleName: "Helper", permissions });
    for (const roleDefinition of [OWNER, custom, "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"]) {
      const error = await failure(at.session.resolve(at.claim({ role: { ...ROLE, roleDefinition } })));
      expect(error.class).toBe("denied-by-policy");
    }
  });

  // Built-in ones are known offline, so that people are told before they approve; of any other role nobody is.
  test("refuses roles whose holder could read or make credentials that go on working, unless people were told", async () => {
    const custom = "00000000-0000-4000-8000-00000000cccc";
    const resolving = (roleDefinition: string, actions: string[], notActions: string[] = []) => {
      at.here.state.roles.set(roleDefinition, { roleName: "Helper", permissions: [{ actions, notActions }] });
      return at.session.resolve(at.claim({ role: { ...ROLE, roleDefinition } }));
    };
    const others = ["Authorization/*/Write", "Authorization/elevateAccess/Action", "Blueprint/*/write"].map(
      (one) => `Microsoft.${one}`,
    );
    for (const actions of [
      ["Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action"],
      ["Microsoft.KeyVault/vaults/write"],
      ["Microsoft.KeyVault/*"],
      ["Microsoft.KeyVault/vaults/accessPolicies/write"],
      ["Microsoft.Storage/storageAccounts/listkeys/action"],
      ["*/action"],
      ["Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write"],
    ])
      expect((await failure(resolving(custom, actions))).class).toBe("denied-by-policy");
    const likeContributor = (id: string) => resolving(id, ["*"], others);
    expect((await failure(likeContributor(custom))).class).toBe("denied-by-policy");
    expect(await likeContributor("b24988ac-6180-42a0-ab88-20f7382dd24c")).toHaveProperty("key");
    expect(
      await resolving(custom, ["*/read", "Microsoft.Compute/virtualMachines/restart/action"]),
    ).toHaveProperty("key");
  });

  test("refuses a disabled account, and says which right it lacks to look at users", async () => {
    const user = at.here.state.users.get(ANN);
    if (user) user.enabled = false;
    expect(await failure(at.session.resolve(at.claim()))).toMatchObject({ class: "subject-missing" });
    at.here.state.mayReadUsers = false;
    const error = await failure(at.session.resolve(at.claim({ identity: BOB })));
    expect(error).toMatchObject({ class: "forbidden" });
    expect(error.message).toContain("User.Read.All");
  });

  test("tells a resource group that is missing", async () => {
    const role = { ...ROLE, resourceGroup: "nowhere" };
    expect(await failure(at.session.resolve(at.claim({ role })))).toMatchObject({ class: "role-missing" });
  });

  test("judges names offline", () => {
    const lint = (more: Partial<Claim>) => provider.lint(at.claim(more));
    expect(lint({})).toBeUndefined();
    expect(lint({ identity: "ann@acme.example" })).toContain("object id");
    expect(lint({ role: { ...ROLE, resourceGroup: "a/../b" } })).toContain("resource group");
    expect(lint({ role: { ...ROLE, resourceGroup: "ends-in." } })).toContain("resource group");
    expect(lint({ role: { ...ROLE, roleDefinition: "Reader" } })).toContain("role definition");
    expect(lint({ role: { ...ROLE, roleDefinition: OWNER.toUpperCase() } })).toContain("Owner");
    const contributor = { ...ROLE, roleDefinition: "b24988ac-6180-42a0-ab88-20f7382dd24c" };
    expect(lint({ role: contributor })).toBeUndefined();
    expect(provider.selfPerpetuating(contributor)).toContain("credentials");
    const told = (roleDefinition: string) => provider.selfPerpetuating({ ...ROLE, roleDefinition });
    expect(told("0AB0B1A8-8aac-4efd-b8c2-3ee1fb270be8")).toContain("Cluster Admin");
    expect(told("f25e0fa2-a7c8-4377-a976-54943a77a395")).toContain("Key Vault");
    expect(told("17d1049b-9a84-46fb-8f53-869881c3d3ab")).toContain("Storage Account");
    expect(provider.selfPerpetuating(ROLE)).toBeUndefined();
    expect(provider.howToConnect(at.claim())).toContain(GROUP);
  });

  test("reads permissions as Azure does: wildcards cross slashes, and what is excepted is not permitted", () => {
    const write = "Microsoft.Authorization/roleAssignments/write";
    const of = (actions: string[], notActions: string[] = []) => [{ actions, notActions }];
    for (const action of [
      "*",
      "*/write",
      "Microsoft.Authorization/*",
      "microsoft.authorization/ROLEASSIGNMENTS/write",
    ])
      expect(permits(of([action]), write)).toBe(true);
    for (const action of [
      "*/read",
      "Microsoft.Authorization/*/delete",
      "Microsoft.Auth",
      "*/roleAssignments",
    ])
      expect(permits(of([action]), write)).toBe(false);
    expect(
      grantsOn(
        of(
          ["*"],
          [
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
            "Microsoft.Blueprint/blueprintAssignments/write",
          ],
        ),
      ),
    ).toBeUndefined();
    expect(grantsOn([...of(["*"], ["*"]), ...of([write])])).toBe(write.toLowerCase());
  });
});
