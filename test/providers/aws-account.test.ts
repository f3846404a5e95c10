// Do assignments to AWS accounts behave as AWS documents them?
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Claim, Duration, JsonObject } from "../../src/core/model.ts";
import { fromEpoch, plus } from "../../src/core/time.ts";
import { minutes } from "../../src/providers/aws/account-doctor.ts";
import { openAccounts } from "../../src/providers/aws/account-session.ts";
import { placeOf } from "../../src/providers/aws/fake-accounts.ts";
import {
  ACCOUNT,
  ADMIN,
  centerWorld,
  READ_ONLY,
  READER,
  type CenterWorld,
} from "../../src/providers/aws/fake-center.ts";
import { ANN, BOB, hinder, OTHER_GROUP } from "../../src/providers/aws/fake-groups.ts";
import { Refusal } from "../../src/providers/aws/fake-wire.ts";
import type { Session } from "../../src/providers/provider.ts";

const NOW = fromEpoch(Date.UTC(2026, 10, 23, 9));
const WINDOW = { now: NOW, end: plus(NOW, 3_600_000 as Duration) };

let world: CenterWorld;
const open: Session[] = [];
const connect = async (total = 3_000): Promise<Session> => {
  const options = { owner: "lapse", secret: world.secret, timeout: 3_000 };
  const session = await openAccounts(world.connection, options, { total, first: 10 });
  open.push(session);
  return session;
};
const claim = (more: Partial<Claim> = {}): Claim => ({
  ...{ request: "ann-1", owner: "lapse", target: "target", provider: "aws-account" },
  ...{ connection: world.connection, identity: ANN, role: { account: ACCOUNT, permissionSet: READER } },
  ...{ scope: {}, ...more },
});
const role = (permissionSet: string): JsonObject => ({ account: ACCOUNT, permissionSet });
const list = () => world.accounts.listOf(placeOf(ACCOUNT, READER));
const calls = (name: string) => world.wire.operations.filter((one) => one === name).length;

beforeEach(async () => {
  world = await centerWorld();
  // Orders are carried out when they are looked at the second time, and lists show it later still.
  world.accounts.patience = 2;
  world.accounts.lag = 2;
});
afterEach(async () => {
  for (const session of open.splice(0)) await session.close();
  await world.close();
});

