// Does membership of groups in an AWS identity store behave as AWS documents it?
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Assignment, Claim, Duration, JsonObject } from "../../src/core/model.ts";
import { fromEpoch, plus } from "../../src/core/time.ts";
import { ANN, BOB, GROUP, groupWorld, hinder, type GroupWorld } from "../../src/providers/aws/fake-groups.ts";
import { Refusal } from "../../src/providers/aws/fake-wire.ts";
import type { Session } from "../../src/providers/provider.ts";

const NOW = fromEpoch(Date.UTC(2026, 10, 23, 9));
const WINDOW = { now: NOW, end: plus(NOW, 3_600_000 as Duration) };

let world: GroupWorld;
let session: Session;
const connect = (more: JsonObject = {}, timeout = 3_000, secret = world.secret) =>
  world.provider.connect({ ...world.connection, ...more }, { owner: "lapse", secret, timeout });
const claim = (more: Partial<Claim> = {}): Claim => ({
  ...{ request: "ann-1", owner: "lapse", target: "target", provider: "aws", connection: world.connection },
  ...{ identity: ANN, role: { group: GROUP }, scope: {}, ...more },
});
const group = () => {
  const found = world.identity.groups.get(GROUP);
  if (!found) throw new Error("the world has no group");
  return found;
};
const granted = async (): Promise<Assignment> => {
  const assignment = await session.resolve(claim());
  await session.grant(assignment, WINDOW);
  return assignment;
};

beforeEach(async () => {
  world = await groupWorld();
  session = await connect();
});
afterEach(async () => {
  await session.close();
  await world.close();
});

describe("a group", () => {
  test("that does not say that it is Lapse's is not filled", async () => {
    for (const description of ["", "lapse:other/target", "lapse:lapse/elsewhere", "xlapse:lapse/target"]) {
      group().Description = description;
      await expect(session.resolve(claim()), description).rejects.toMatchObject({
        class: "denied-by-policy",
      });
    }
    expect(group().members.items).toEqual([]);
  });

  test("that got another purpose since it was resolved is not filled", async () => {
    const assignment = await session.resolve(claim());
    group().Description = "now for everybody";
    await expect(session.grant(assignment, WINDOW)).rejects.toMatchObject({ class: "denied-by-policy" });
    expect(group().members.items).toEqual([]);
  });

  // https://docs.aws.amazon.com/singlesignon/latest/userguide/provision-automatically.html
  test("that SCIM owns is refused", async () => {
    group().ExternalIds = [{ Issuer: "https://idp.example.com/scim", Id: "42" }];
    await expect(session.resolve(claim())).rejects.toMatchObject({ class: "denied-by-policy" });
    expect(await session.doctor()).toMatchObject([{ code: "LPS430", severity: "error" }]);
  });

  test("can be emptied whatever its description says by now", async () => {
    const assignment = await granted();
    group().Description = "";
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(group().members.items).toEqual([]);
  });

  test("that is gone has nobody in it, once the list of all groups shows that it is gone", async () => {
    const assignment = await granted();
    world.identity.groups.delete(GROUP);
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(await session.observe([assignment])).toEqual([{ state: "absent" }]);
    const release = hinder(world.wire, /^ListGroups$/, "AccessDeniedException");
    await expect(session.revoke(assignment)).rejects.toMatchObject({ class: "forbidden" });
    await expect(session.observe([assignment])).rejects.toMatchObject({ class: "forbidden" });
    await release();
  });
});

