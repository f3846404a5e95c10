// Does the PIM provider hold against what Privileged Identity Management does? (each test is named after one of its habits)
import { describe, expect, test } from "vitest";
import type { Assignment, Instant } from "../../src/core/model.ts";
import { can, expire, READER, row, SCOPE, SUB_SCOPE } from "../../src/providers/azure/fake-azure.ts";
import { give, settle } from "../../src/providers/azure/fake-pim.ts";
import { ANN, BOB, OTHERS } from "../../src/providers/azure/fake-site.ts";
import { provider } from "../../src/providers/azure/pim.ts";
import { desk, END, failure, LATER, NOW, WINDOW } from "../support/azure.ts";

const at = desk(provider, 1_000);
const EDGE = { scope: SCOPE, role: READER, principal: ANN };
const orders = () => at.here.state.orders.map(({ type, status }) => `${type} ${status}`);
const active = async (): Promise<Assignment> => {
  const assignment = await at.granted();
  settle(at.here.state);
  return assignment;
};
const jump = (now: Instant) => {
  at.here.state.now = now;
  expire(at.here.state);
};
/** Somebody else gives the very same access. */
const other = (end: Instant | undefined, assignmentType: "Assigned" | "Activated" = "Assigned") => {
  const { state } = at.here;
  const request = { ...EDGE, name: OTHERS, type: "AdminAssign", status: "Provisioned", target: undefined };
  state.orders.push({ ...request, justification: "on call", createdOn: state.now, start: NOW, end });
  give(state, { ...EDGE, assignmentType, start: NOW, end, request: OTHERS });
};

describe("the end", () => {
  test("is Azure's as well as ours: without us the access ends on time", async () => {
    const assignment = await active();
    expect(at.here.state.schedules).toMatchObject([{ start: NOW, end: END, assignmentType: "Assigned" }]);
    expect(await at.state(assignment)).toMatchObject({
      state: "held",
      receipt: { until: "2026-11-23T10:00:00Z" },
    });
    jump((END - 1) as Instant);
    expect(can(at.here.state, ANN)).toBe(true);
    jump(END);
    expect(can(at.here.state, ANN)).toBe(false);
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(orders()).toEqual(["AdminAssign Provisioned"]);
  });

  // The name of the schedule changes with each order, so each names the one that is there now.
  test("moves to a later one by AdminUpdate, as often as asked, and never to an earlier one", async () => {
    const assignment = await active();
    for (const end of [LATER, (LATER + 60_000) as Instant, END]) {
      await at.session.grant(assignment, { now: NOW, end });
      settle(at.here.state);
    }
    expect(orders()).toEqual([
      "AdminAssign Provisioned",
      "AdminUpdate Provisioned",
      "AdminUpdate Provisioned",
    ]);
    expect(at.here.state.schedules).toMatchObject([{ end: LATER + 60_000 }]);
    expect(await at.state(assignment)).toMatchObject({ state: "held" });
  });

  test("cannot move while the first order is on its way: that is tried again, not taken as done", async () => {
    const assignment = await at.granted();
    expect(await failure(at.session.grant(assignment, { now: NOW, end: LATER }))).toMatchObject({
      class: "conflict",
      retryable: true,
    });
    await at.session.grant(assignment, WINDOW);
    expect(orders()).toEqual(["AdminAssign PendingProvisioning"]);
  });

  test("is not given anew while the removal of the one before is on its way", async () => {
    const assignment = await active();
    await at.session.revoke(assignment);
    expect(await failure(at.session.grant(assignment, WINDOW))).toMatchObject({
      class: "conflict",
      retryable: true,
    });
    settle(at.here.state);
    await at.session.grant(assignment, WINDOW);
    settle(at.here.state);
    expect(can(at.here.state, ANN)).toBe(true);
  });
});