describe("an order", () => {
  test("is polled, and believed only when the list of assignments shows it", async () => {
    const session = await connect();
    const assignment = await session.resolve(claim());
    await session.grant(assignment, WINDOW);
    expect(await session.observe([assignment])).toMatchObject([{ state: "held" }]);
    expect(await world.can(ANN)).toBe(true);
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(await world.can(ANN)).toBe(false);
    expect([calls("CreateAccountAssignment"), calls("DeleteAccountAssignment")]).toEqual([1, 1]);
  });

  test("that another run gave is found again and polled: no second one is given", async () => {
    world.accounts.patience = Infinity;
    const first = await connect(40);
    const assignment = await first.resolve(claim());
    await first.grant(assignment, WINDOW);
    const next = await connect(40);
    expect(await next.observe([assignment])).toEqual([{ state: "pending" }]);
    await next.grant(assignment, WINDOW);
    expect(calls("CreateAccountAssignment")).toBe(1);
    world.accounts.settle();
    world.accounts.lag = 0;
    await first.revoke(assignment);
    expect(await next.revoke(assignment)).toMatchObject({ state: "sent" });
    expect(calls("DeleteAccountAssignment")).toBe(1);
  });

  // https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ssoadmin/account_assignment.go
  test("is not given for what is there already, which AWS would accept without a word", async () => {
    list().set([{ PrincipalType: "USER", PrincipalId: ANN }]);
    world.accounts.lag = 0;
    const session = await connect();
    const assignment = await session.resolve(claim());
    await session.observe([assignment]);
    expect(await session.observe([assignment])).toMatchObject([{ state: "held" }]);
    await session.grant(assignment, WINDOW);
    expect(world.accounts.orders).toEqual([]);
  });

  // https://github.com/aws-samples/iam-identity-center-team/issues/513
  test("that meets a change under way is given again with growing pauses", async () => {
    const session = await connect();
    const assignment = await session.resolve(claim());
    world.wire.faults.push({ on: /^CreateAccount/, refusal: new Refusal("ConflictException"), times: 3 });
    await session.grant(assignment, WINDOW);
    expect(calls("CreateAccountAssignment")).toBe(4);
    expect(await world.can(ANN)).toBe(true);
  });

  test("that always meets one is a conflict within the bound", async () => {
    const session = await connect(60);
    const assignment = await session.resolve(claim());
    hinder(world.wire, /^CreateAccount/, "ConflictException");
    await expect(session.grant(assignment, WINDOW)).rejects.toMatchObject({ class: "conflict" });
  });

  test("that fails says so, with a class for the reason and without AWS's words", async () => {
    const session = await connect();
    const assignment = await session.resolve(claim());
    const reasons = {
      "Received a 404 status error: Not supported": "subject-missing",
      "Access denied": "forbidden",
    };
    for (const [reason, cls] of Object.entries({ ...reasons, "An unexpected exception": "transient" })) {
      world.accounts.fail = reason;
      const thrown: unknown = await session.grant(assignment, WINDOW).catch((one: unknown) => one);
      expect(thrown).toMatchObject({ class: cls, vendorCode: "FAILED" });
      expect(String(thrown)).not.toContain(reason);
      expect(String((thrown as Error).cause)).toContain(reason);
    }
    expect(await world.can(ANN)).toBe(false);
  });

  test("for somebody who was deleted meanwhile fails as subject-missing", async () => {
    const session = await connect();
    const assignment = await session.resolve(claim());
    world.identity.users.delete(ANN);
    await expect(session.grant(assignment, WINDOW)).rejects.toMatchObject({ class: "subject-missing" });
  });

  // https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html
  test("waits while five others are outstanding in the organisation", async () => {
    world.accounts.patience = Infinity;
    const session = await connect(40);
    const assignment = await session.resolve(claim());
    for (let i = 0; i < 5; i++)
      world.accounts.service["CreateAccountAssignment"]?.({
        ...{ InstanceArn: world.connection["instance"], TargetId: ACCOUNT, PermissionSetArn: READER },
        ...{ PrincipalType: "GROUP", PrincipalId: `group-${i}` },
      });
    await expect(session.grant(assignment, WINDOW)).rejects.toMatchObject({ class: "throttled" });
    expect(world.accounts.orders).toHaveLength(5);
  });

  test("that is under way holds up its own removal: neither absent nor sent is said", async () => {
    world.accounts.patience = Infinity;
    const session = await connect(40);
    const assignment = await session.resolve(claim());
    await session.grant(assignment, WINDOW);
    // Even if AWS said that there is nothing to remove yet.
    const release = hinder(world.wire, /^DeleteAccount/, "ResourceNotFoundException");
    await expect(session.revoke(assignment)).rejects.toMatchObject({ class: "conflict", retryable: true });
    await release();
    world.accounts.settle();
    world.accounts.lag = 0;
    await session.observe([assignment]);
    await session.observe([assignment]);
    expect((await session.revoke(assignment)).state).toBe("sent");
  });
});

describe("not found", () => {
  test("in a list that lags is not absence: what was made a moment ago is removed all the same", async () => {
    const session = await connect();
    const assignment = await session.resolve(claim());
    world.accounts.lag = 2;
    list().set([{ PrincipalType: "USER", PrincipalId: ANN }]);
    expect((await session.observe([assignment]))[0]?.state).toBe("absent");
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(list().items).toEqual([]);
    expect(await world.can(ANN)).toBe(false);
  });

  test("on a removal is proof only if the list lacks it", async () => {
    const session = await connect(60);
    const assignment = await session.resolve(claim());
    list().set([{ PrincipalType: "USER", PrincipalId: ANN }]);
    hinder(world.wire, /^DeleteAccount/, "ResourceNotFoundException");
    await session.observe([assignment]);
    await session.observe([assignment]);
    await expect(session.revoke(assignment)).rejects.toMatchObject({
      vendorCode: "ResourceNotFoundException",
    });
    expect(await world.can(ANN)).toBe(true);
  });

  test("of the permission set is not absence of the assignment", async () => {
    const session = await connect(60);
    const assignment = await session.resolve(claim());
    world.accounts.permissionSets.delete(READER);
    await expect(session.observe([assignment])).rejects.toMatchObject({ class: "role-missing" });
    await expect(session.revoke(assignment)).rejects.toMatchObject({ class: "role-missing" });
  });

  test("tells account and permission set from the subject", async () => {
    const session = await connect();
    const elsewhere = { account: "999999999999", permissionSet: READER };
    await expect(session.resolve(claim({ role: elsewhere }))).rejects.toMatchObject({
      class: "role-missing",
    });
    const nobody = ANN.replace(/6$/, "9");
    await expect(session.resolve(claim({ identity: nobody }))).rejects.toMatchObject({
      class: "subject-missing",
    });
  });
});

