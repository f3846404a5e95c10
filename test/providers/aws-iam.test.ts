// Do inline policies of IAM end when they should, and is nothing else touched?
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Assignment, Claim, Duration, JsonObject } from "../../src/core/model.ts";
import { fromEpoch, plus } from "../../src/core/time.ts";
import { hinder } from "../../src/providers/aws/fake-groups.ts";
import {
  ACCOUNT,
  POLICY,
  policyWorld,
  READ,
  type PolicyWorld,
} from "../../src/providers/aws/fake-policies.ts";
import type { Session } from "../../src/providers/provider.ts";

const NOW = fromEpoch(Date.UTC(2026, 10, 23, 9));
const at = (ms: number) => plus(NOW, ms as Duration);
const WINDOW = { now: NOW, end: at(3_600_000) };
const ANN = "user/ann";
const MARK = "lapse@lapse@target@ann-1";

let world: PolicyWorld;
let session: Session;
const open: Session[] = [];
const connect = async (more: JsonObject = {}, timeout = 3_000, owner = "lapse"): Promise<Session> => {
  const options = { owner, secret: world.secret, timeout };
  const made = await world.provider.connect({ ...world.connection, ...more }, options);
  open.push(made);
  return made;
};
const claim = (more: Partial<Claim> = {}): Claim => ({
  ...{
    request: "ann-1",
    owner: "lapse",
    target: "target",
    provider: "aws-iam",
    connection: world.connection,
  },
  ...{ identity: ANN, role: { policy: POLICY, version: "v1" }, scope: {}, ...more },
});
const granted = async (more: Partial<Claim> = {}): Promise<Assignment> => {
  const assignment = await session.resolve(claim(more));
  await session.grant(assignment, WINDOW);
  return assignment;
};
const ann = () => world.who(ANN);
const text = (mark = MARK) => ann().inline.get(mark) ?? "";
const write = (document: string | undefined, mark = MARK) => {
  world.iam.write(ann(), mark, document);
  ann().stale = 0;
};
const publish = (document: object, version = "v1") =>
  world.iam.managed.get(POLICY)?.versions.set(version, JSON.stringify(document));
const allow = (more: object) => ({
  ...READ,
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*", ...more }],
});
const puts = () => world.wire.operations.filter((name) => name.startsWith("Put")).length;
const advance = (ms: number) => {
  if (typeof world.advance === "function") world.advance(ms);
};

beforeEach(async () => {
  world = await policyWorld();
  session = await connect();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  await world.close();
});

describe("the end", () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws-dates.html
  test("is in every statement, in whole seconds, and never late", async () => {
    const assignment = await session.resolve(claim());
    await session.grant(assignment, { now: NOW, end: at(10_999) });
    const { Statement } = JSON.parse(text()) as { Statement: { Condition: unknown }[] };
    const Condition = { DateLessThan: { "aws:CurrentTime": "2026-11-23T09:00:10Z" } };
    expect(Statement.map((one) => one.Condition)).toEqual([Condition, Condition]);
    advance(9_999);
    expect(await world.can(ANN)).toBe(true);
    advance(1);
    expect(await world.can(ANN)).toBe(false);
    expect(await session.observe([assignment])).toEqual([{ state: "absent" }]);
    expect(await session.verify(assignment)).toEqual({ allowed: false, via: [], standing: false });
  });

  test("that comes before the next whole second is over already", async () => {
    const assignment = await session.resolve(claim());
    await expect(session.grant(assignment, { now: NOW, end: at(999) })).rejects.toMatchObject({
      class: "malformed",
    });
    expect(puts()).toBe(0);
  });

  test("moves when the same request is granted for longer", async () => {
    const assignment = await granted();
    const receipt = await session.grant(assignment, { now: NOW, end: at(7_200_000) });
    expect(receipt).toMatchObject({ end: "2026-11-23T11:00:00Z" });
    advance(3_600_000);
    expect(await world.can(ANN)).toBe(true);
  });

  test("is listed where it can be read, and left out where somebody spoiled it", async () => {
    await granted();
    expect((await session.list()).items).toMatchObject([{ mark: MARK, until: WINDOW.end, target: "target" }]);
    write(text().replaceAll("2026-11-23T10:00:00Z", "2026-02-30T10:00:00Z"));
    expect((await session.list()).items).toMatchObject([{ mark: MARK }]);
    expect((await session.list()).items[0]?.until).toBeUndefined();
  });

  test("that somebody took out is drift, for the doctor an error, never cleaned up, and ended by revoking", async () => {
    const assignment = await granted();
    write(text().replace(/,"Condition":\{"DateLessThan":\{[^}]*\}\}/, ""));
    advance(7_200_000);
    expect(await world.can(ANN)).toBe(true);
    expect(await session.observe([assignment])).toMatchObject([
      { state: "ours", drift: expect.stringContaining("end was removed") as string },
    ]);
    expect(await session.doctor()).toMatchObject([{ code: "LPS434", severity: "error" }]);
    expect(await session.cleanup()).toEqual([]);
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(await world.can(ANN)).toBe(false);
  });
});