describe("what others gave", () => {
  test("without an end is standing access: RoleAssignmentExists adopts nothing, and nothing is removed", async () => {
    other(undefined);
    const assignment = await at.session.resolve(at.claim());
    expect(await at.state(assignment)).toEqual({ state: "absent" });
    expect(await at.session.verify(assignment)).toMatchObject({ allowed: true, standing: true });
    expect(await failure(at.session.grant(assignment, WINDOW))).toMatchObject({
      class: "conflict",
      vendorCode: "RoleAssignmentExists",
    });
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "escaped" });
    expect(can(at.here.state, ANN)).toBe(true);
  });

  test.each(["Assigned", "Activated"] as const)(
    "for a time (%s) is neither moved nor removed",
    async (how) => {
      other(LATER, how);
      // An activation is told by itself, whatever became of its order.
      if (how === "Activated") at.here.state.orders = [];
      const before = structuredClone(at.here.state.schedules);
      const assignment = await at.session.resolve(at.claim());
      expect(await at.state(assignment)).toEqual({ state: "absent" });
      expect(await at.session.verify(assignment)).toMatchObject({ standing: true });
      for (const end of [END, (LATER + 60_000) as Instant])
        expect(await failure(at.session.grant(assignment, { now: NOW, end }))).toMatchObject({
          class: "conflict",
        });
      expect(await at.session.revoke(assignment)).toMatchObject({ state: "escaped" });
      expect(at.here.state.schedules).toEqual(before);
    },
  );

  // https://github.com/hashicorp/terraform-provider-azurerm/issues/24118
  test("and what we gave cannot be told apart once the orders have vanished: the ledger knows", async () => {
    const assignment = await active();
    at.here.state.orders = [];
    expect(await at.state(assignment)).toMatchObject({ state: "held" });
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "sent" });
    settle(at.here.state);
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "absent" });
  });

  test("at the subscription, or as an ordinary assignment, is a way of its own beside ours", async () => {
    const assignment = await active();
    expect(await at.session.verify(assignment)).toMatchObject({ standing: false });
    at.here.state.rows.push(row({ principal: ANN, scope: SUB_SCOPE }));
    const verdict = await at.session.verify(assignment);
    expect(verdict).toMatchObject({ allowed: true, standing: true });
    expect(verdict.via).toHaveLength(2);
  });
});

