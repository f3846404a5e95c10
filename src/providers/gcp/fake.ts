// How is the Google Cloud provider put to the test? (a project, and a folder on a busy day whose reads lag behind)
import type { World, WorldMaker } from "../../conformance/world.ts";
import type { Assignment } from "../../core/model.ts";
import { fromEpoch } from "../../core/time.ts";
import type { Binding } from "./fake-policy.ts";
import { startFake, type FakeOptions } from "./fake-server.ts";
import { provider } from "./index.ts";

export const ANN = "user:ann.lee@example.com";
export const BOB = "user:bob@example.com";
export const ROLE = "roles/logging.viewer";
export const NOW = fromEpoch(Date.UTC(2026, 10, 23, 9));
const TOKEN_ENV = "REHEARSAL_TOKEN";

/** An account spelled otherwise than people's files spell it, as happens. */
export const DEFAULTS: FakeOptions = {
  resource: "projects/orders-production",
  token: "made-up",
  now: NOW,
  accounts: ["Ann.Lee@Example.com", "bob@example.com", "applier@orders-production.iam.gserviceaccount.com"],
  roles: {
    "roles/owner": ["resourcemanager.projects.setIamPolicy"],
    "roles/resourcemanager.projectIamAdmin": ["resourcemanager.projects.setIamPolicy"],
    "roles/cloudsql.viewer": ["cloudsql.instances.get"],
    "roles/appengine.appAdmin": ["appengine.applications.update", "iam.serviceAccounts.actAs"],
    [ROLE]: ["logging.logEntries.list"],
  },
  grantable: [ROLE],
};

/** What was there before Lapse, and must be there after it. */
export const OTHERS: readonly Binding[] = [
  {
    role: "roles/cloudsql.viewer",
    members: ["deleted:user:zoe@example.com?uid=987654321098765432109", "user:bob@example.com"],
    condition: { title: "working hours", expression: 'resource.name.startsWith("projects/_/instances/a")' },
  },
  { role: "roles/owner", members: ["group:platform@example.com"] },
];

export async function makeFake(options: Partial<FakeOptions> = {}) {
  const all = { ...DEFAULTS, ...options };
  const fake = await startFake(all);
  fake.edit(() => structuredClone([...OTHERS]));
  const connection = { resource: all.resource, tokenEnv: TOKEN_ENV, endpoint: fake.url };
  const secret = (name: string) => (name === TOKEN_ENV ? all.token : undefined);
  return { fake, connection, secret };
}

const unconditional = (subject: string): Binding => ({ role: ROLE, members: [subject] });

async function world(options: Partial<FakeOptions>): Promise<World> {
  const { fake, connection, secret } = await makeFake(options);
  const standing = (subject: string): Promise<void> => {
    fake.edit((bindings) => [...bindings, unconditional(subject)]);
    return Promise.resolve();
  };
  /** Changes our own binding, by its title. */
  const alter = ({ mark }: Assignment, change: (binding: Binding) => Binding): Promise<void> => {
    fake.edit((bindings) => bindings.map((one) => (one.condition?.title === mark ? change(one) : one)));
    return Promise.resolve();
  };
  return {
    provider,
    owner: "lapse",
    connection,
    secret,
    subjects: [ANN, BOB],
    stranger: "user:nobody@example.com",
    role: { role: ROLE },
    missingRole: { role: "roles/logging.nobodyMadeMe" },
    now: NOW,
    advance: fake.advance,
    nowhere: {
      skip: "Google answers 403 for a project that does not exist, so that nobody learns which ones do",
    },
    can: (subject) => Promise.resolve(fake.can(subject, ROLE)),
    standing,
    otherWay: standing,
    endStanding: (subject) => {
      fake.edit((bindings) =>
        bindings.filter((one) => one.condition !== undefined || !one.members.includes(subject)),
      );
      return Promise.resolve();
    },
    addSubject: { skip: "Google accounts have e-mail addresses: other names are refused" },
    rename: (subject) => {
      fake.rename(subject.replace("user:", ""), "ann.married@example.com");
      return Promise.resolve("user:ann.married@example.com");
    },
    hinder: () => {
      fake.fault({
        on: /:setIamPolicy/,
        do: { is: "status", status: 429, body: '{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}' },
        times: Infinity,
      });
      return Promise.resolve(() => {
        fake.heal();
        return Promise.resolve();
      });
    },
    disarm: () => {
      fake.limit([]);
      return Promise.resolve();
    },
    strip: (assignment) =>
      alter(assignment, (one) => ({ ...one, condition: { ...one.condition, description: "" } })),
    addMember: (assignment, subject) =>
      alter(assignment, (one) => ({ ...one, members: [...one.members, subject] })),
    replace: (assignment, subject) =>
      alter(assignment, ({ role, condition }) => ({
        role,
        members: [subject],
        condition: { ...condition, description: "somebody else's" },
      })),
    snapshot: () => Promise.resolve(fake.policy()),
    breakListing: { skip: "a policy is one document: it has no pages" },
    settle: { skip: "a policy that was accepted is in force at once, as far as Google shows it" },
    tooSoon: { skip: "a binding can be removed at any time" },
    close: fake.stop,
  };
}

export const worlds: readonly WorldMaker[] = [
  { kind: "gcp", name: "gcp", make: () => world({}) },
  {
    kind: "gcp",
    name: "gcp, busy and stale",
    make: () => world({ resource: "folders/415104041262", stale: 2, busy: true }),
  },
];