describe("what has ended", () => {
  test("is cleaned up, and what has not is not", async () => {
    await granted();
    await session.grant(await session.resolve(claim({ request: "ann-2" })), { now: NOW, end: at(9_000_000) });
    advance(3_600_000);
    expect(await session.doctor()).toMatchObject([{ code: "LPS433" }]);
    expect(await session.cleanup()).toEqual([expect.stringContaining(MARK)]);
    expect([...ann().inline.keys()]).toEqual(["lapse@lapse@target@ann-2"]);
    expect((await session.list()).items).toHaveLength(1);
  });

  test("of others is left alone, whatever its name", async () => {
    await granted({ owner: "other" });
    const foreign = text("lapse@other@target@ann-1").replace(/Lapse[0-9a-f]{16}/, "Mine");
    write(foreign, "lapse@lapse@target@pretended");
    advance(3_600_000);
    expect(await session.cleanup()).toEqual([]);
    expect(ann().inline.size).toBe(2);
    expect(await session.doctor()).toMatchObject([{ code: "LPS435", severity: "error" }]);
    expect((await session.list()).items).toEqual([]);
  });
});

describe("a policy under our name that is not ours", () => {
  test("is not written over, and not removed", async () => {
    const assignment = await session.resolve(claim());
    const foreign = JSON.stringify(allow({ Action: "s3:PutObject" }));
    write(foreign);
    await expect(session.grant(assignment, WINDOW)).rejects.toMatchObject({ class: "conflict" });
    expect(await session.revoke(assignment)).toMatchObject({
      state: "absent",
      residue: [expect.any(String)],
    });
    expect(text()).toBe(foreign);
    expect(puts()).toBe(0);
  });

  test("is no policy at all, and stays, too", async () => {
    const assignment = await session.resolve(claim());
    write("[]");
    expect(await session.observe([assignment])).toEqual([{ state: "foreign" }]);
    await session.revoke(assignment);
    expect(text()).toBe("[]");
  });
});