describe("an order", () => {
  // https://learn.microsoft.com/azure/role-based-access-control/pim-integration
  test("that the role's settings refuse names the rules, and is not tried again", async () => {
    at.here.state.refusing = ["ExpirationRule", "JustificationRule"];
    const error = await failure(at.granted());
    expect(error).toMatchObject({ class: "denied-by-policy", retryable: false });
    expect(error.message).toContain("(ExpirationRule, JustificationRule)");
    expect(error.message).not.toContain("policy rules failed");
  });

  test("for a user who is not replicated yet (SubjectNotFound) can be tried again", async () => {
    const user = at.here.state.users.get(ANN);
    if (user) user.replicated = false;
    expect(await failure(at.granted())).toMatchObject({ class: "transient", vendorCode: "SubjectNotFound" });
  });

  test.each([
    ["Failed", "transient"],
    ["Denied", "denied-by-policy"],
    ["FailedAsResourceIsLocked", "denied-by-policy"],
  ])("that comes to %s after it was accepted is not a grant", async (outcome, cls) => {
    at.here.state.outcome = outcome;
    const slow = await at.here.connect(provider, {}, 10_000);
    const assignment = await slow.resolve(at.claim());
    const granting = failure(slow.grant(assignment, WINDOW));
    while (at.here.state.orders.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    settle(at.here.state);
    expect(await granting).toMatchObject({ class: cls, vendorCode: outcome });
    expect(await at.state(assignment)).toEqual({ state: "absent" });
  });

  test("that is carried out meanwhile is a grant at once", async () => {
    const slow = await at.here.connect(provider, {}, 10_000);
    const assignment = await slow.resolve(at.claim());
    const granting = slow.grant(assignment, WINDOW);
    while (at.here.state.orders.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    settle(at.here.state);
    await granting;
    expect(await at.state(assignment)).toMatchObject({ state: "held" });
  });

  test.each(["before", "after"] as const)(
    "whose answer was lost %s its effect is placed once",
    async (effect) => {
      at.here.arm.fault({ on: /^PUT/, do: { is: "reset", effect } });
      const assignment = await active();
      expect(orders()).toEqual(["AdminAssign Provisioned"]);
      at.here.arm.fault({ on: /^PUT/, do: { is: "reset", effect } });
      expect(await at.session.revoke(assignment)).toMatchObject({ state: "sent" });
      settle(at.here.state);
      expect(orders()).toEqual(["AdminAssign Provisioned", "AdminRemove Revoked"]);
      expect(can(at.here.state, ANN)).toBe(false);
    },
  );

  test("carries our mark as its justification", async () => {
    await active();
    expect(at.here.state.orders[0]?.justification).toMatch(
      /^lapse:v1 \{"owner":"lapse","target":"payments",/,
    );
  });
});

describe("taking away", () => {
  test("cancels what is pending, and only that", async () => {
    const assignment = await at.granted();
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(orders()).toEqual(["AdminAssign Canceled"]);
    settle(at.here.state);
    expect(can(at.here.state, ANN)).toBe(false);
  });

  test("does not say absent while an order that cannot be cancelled is on its way", async () => {
    const assignment = await at.granted();
    at.here.arm.fault({ on: /^POST .*cancel/, do: { is: "status", status: 400 } });
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "sent" });
  });

  test("leaves the pending order of somebody else alone", async () => {
    const assignment = await at.session.resolve(at.claim());
    const order = {
      ...EDGE,
      name: OTHERS,
      type: "AdminAssign",
      status: "PendingProvisioning",
      target: undefined,
    };
    at.here.state.orders.push({ ...order, justification: "on call", createdOn: NOW, start: NOW, end: END });
    expect(await at.state(assignment)).toEqual({ state: "absent" });
    await at.session.revoke(assignment);
    expect(orders()).toEqual(["AdminAssign PendingProvisioning"]);
  });

  // https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-resource-roles-activate-your-roles
  test("is too soon in the first five minutes, and then it is not", async () => {
    const assignment = await active();
    const [schedule] = at.here.state.schedules;
    if (schedule) schedule.start = at.here.state.now - 299_000;
    expect(await failure(at.session.revoke(assignment))).toMatchObject({
      class: "too-soon",
      retryable: true,
    });
    at.here.state.now += 1_000;
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "sent" });
  });

  test("does not believe RoleAssignmentDoesNotExist while the list has it", async () => {
    const assignment = await active();
    at.here.state.forgetful = true;
    expect(await failure(at.session.revoke(assignment))).toMatchObject({
      class: "transient",
      vendorCode: "RoleAssignmentDoesNotExist",
    });
    expect(can(at.here.state, ANN)).toBe(true);
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "sent" });
  });

  test("is ordered once, however often it is asked for", async () => {
    const assignment = await active();
    for (let run = 0; run < 3; run += 1)
      expect(await at.session.revoke(assignment)).toMatchObject({ state: "sent" });
    settle(at.here.state);
    expect(orders()).toEqual(["AdminAssign Provisioned", "AdminRemove Revoked"]);
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "absent" });
  });

  test("concludes nothing from a list that broke off or was refused", async () => {
    const assignment = await active();
    for (const type of ["ScheduleRequests", "Schedules", "ScheduleInstances"]) {
      const on = new RegExp(`GET .*roleAssignment${type}\\?`);
      at.here.arm.fault({ on, do: { is: "status", status: 403 }, times: Infinity });
      for (const act of [() => at.state(assignment), () => at.session.revoke(assignment)])
        expect((await failure(Promise.resolve().then<unknown>(act))).class).toBe("forbidden");
      at.here.arm.heal();
    }
    expect(can(at.here.state, ANN)).toBe(true);
  });
});

// https://github.com/hashicorp/terraform-provider-azurerm/issues/31183
describe("what was done, but is in no list yet", () => {
  const NEVER = 1_000_000;
  const unlisted = (): Promise<Assignment> => {
    at.here.state.slow = NEVER;
    return active();
  };
  const show = () => {
    for (const one of at.here.state.schedules) one.unlisted = 0;
  };

  test("is pending, not absent, and ours: nobody else's access, nor a reason to order it again", async () => {
    const assignment = await unlisted();
    expect(can(at.here.state, ANN)).toBe(true);
    expect(await at.state(assignment)).toEqual({ state: "pending" });
    expect(await at.session.verify(assignment)).toMatchObject({ allowed: true, standing: false });
    await at.session.grant(assignment, WINDOW);
    expect(orders()).toEqual(["AdminAssign Provisioned"]);
    show();
    expect(await at.state(assignment)).toMatchObject({ state: "held" });
  });

  test("is not gone when it is revoked: a later try removes it", async () => {
    const assignment = await unlisted();
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "sent" });
    expect(can(at.here.state, ANN)).toBe(true);
    show();
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "sent" });
    settle(at.here.state);
    expect(orders()).toEqual(["AdminAssign Provisioned", "AdminRemove Revoked"]);
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(can(at.here.state, ANN)).toBe(false);
  });

  test("is given up when its end has passed by Azure's clock, and when it was removed later", async () => {
    const assignment = await unlisted();
    jump(END);
    expect(await at.state(assignment)).toEqual({ state: "absent" });
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "absent" });
    const window = { now: END, end: (END + 3_600_000) as Instant };
    await at.session.grant(assignment, window);
    settle(at.here.state);
    expect(await at.state(assignment)).toEqual({ state: "pending" });
    const { now } = at.here.state;
    const removal = { ...EDGE, name: OTHERS, type: "AdminRemove", status: "Failed", target: undefined };
    const order = { ...removal, justification: "by hand", createdOn: now, start: now, end: undefined };
    at.here.state.orders.push(order);
    expect(await at.state(assignment)).toEqual({ state: "pending" });
    order.status = "Revoked";
    expect(await at.state(assignment)).toEqual({ state: "absent" });
  });

  test("is seen by whoever looks often enough", async () => {
    at.here.state.slow = 3;
    const assignment = await active();
    const seen = [];
    for (let look = 0; look < 5; look += 1) seen.push((await at.state(assignment))?.state);
    expect(seen).toEqual(["pending", "pending", "pending", "held", "held"]);
  });
});