describe("a membership", () => {
  // https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_CreateGroupMembership.html
  test("that meets a concurrent change is ordered again, since the SDK does not retry conflicts", async () => {
    group().contended = true;
    const assignment = await granted();
    expect(world.wire.operations.filter((name) => name === "CreateGroupMembership")).toHaveLength(2);
    expect(await world.can(ANN)).toBe(true);
    expect(await session.verify(assignment)).toMatchObject({ allowed: true, standing: false });
  });

  test("that stays contended is a conflict, within the bound", async () => {
    await session.close();
    session = await connect({}, 400);
    const assignment = await session.resolve(claim());
    hinder(world.wire, /^Create/, "ConflictException");
    await expect(session.grant(assignment, WINDOW)).rejects.toMatchObject({ class: "conflict" });
    expect(await world.can(ANN)).toBe(false);
  });

  test("that another applier was quicker with is the same one", async () => {
    const assignment = await session.resolve(claim());
    const other = await connect();
    const receipts = await Promise.all([session, other].map((one) => one.grant(assignment, WINDOW)));
    await other.close();
    expect(receipts[0]).toEqual(receipts[1]);
    expect(group().members.items).toHaveLength(1);
  });

  test("that somebody added anew has another id, which the receipt tells", async () => {
    const assignment = await session.resolve(claim());
    const first = await session.grant(assignment, WINDOW);
    world.identity.leave(GROUP, ANN);
    world.identity.join(GROUP, ANN);
    const [seen] = await session.observe([assignment]);
    expect(seen).toMatchObject({ state: "held", receipt: { group: GROUP, user: ANN } });
    expect(seen).not.toMatchObject({ receipt: { membership: first["membership"] } });
  });

  test("that somebody adds while ours is removed is an escape, and stays", async () => {
    const assignment = await granted();
    const remove = group().members.set;
    group().members.set = (items) => {
      remove(items);
      group().members.set = remove;
      if (items.length === 0) world.identity.join(GROUP, ANN);
    };
    expect(await session.revoke(assignment)).toMatchObject({ state: "escaped" });
    expect(await world.can(ANN)).toBe(true);
  });

  test("has one key, whatever its target is called, by resolving and by listing", async () => {
    const { key } = await granted();
    group().Description = "lapse:lapse/renamed";
    const renamed = await session.resolve(claim({ target: "renamed" }));
    expect(renamed).toMatchObject({ key, target: "renamed" });
    world.identity.lag = 0;
    expect((await session.list()).items).toMatchObject([{ key, target: "renamed" }]);
  });

  test("of others is never touched", async () => {
    world.identity.join(GROUP, BOB);
    const assignment = await granted();
    await session.revoke(assignment);
    expect(group().members.items.map(({ UserId }) => UserId)).toEqual([BOB]);
  });

  test("of a user who is gone is absent, as the group shows", async () => {
    const assignment = await granted();
    world.identity.users.delete(ANN);
    world.identity.leave(GROUP, ANN);
    world.identity.lag = 0;
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
  });
});

describe("what AWS shows late or not at all", () => {
  test("is waited for: a list that lags is no proof of absence, nor of presence", async () => {
    world.identity.lag = 3;
    const assignment = await granted();
    expect((await session.list()).items.map(({ key }) => key)).toEqual([assignment.key]);
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(await session.observe([assignment])).toEqual([{ state: "absent" }]);
  });

  test("is looked for again, before a removal says that there is nothing to remove", async () => {
    const assignment = await session.resolve(claim());
    world.identity.lag = 2;
    world.identity.join(GROUP, ANN);
    const refusal = new Refusal("ResourceNotFoundException", { ResourceType: "GROUP_MEMBERSHIP" });
    world.wire.faults.push({ on: /^GetGroupMembershipId$/, refusal, times: 2 });
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(await world.can(ANN)).toBe(false);
  });

  test("is a failure when it lasts longer than the bound: revoked is not said", async () => {
    const assignment = await granted();
    world.identity.lag = Infinity;
    await session.close();
    session = await connect({}, 300);
    await expect(session.revoke(assignment)).rejects.toMatchObject({ class: "transient", retryable: true });
  });

  // "Not found" is also what a key of KMS that is out of reach looks like.
  test("because of a missing key is no absence", async () => {
    const assignment = await granted();
    const refusal = new Refusal("ResourceNotFoundException", { Reason: "KMS_KEY_NOT_FOUND" });
    world.wire.faults.push({ on: /GroupMembership/, refusal });
    await expect(session.observe([assignment])).rejects.toMatchObject({ class: "forbidden" });
    await expect(session.revoke(assignment)).rejects.toMatchObject({ vendorCode: "KMS_KEY_NOT_FOUND" });
  });

  test("page by page is read to its end, empty pages included", async () => {
    world.identity.join(GROUP, BOB);
    await granted();
    const { items, complete } = await session.list();
    expect(complete).toBe(true);
    expect(items.map(({ principal }) => principal["id"])).toEqual([BOB, ANN]);
    expect(items.every(({ mark }) => mark === undefined)).toBe(true);
  });
});