describe("the removal of somebody whom SCIM has deleted", () => {
  const leaver = async (session: Session) => {
    const assignment = await session.resolve(claim());
    await session.grant(assignment, WINDOW);
    world.identity.users.delete(ANN);
    return assignment;
  };

  // https://github.com/hashicorp/terraform-provider-aws/issues/19341
  test("is over although AWS fails to carry it out: ids are never given again", async () => {
    const session = await connect();
    const assignment = await leaver(session);
    expect(await session.revoke(assignment)).toMatchObject({
      state: "absent",
      residue: [expect.stringContaining("the assignment of a deleted user is left") as string],
    });
    expect(calls("DeleteAccountAssignment")).toBe(1);
    expect(list().items).toHaveLength(1);
    expect(await world.can(ANN)).toBe(false);
  });

  test("is over, too, when AWS refuses the order at once", async () => {
    const session = await connect();
    const assignment = await leaver(session);
    hinder(world.wire, /^DeleteAccount/, "ResourceNotFoundException");
    expect(await session.revoke(assignment)).toMatchObject({
      state: "absent",
      residue: [expect.any(String)],
    });
  });

  test("is not over unless the identity store names the very user as missing", async () => {
    const session = await connect(800);
    const assignment = await session.resolve(claim());
    await session.grant(assignment, WINDOW);
    world.accounts.settle();
    world.accounts.lag = 0;
    world.accounts.patience = 1;
    world.accounts.fail = "Received a 404 status error: Not supported";
    // He is there: the order's reason alone proves nothing.
    await expect(session.revoke(assignment)).rejects.toMatchObject({
      class: "subject-missing",
      vendorCode: "FAILED",
    });
    world.identity.users.delete(ANN);
    const release = hinder(world.wire, /^DescribeUser$/, "ResourceNotFoundException");
    await expect(session.revoke(assignment)).rejects.toMatchObject({ class: "target-missing" });
    await release();
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
  });
});

// The list may lag, so it is not believed before AWS has done what it was asked.
test.each([
  ["a refusal", "Access denied", "forbidden"],
  ["an accident", "An unexpected exception", "transient"],
])("a removal that failed by %s is no removal, whatever the list lacks", async (_, reason, cls) => {
  world.accounts.patience = 1;
  const session = await connect();
  const assignment = await session.resolve(claim());
  world.accounts.lag = 9;
  list().set([{ PrincipalType: "USER", PrincipalId: ANN }]);
  world.accounts.fail = reason;
  await expect(session.revoke(assignment)).rejects.toMatchObject({ class: cls, vendorCode: "FAILED" });
  expect(await world.can(ANN)).toBe(true);
});

describe("standing access", () => {
  test("through a group is standing, and an escape after the end", async () => {
    const session = await connect();
    const assignment = await session.resolve(claim());
    world.identity.join(OTHER_GROUP, ANN);
    list().set([{ PrincipalType: "GROUP", PrincipalId: OTHER_GROUP }]);
    world.accounts.lag = 0;
    await session.observe([assignment]);
    await session.observe([assignment]);
    const via = [`group ${OTHER_GROUP}`];
    expect(await session.verify(assignment)).toEqual({ allowed: true, via, standing: true });
    await session.grant(assignment, WINDOW);
    expect((await session.verify(assignment)).via).toEqual([`user ${ANN}`, ...via].sort().reverse());
    expect(await session.revoke(assignment)).toMatchObject({ state: "escaped" });
    expect(await world.can(ANN)).toBe(true);
  });

  test("of a group that the subject is not in is nobody's business", async () => {
    const session = await connect();
    list().set([{ PrincipalType: "GROUP", PrincipalId: OTHER_GROUP }]);
    world.identity.join(OTHER_GROUP, BOB);
    const assignment = await session.resolve(claim());
    expect(await session.verify(assignment)).toEqual({ allowed: false, via: [], standing: false });
  });
});