describe("what is over, but is still shown among the ordinary role assignments", () => {
  const linger = () => {
    at.here.state.stale = 1_000_000;
  };

  test("is ours on its way out, not a way that others gave: after a removal", async () => {
    const assignment = await active();
    await at.session.revoke(assignment);
    settle(at.here.state);
    linger();
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "sent" });
    expect(await at.session.verify(assignment)).toMatchObject({ allowed: true, standing: false });
    at.here.state.stale = 0;
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "absent" });
  });

  test("and after its end", async () => {
    const assignment = await active();
    jump(END);
    linger();
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "sent" });
    at.here.state.stale = 0;
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "absent" });
  });

  test("and when the removal takes effect at once and its order is not listed yet", async () => {
    const assignment = await active();
    at.here.state.orders = [];
    const slow = await at.here.connect(provider, {}, 5_000);
    const revoking = slow.revoke(assignment);
    while (at.here.state.orders.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    settle(at.here.state);
    linger();
    at.here.state.orders = [];
    expect(await revoking).toMatchObject({ state: "sent" });
  });

  test("is somebody else's when it was made after ours had ended, or is there long after", async () => {
    const assignment = await active();
    jump(END);
    at.here.state.stale = 0;
    at.here.state.now += 1_000;
    at.here.state.rows.push(row({ principal: ANN, createdOn: at.here.state.now }));
    expect(await at.session.verify(assignment)).toMatchObject({ standing: true });
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "escaped" });
    const [, stays] = at.here.state.rows;
    if (stays) stays.createdOn = NOW;
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "sent" });
    at.here.state.now += 3_600_000;
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "escaped" });
    expect(can(at.here.state, ANN)).toBe(true);
  });

  test("is his own when he has activated the role himself meanwhile", async () => {
    const assignment = await active();
    jump(END);
    at.here.state.stale = 0;
    give(at.here.state, { ...EDGE, assignmentType: "Activated", start: END, end: LATER, request: OTHERS });
    expect(await at.session.verify(assignment)).toMatchObject({ standing: true });
    expect(await at.session.revoke(assignment)).toMatchObject({ state: "escaped" });
  });
});

test("the key is the edge's, and not the target's: whoever shares the edge shares the key", async () => {
  const claims = [at.claim(), at.claim({ target: "payments-too" }), at.claim({ identity: BOB })];
  const [first, renamed, other] = await Promise.all(claims.map((claim) => at.session.resolve(claim)));
  expect(first?.key).toMatch(/^azure-pim:[0-9a-f-]{36}$/);
  expect(renamed?.key).toBe(first?.key);
  expect(other?.key).not.toBe(first?.key);
});

test("nothing is listed, and nothing is asked for that", async () => {
  const before = at.here.arm.calls.length;
  expect(await at.session.list()).toEqual({ items: [], complete: true });
  expect(at.here.arm.calls).toHaveLength(before);
});

test("the doctor finds an applier that cannot place orders", async () => {
  expect(await at.session.doctor()).toEqual([]);
  const [mine] = at.here.state.rows;
  if (mine) mine.role = READER;
  expect(await at.session.doctor()).toMatchObject([{ code: "LPS430" }]);
});