describe("our own policy", () => {
  test("is written once, however often it is granted", async () => {
    const assignment = await granted();
    await session.grant(assignment, WINDOW);
    expect(puts()).toBe(1);
  });

  test("that somebody widened is drift, and goes as a whole", async () => {
    const assignment = await granted();
    write(text().replace('"s3:GetObject"', '"s3:*"'));
    expect(await session.observe([assignment])).toMatchObject([
      { state: "ours", drift: expect.stringContaining("changed") as string },
    ]);
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(ann().inline.size).toBe(0);
  });

  test("carries no mark of another request", async () => {
    await granted();
    write(text(), "lapse@lapse@target@copied");
    write(undefined);
    expect((await session.list()).items).toEqual([]);
    expect(await session.doctor()).toMatchObject([{ code: "LPS435" }]);
  });

  test("of a role is a role's", async () => {
    world.iam.add("role", "ops-ann");
    const assignment = await granted({ identity: "role/ops-ann" });
    expect(world.who("role/ops-ann").inline.has(MARK)).toBe(true);
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(world.who("role/ops-ann").inline.size).toBe(0);
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  test("that is longer than IAM takes is refused before it is written", async () => {
    publish(
      allow({ Resource: Array.from({ length: 60 }, (_, i) => `arn:aws:s3:::orders-of-the-year-${i}/*`) }),
    );
    const assignment = await session.resolve(claim());
    await expect(session.grant(assignment, WINDOW)).rejects.toMatchObject({ class: "malformed" });
    expect(puts()).toBe(0);
  });

  test("that has no room beside others is refused by IAM, for good", async () => {
    write(JSON.stringify(allow({ Resource: `arn:aws:s3:::${"x".repeat(1_700)}` })), "others");
    const assignment = await session.resolve(claim());
    await expect(session.grant(assignment, WINDOW)).rejects.toMatchObject({ class: "denied-by-policy" });
  });
});

describe("who it is for", () => {
  test("is known by the id: a new user of the same name gets nothing, and has nothing", async () => {
    const assignment = await session.resolve(claim());
    world.iam.entities.splice(world.iam.entities.indexOf(ann()), 1);
    world.iam.add("user", "ann");
    await expect(session.grant(assignment, WINDOW)).rejects.toMatchObject({ class: "subject-missing" });
    expect(await session.observe([assignment])).toEqual([{ state: "absent" }]);
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(ann().inline.size).toBe(0);
  });

  test("is not gone because nobody may be listed", async () => {
    const assignment = await granted();
    ann().name = "renamed";
    hinder(world.wire, /^ListUsers$/, "AccessDenied", 403);
    await expect(session.observe([assignment])).rejects.toMatchObject({ class: "forbidden" });
    await expect(session.revoke(assignment)).rejects.toMatchObject({ class: "forbidden" });
  });

  test("is looked for in the right account alone", async () => {
    await expect(connect({ account: "999999999999" })).rejects.toMatchObject({ class: "target-missing" });
    world.iam.entities.splice(0, 1);
    await expect(connect()).rejects.toMatchObject({ class: "transient" });
  });

  test("is nobody whom AWS keeps for itself, and nobody of an odd name", () => {
    const role = { policy: POLICY, version: "v1" };
    const lint = (identity: string) => world.provider.lint({ identity, role, scope: {} });
    expect([ANN, "role/ops"].map(lint)).toEqual([undefined, undefined]);
    for (const bad of [
      "ann",
      "user/",
      "user/a b",
      "group/x",
      "role/AWSReservedSSO_Admin_1",
      "user/../x",
      "user/*",
    ])
      expect(lint(bad), bad).toBeTruthy();
  });

  test("is not a role of an AWS path", async () => {
    world.iam.add("role", "Odd", "/aws-reserved/sso.amazonaws.com/");
    await expect(session.resolve(claim({ identity: "role/Odd" }))).rejects.toMatchObject({
      class: "denied-by-policy",
    });
  });
});

describe("what can be lent", () => {
  test.each([
    ["everything", { Action: "*" }],
    ["any service", { Action: "?am:Create*" }],
    ["rights in IAM", { Action: "iam:*" }],
    ["passing roles", { Action: "iam:PassRole", Resource: "arn:aws:iam::123456789012:role/x" }],
    ["rights by half a name", { Action: "IAM:Put*" }],
    ["assignments", { Action: "sso:CreateAccountAssignment" }],
    ["sessions of any role", { Action: "sts:AssumeRole", Resource: "arn:aws:iam::*:role/x" }],
    ["sessions by a pattern", { Action: "sts:*", Resource: "*" }],
    ["policies of buckets", { Action: "s3:Put*" }],
    ["grants of keys", { Action: "kms:CreateGrant" }],
    ["access to clusters", { Action: "eks:CreateAccessEntry" }],
    ["policies of clusters", { Action: "eks:AssociateAccessPolicy" }],
    ["code that goes on to run", { Action: "lambda:UpdateFunctionCode" }],
    ["who may call functions", { Action: "lambda:AddPermission" }],
    ["policies of tables", { Action: "dynamodb:PutResourcePolicy" }],
    ["passwords of databases", { Action: "rds:ModifyDBInstance" }],
    ["passwords of clusters of databases", { Action: "rds:ModifyDBCluster" }],
    ["lists of who may read an object", { Action: "s3:PutObjectAcl" }],
    ["lists of who may read a bucket", { Action: "s3:PutBucketAcl" }],
    ["sharing with other accounts", { Action: "ram:CreateResourceShare" }],
    ["sharing of images", { Action: "ec2:Modify*" }],
    ["policies of queues", { Action: "sqs:SetQueueAttributes" }],
    ["all but something", { Action: undefined, NotAction: "iam:*" }],
    ["on all but something", { Resource: undefined, NotResource: "arn:aws:s3:::x" }],
    ["a denial", { Effect: "Deny" }],
    ["nothing", { Action: [] }],
    ["an end of its own", { Condition: { dateLessThan: { "aws:CurrentTime": "2030-01-01T00:00:00Z" } } }],
    ["a principal", { Principal: "*" }],
  ])("is not: %s", async (_, more) => {
    publish(allow(more));
    await expect(session.resolve(claim())).rejects.toMatchObject({ class: "denied-by-policy" });
    expect(puts()).toBe(0);
  });

  test.each([
    ["reading IAM", { Action: ["iam:Get*", "iam:ListUsers", "iam:GenerateCredentialReport"] }],
    ["one role", { Action: "sts:AssumeRole", Resource: "arn:aws:iam::123456789012:role/ops" }],
    ["with a condition", { Condition: { StringEquals: { "aws:RequestedRegion": "eu-central-1" } } }],
  ])("is: %s", async (_, more) => {
    publish(allow(more));
    await granted();
    expect(text()).toContain("DateLessThan");
    expect(text()).toContain(JSON.stringify(Object.values(more)[0]).slice(1, -1));
  });

  test("is written in the language that has variables, and in JSON", async () => {
    publish({ ...READ, Version: "2008-10-17" });
    await expect(session.resolve(claim())).rejects.toMatchObject({ class: "denied-by-policy" });
    publish({ Version: "2012-10-17", Statement: "everything" });
    await expect(session.resolve(claim())).rejects.toMatchObject({ class: "malformed" });
  });

  test("is the version that was reviewed, whatever is the policy's own by now", async () => {
    publish(allow({ Action: "s3:PutObject" }), "v2");
    const policy = world.iam.managed.get(POLICY);
    if (policy) policy.current = "v2";
    await granted();
    expect(text()).toContain("s3:GetObject");
    expect(text()).not.toContain("s3:PutObject");
  });

  test("is what it was when it was resolved: a policy made anew under the same ARN is a conflict", async () => {
    const assignment = await session.resolve(claim());
    publish(allow({ Action: "s3:DeleteObject" }));
    await expect(session.grant(assignment, WINDOW)).rejects.toMatchObject({ class: "conflict" });
    expect(puts()).toBe(0);
  });

  test("is a policy of the target's own account", async () => {
    const policy = POLICY.replace(ACCOUNT, "999999999999");
    await expect(session.resolve(claim({ role: { policy, version: "v1" } }))).rejects.toMatchObject({
      class: "malformed",
    });
    const managed = { policy: "arn:aws:iam::aws:policy/AdministratorAccess", version: "v1" };
    expect(world.provider.lint({ identity: ANN, role: managed, scope: {} })).toBeTruthy();
  });

  test("can be revoked when the policy that was lent is gone", async () => {
    const assignment = await granted();
    world.iam.managed.delete(POLICY);
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
  });
});

describe("ways in", () => {
  const all = { Effect: "Allow", Resource: "*" };
  const give = (Statement: object) => {
    write(JSON.stringify({ Version: "2012-10-17", Statement }), "by-hand");
  };
  const standing = async () => (await session.verify(await session.resolve(claim()))).standing;

  test("are policies that allow all of it, inline or by a group, of whatever shape", async () => {
    expect(await standing()).toBe(false);
    give({ ...all, Action: ["s3:*", "dynamodb:*"] });
    expect(await standing()).toBe(true);
    give({ ...all, NotAction: ["iam:*", "organizations:*"] });
    expect(await standing()).toBe(true);
    write(undefined, "by-hand");
    world.iam.groups.set("readers", { inline: new Map(), attached: new Set([POLICY]) });
    ann().groups.add("readers");
    const { via } = await session.verify(await session.resolve(claim()));
    expect(via).toEqual(["group readers: policy orders-read"]);
  });

  test("are not policies that allow a part, or under a condition, or what is denied", async () => {
    give({ ...all, Action: "s3:*" });
    expect(await standing()).toBe(false);
    give({ ...all, Action: "*", Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } });
    expect(await standing()).toBe(false);
    give({ ...all, NotAction: "s3:*" });
    expect(await standing()).toBe(false);
    give({ ...all, Action: "*", Effect: "Deny" });
    expect(await standing()).toBe(false);
  });

  test("of another installation have an end, which is a condition: they are no standing access", async () => {
    await granted({ owner: "other" });
    const { via, standing } = await session.verify(await session.resolve(claim()));
    expect([via, standing]).toEqual([[], false]);
  });
});

describe("IAM that lags", () => {
  test("is waited for", async () => {
    world.iam.lag = 6;
    const assignment = await granted();
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(ann().inline.size).toBe(0);
  });

  test("does not hide what was written a moment ago from its removal", async () => {
    const assignment = await granted();
    const document = text();
    write(undefined);
    world.iam.lag = 0;
    world.iam.write(ann(), MARK, document);
    ann().stale = 9;
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(ann().inline.size).toBe(0);
  });

  test("for longer than the bound is a failure, not a success", async () => {
    world.iam.lag = Infinity;
    const impatient = await connect({}, 300);
    const assignment = await impatient.resolve(claim());
    await expect(impatient.grant(assignment, WINDOW)).rejects.toMatchObject({ class: "transient" });
  });

  test("and refuses two changes at once is asked again", async () => {
    const assignment = await session.resolve(claim());
    const release = hinder(world.wire, /^Put/, "ConcurrentModification", 409);
    const grant = session.grant(assignment, WINDOW);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await release();
    await grant;
    expect(await world.can(ANN)).toBe(true);
  });
});