describe("a permission set that outlives any time limit is refused", () => {
  const reader = () => {
    const found = world.accounts.permissionSets.get(READER);
    if (!found) throw new Error("the world has no Reader");
    return found;
  };
  const all = { Effect: "Allow", Resource: "*" };
  const written = (Statement: object) => JSON.stringify({ Version: "2012-10-17", Statement });
  const refused = { class: "denied-by-policy" };

  test("by what AWS's own policies allow", async () => {
    const session = await connect();
    await expect(session.resolve(claim({ role: role(ADMIN) }))).rejects.toMatchObject(refused);
  });

  // As PowerUserAccess, SystemAdministrator, AmazonS3FullAccess and AWSLambda_FullAccess have it.
  test.each([
    ["everything but IAM", { ...all, Action: undefined, NotAction: ["iam:*", "organizations:*"] }],
    ["passing roles", { ...all, Action: ["ec2:StartInstances", "iam:PassRole"] }],
    ["policies of buckets", { ...all, Action: ["s3:*", "s3-object-lambda:*"] }],
    ["code of functions", { ...all, Action: "lambda:*" }],
  ])("by the version that is in force: %s", async (_, statement) => {
    const session = await connect();
    const policy = world.iam.managed.get(READ_ONLY);
    policy?.versions.set("v8", written(statement));
    await session.resolve(claim());
    if (policy) policy.current = "v8";
    await expect(session.resolve(claim())).rejects.toMatchObject(refused);
  });

  test("by its inline policy", async () => {
    const session = await connect();
    reader().inline = written({ ...all, Action: "iam:*" });
    await expect(session.resolve(claim())).rejects.toMatchObject(refused);
    reader().inline = written({ ...all, Action: "iam:*", Effect: "Deny" });
    await session.resolve(claim());
  });

  test("when its inline policy cannot be read", async () => {
    const session = await connect();
    const odd = [written({ ...all }), written({ ...all, Effect: "allow", Action: "iam:*" })];
    for (const inline of ["{", "[]", '{"Statement":"all"}', ...odd]) {
      reader().inline = inline;
      await expect(session.resolve(claim()), inline).rejects.toMatchObject(refused);
    }
  });

  test("when it refers to policies that every account writes for itself, with a word on what to use", async () => {
    const session = await connect();
    reader().customer.push("orders-admin");
    await expect(session.resolve(claim())).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(/orders-admin.*lend a group.*kind aws/) as string,
    });
  });
});

test("two targets on one instance share the edge, and so its key", async () => {
  const session = await connect();
  const [one, two] = [await session.resolve(claim()), await session.resolve(claim({ target: "renamed" }))];
  expect(one.key).toBe(two.key);
  expect(one.key).toBe(`aws-account:${READER}/${ACCOUNT}/${ANN}`);
  expect((await session.resolve(claim({ identity: BOB }))).key).not.toBe(one.key);
});

test("the doctor names permission sets whose sessions last longer than an hour", async () => {
  const session = await connect();
  const [finding, ...more] = await session.doctor();
  expect(more).toEqual([]);
  expect(finding).toMatchObject({
    code: "LPS434",
    message: expect.stringContaining("Admin (PT8H)") as string,
  });
  expect(finding?.message).not.toContain("Reader");
  hinder(world.wire, /CreationStatus$/, "AccessDeniedException");
  expect((await session.doctor()).map(({ code }) => code)).toEqual(["LPS430", "LPS434"]);
});

test("a session duration that cannot be read counts as long", () => {
  expect(["PT1H", "PT60M", "PT1H30M", "PT90S"].map(minutes)).toEqual([60, 60, 90, 1.5]);
  expect(["", "PT", "P1D", "1h"].map(minutes)).toEqual([Infinity, Infinity, Infinity, Infinity]);
});

test("what is no account or permission set is refused before anything is asked", () => {
  const wrong = [
    { account: "12", permissionSet: READER },
    { account: ACCOUNT, permissionSet: "Reader" },
  ];
  for (const one of wrong) expect(world.provider.lint({ identity: ANN, role: one, scope: {} })).toBeTruthy();
  expect(world.provider.lint({ identity: ANN, role: role(READER), scope: {} })).toBeUndefined();
});
