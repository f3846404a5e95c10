// Is the policy of a Google Cloud resource changed in nothing but our own binding? (reads, writes and races)
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Binding } from "../../src/providers/gcp/fake-policy.ts";
import { OTHERS } from "../../src/providers/gcp/fake.ts";
import {
  ANN,
  answer,
  classOf,
  foreign,
  HOUR,
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
afterEach(() => here.fake.stop());

// ---- nothing but ours ----------------------------------------------------------------------------------------

const binding: fc.Arbitrary<Binding> = fc.record(
  {
    role: fc.constantFrom(ROLE, "roles/appengine.appAdmin", "roles/cloudsql.viewer"),
    members: fc.uniqueArray(
      fc.constantFrom(
        ...["Ann.Lee@Example.com", "bob@example.com"].map((one) => `user:${one}`),
        ...["deleted:user:zoe@example.com?uid=1", "domain:example.com", "group:sre@example.com", "allUsers"],
      ),
      { minLength: 1 },
    ),
    condition: fc.record({
      title: fc.constantFrom("lapse:other:ann-logs-1", "lapse:lapse:ann-logs-0", "office hours"),
      description: fc.constantFrom("", "{}", '{"lapse":1,"owner":"other"}'),
      expression: fc.constantFrom(UNTIL, "true", 'request.time < timestamp("2020-01-01T00:00:00Z")'),
    }),
  },
  { requiredKeys: ["role", "members"] },
);

test("whatever the policy holds, a write differs from the read in exactly our binding", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(binding, { maxLength: 8 }), async (bindings) => {
      here.fake.edit(() => bindings);
      const before = here.fake.policy();
      const assignment = await here.granted();
      const { policy: sent } = here.fake.writes.at(-1) ?? { policy: before };
      expect(sent.bindings.slice(0, -1)).toEqual(before.bindings);
      expect(sent.bindings.at(-1)?.condition?.title).toBe(assignment.mark);
      expect({ ...sent, bindings: before.bindings }).toEqual({ ...before, version: 3 });
      await here.session.revoke(assignment);
      expect(here.fake.policy().bindings).toEqual(before.bindings);
      await here.session.cleanup();
      expect(here.fake.policy().bindings).toEqual(before.bindings);
    }),
    { numRuns: 20 },
  );
});

test("cleaning up removes what has expired of ours, and no other's", async () => {
  const first = await here.granted();
  here.add(foreign("an admin's", UNTIL), foreign("lapse:other:ann-logs-1", UNTIL));
  const kept = here.fake.policy().bindings.filter((one) => one.condition?.title !== first.mark);
  here.fake.advance(HOUR);
  const second = await here.session.resolve(here.claim({ request: "ann-logs-2" }));
  await here.session.grant(second, { now: WINDOW.end, end: (WINDOW.end + HOUR) as typeof NOW });
  expect(await here.session.cleanup()).toEqual([`removed ${String(first.mark)}, which had expired`]);
  expect(here.ours(second)).toHaveLength(1);
  expect(here.fake.policy().bindings).toEqual(expect.arrayContaining(kept));
  expect(here.fake.policy().bindings).toHaveLength(kept.length + 1);
});

// https://cloud.google.com/iam/docs/conditions-overview: expired bindings stay, and count
test("the end is exact, and the expired binding is revoked like any other", async () => {
  const assignment = await here.granted();
  here.fake.advance(HOUR - 1000);
  expect([here.fake.can(ANN, ROLE), (await here.see(assignment))?.state]).toEqual([true, "ours"]);
  here.fake.advance(1000);
  expect([here.fake.can(ANN, ROLE), (await here.see(assignment))?.state]).toEqual([false, "absent"]);
  expect((await here.session.list()).items).toEqual([]);
  expect(await here.session.revoke(assignment)).toMatchObject({ state: "absent", residue: [] });
  expect(here.fake.policy().bindings).toEqual(OTHERS);
});

test("a window that is over by Google's own clock is not written", async () => {
  const assignment = await here.session.resolve(here.claim());
  here.fake.advance(2 * HOUR);
  expect(await classOf(here.session.grant(assignment, WINDOW))).toBe("malformed");
  expect(here.fake.writes).toEqual([]);
});

test("granting again with another end moves the end of the one binding", async () => {
  const assignment = await here.granted();
  await here.session.grant(assignment, { now: NOW, end: (WINDOW.end + HOUR) as typeof NOW });
  expect(here.ours(assignment).map(({ condition }) => condition?.expression)).toEqual([
    'request.time < timestamp("2026-11-23T11:00:00Z")',
  ]);
});

// ---- read as it is -------------------------------------------------------------------------------------------

// https://cloud.google.com/iam/docs/allow-policies#versions
describe("a policy that was not read as version 3 is never written back:", () => {
  const wrong: Readonly<Record<string, unknown>> = {
    "conditions in version 1": { version: 1, etag: "x", bindings: [foreign("a", UNTIL)] },
    "no etag": { version: 3, bindings: [] },
    "bindings of another form": { version: 3, etag: "x", bindings: [{ role: ROLE }] },
    "a page of HTML": "<html>",
    nothing: "",
  };
  test.each(Object.entries(wrong))("%s", async (_, body) => {
    const assignment = await here.granted();
    const writes = here.fake.writes.length;
    here.fake.fault({ on: /:getIamPolicy/, do: answer(body), times: Infinity });
    const { session } = here;
    expect(await classOf(session.grant(assignment, WINDOW))).toBe("transient");
    expect(await classOf(session.revoke(assignment))).toBe("transient");
    expect(await classOf(session.observe([assignment]))).toBe("transient");
    expect(await classOf(session.list())).toBe("transient");
    expect(here.fake.writes).toHaveLength(writes);
  });

  test("names that stand for hidden conditions", async () => {
    const assignment = await here.granted();
    const writes = here.fake.writes.length;
    here.fake.pretendVersion(1);
    expect(await classOf(here.session.revoke(assignment))).toBe("transient");
    expect(await classOf(here.session.cleanup())).toBe("transient");
    expect(here.fake.writes).toHaveLength(writes);
  });
});