describe("a call", () => {
  test("that never comes back ends within the bound", async () => {
    const assignment = await session.resolve(claim());
    await session.close();
    session = await connect({}, 300);
    world.wire.server.fault({ on: /./, do: { is: "hang", effect: "before" }, times: 99 });
    const start = performance.now();
    await expect(session.observe([assignment])).rejects.toMatchObject({ class: "transient" });
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test.each(["before", "after"] as const)("that breaks off %s the effect converges", async (effect) => {
    const assignment = await session.resolve(claim());
    const on = /CreateGroupMembership/;
    world.wire.server.fault({ on, do: { is: "reset", effect }, times: 2 });
    await session.grant(assignment, WINDOW);
    expect(group().members.items).toHaveLength(1);
    world.wire.server.fault({ on: /DeleteGroupMembership/, do: { is: "reset", effect } });
    expect(await session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(group().members.items).toEqual([]);
  });

  test("that is throttled is tried again a bounded number of times, then said to be throttled", async () => {
    const assignment = await session.resolve(claim());
    const refusal = new Refusal("ThrottlingException", { RetryAfterSeconds: 0 });
    world.wire.faults.push({ on: /^List|^Get/, refusal });
    await expect(session.observe([assignment])).rejects.toMatchObject({
      class: expect.stringMatching(/throttled|transient/) as string,
      retryable: true,
    });
    expect(world.wire.operations.filter((name) => name === "ListGroupMemberships").length).toBeLessThan(4);
  });

  test("never shows the vendor's words", async () => {
    hinder(world.wire, /^DescribeUser$/, "AccessDeniedException");
    const thrown: unknown = await session.resolve(claim()).catch((reason: unknown) => reason);
    expect(thrown).toMatchObject({ class: "forbidden", vendorCode: "AccessDeniedException" });
    expect(String(thrown)).not.toContain("secret");
  });
});

describe("a connection", () => {
  test("names variables, and says which one is not set", async () => {
    await expect(connect({}, 500, () => undefined)).rejects.toMatchObject({
      kind: "misconfigured",
      message: expect.stringContaining("LAPSE_AWS_KEY") as string,
    });
    await expect(connect({ secretKeyEnv: "" })).rejects.toMatchObject({ kind: "misconfigured" });
  });

  test("takes plain http on this machine alone", () => {
    const { connection } = world.provider.schemas as {
      connection: { properties: { endpoint: { pattern: string } } };
    };
    const pattern = new RegExp(connection.properties.endpoint.pattern);
    for (const good of ["https://vpce-1.identitystore.eu-central-1.vpce.amazonaws.com", "http://127.0.0.1:1"])
      expect(good).toMatch(pattern);
    for (const bad of [
      "http://example.com",
      "http://127.0.0.1.evil.example",
      "https://a@evil",
      "https://a/path",
    ])
      expect(bad).not.toMatch(pattern);
  });
});

test("what is no id is refused before anything is asked", () => {
  const role = { group: GROUP };
  expect(world.provider.lint({ identity: ANN, role, scope: {} })).toBeUndefined();
  for (const identity of ["ann", "", `${ANN} `, `${ANN}/..`])
    expect(world.provider.lint({ identity, role, scope: {} })).toContain("not a user id");
  expect(world.provider.lint({ identity: ANN, role: { group: "admins" }, scope: {} })).toContain("group id");
});

describe("the doctor", () => {
  test("finds nothing where everything is as it should be", async () => {
    expect(await session.doctor()).toEqual([]);
  });

  test("misses groups, and refuses two declarations in one", async () => {
    group().Description = "lapse:lapse/target lapse:lapse/other";
    expect(await session.doctor()).toMatchObject([{ code: "LPS435" }]);
    group().Description = "";
    expect(await session.doctor()).toMatchObject([{ code: "LPS430", severity: "warning" }]);
  });

  test("says when members cannot be listed", async () => {
    hinder(world.wire, /^ListGroupMemberships$/, "AccessDeniedException");
    expect(await session.doctor()).toMatchObject([{ code: "LPS430", severity: "error" }]);
  });
});