// ---- races ---------------------------------------------------------------------------------------------------

// https://github.com/GoogleCloudPlatform/django-cloud-deploy/pull/277
test.each([
  [409, "ABORTED"],
  [412, "FAILED_PRECONDITION"],
])("%i means that the policy has moved: read again and redo", async (code, status) => {
  here.fake.fault({ on: /:setIamPolicy/, do: refusal(code, status), times: 2 });
  const assignment = await here.granted();
  expect(here.ours(assignment)).toHaveLength(1);
});

test("a policy that never holds still is given up, as a conflict", async () => {
  const assignment = await here.session.resolve(here.claim());
  here.fake.fault({ on: /:setIamPolicy/, do: refusal(409, "ABORTED"), times: Infinity });
  expect(await classOf(here.session.grant(assignment, WINDOW))).toBe("conflict");
  expect(here.fake.calls.filter((call) => call.includes(":setIamPolicy")).length).toBeLessThan(10);
});

test("what somebody else wrote meanwhile is not lost", async () => {
  const assignment = await here.session.resolve(here.claim());
  const theirs = foreign("theirs", UNTIL, ["user:bob@example.com"]);
  here.add(theirs);
  here.fake.lag(1);
  await here.session.grant(assignment, WINDOW);
  expect(here.fake.policy().bindings).toContainEqual(theirs);
  expect(here.ours(assignment)).toHaveLength(1);
});

// https://cloud.google.com/iam/docs/overview#consistency
describe("a read that is older than the last write", () => {
  test("does not hide our binding from its revocation", async () => {
    const assignment = await here.granted();
    here.fake.lag(1);
    expect((await here.session.revoke(assignment)).state).toBe("absent");
    expect(here.ours(assignment)).toEqual([]);
  });

  test("is read again until it shows the grant", async () => {
    await here.fake.stop();
    here = await site({ stale: 3 });
    const assignment = await here.granted();
    expect((await here.see(assignment))?.state).toBe("ours");
  });

  test("is no proof of a removal, however long it lasts", async () => {
    await here.fake.stop();
    here = await site({}, 400);
    const assignment = await here.granted();
    here.fake.fault({ on: /:getIamPolicy/, do: answer(here.fake.policy()), skip: 1, times: Infinity });
    expect(await classOf(here.session.revoke(assignment))).toBe("transient");
  });
});

test.each(["before", "after"] as const)(
  "an answer that is lost %s the effect leaves one binding",
  async (effect) => {
    const assignment = await here.session.resolve(here.claim());
    here.fake.fault({ on: /:setIamPolicy/, do: { is: "reset", effect } });
    await here.session.grant(assignment, WINDOW);
    expect(here.ours(assignment)).toHaveLength(1);
    here.fake.fault({ on: /:setIamPolicy/, do: { is: "reset", effect } });
    expect(await here.session.revoke(assignment)).toMatchObject({ state: "absent" });
    expect(here.fake.policy().bindings).toEqual(OTHERS);
  },
);

test("a server that hangs holds nobody up for longer than the bound", async () => {
  const assignment = await here.granted();
  const impatient = await site({}, 300);
  impatient.fake.fault({ on: /IamPolicy/, do: { is: "hang", effect: "before" }, times: Infinity });
  const start = performance.now();
  expect(await classOf(impatient.session.revoke(assignment))).toBe("transient");
  expect(await classOf(impatient.session.observe([assignment]))).toBe("transient");
  expect(performance.now() - start).toBeLessThan(3_000);
  await impatient.fake.stop();
});

// https://google.aip.dev/194
describe("a busy server", () => {
  test.each([429, 503])("that says %i once is asked again", async (code) => {
    here.fake.fault({ on: /IamPolicy/, do: refusal(code, "UNAVAILABLE"), times: 2 });
    expect(here.ours(await here.granted())).toHaveLength(1);
  });

  test("is given the time that it asks for", async () => {
    const assignment = await here.session.resolve(here.claim());
    const wait = refusal(429, "RESOURCE_EXHAUSTED", "", { "retry-after": "1" });
    here.fake.fault({ on: /:setIamPolicy/, do: wait });
    const start = performance.now();
    await here.session.grant(assignment, WINDOW);
    expect(performance.now() - start).toBeGreaterThan(990);
  });

  test("that asks for an hour is left until the next run", async () => {
    const assignment = await here.granted();
    const wait = refusal(429, "RESOURCE_EXHAUSTED", "", { "retry-after": "3600" });
    here.fake.fault({ on: /:setIamPolicy/, do: wait, times: Infinity });
    expect(await classOf(here.session.revoke(assignment))).toBe("throttled");
    expect(here.fake.can(ANN, ROLE)).toBe(true);
  });
});
