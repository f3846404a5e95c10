// How is the Azure provider put to the test? (a pretended subscription over HTTPS, driven through the real SDKs)
import type { World, WorldMaker } from "../../conformance/world.ts";
import type { Claim, Instant } from "../../core/model.ts";
import type { Provider, Session } from "../provider.ts";
import {
  APPLIER,
  can,
  expire,
  GROUP,
  onEdge,
  READER,
  row,
  SCOPE,
  snapshot,
  SUB_SCOPE,
} from "./fake-azure.ts";
import { give, settle } from "./fake-pim.ts";
import { ANN, BOB, OTHERS, site, type Site } from "./fake-site.ts";
import { provider as direct } from "./index.ts";
import { provider as managed } from "./pim.ts";

export const ROLE = { roleDefinition: READER, resourceGroup: GROUP };
const edge = (principal: string) => ({ scope: SCOPE, role: READER, principal });
/** Done at once, as a promise. */
const at = (act: () => void): Promise<void> => Promise.resolve().then(act);

/** Calls that change something, token and order alike. */
const WRITES = /^(PUT|DELETE|POST) \/subscriptions/;

function shared(here: Site, provider: Provider) {
  const { state } = here;
  const nowhere = async (): Promise<Session> => {
    const session = await here.connect(provider, { subscription: OTHERS });
    const claim: Claim = {
      ...{
        request: "r",
        owner: "lapse",
        target: "target",
        provider: provider.kind,
        connection: here.connection,
      },
      ...{ identity: ANN, role: ROLE, scope: {} },
    };
    await session.resolve(claim);
    return session;
  };
  return {
    ...{ provider, owner: "lapse", connection: here.connection, secret: here.secret, nowhere },
    subjects: [ANN, BOB] as const,
    stranger: OTHERS,
    role: ROLE,
    missingRole: { ...ROLE, roleDefinition: OTHERS },
    now: state.now as Instant,
    advance: (ms: number) => {
      state.now += ms;
      expire(state);
    },
    can: (subject: string) => Promise.resolve(can(state, subject)),
    addSubject: { skip: "subjects are known by the object ids that Entra makes" },
    rename: (subject: string) => {
      const user = state.users.get(subject);
      if (user) user.upn = "married@acme.example";
      return Promise.resolve(subject);
    },
    hinder: () => {
      const headers = { "retry-after": "17" };
      here.arm.fault({ on: WRITES, do: { is: "status", status: 429, headers }, times: Infinity });
      return Promise.resolve(() => at(here.arm.heal));
    },
    disarm: () =>
      at(() => {
        state.mayWrite = false;
      }),
    addMember: { skip: "a role assignment has one principal" },
    snapshot: () => Promise.resolve(snapshot(state)),
    close: here.stop,
  } satisfies Partial<World>;
}

/** Role assignments of our own. */
async function marked(): Promise<World> {
  const here = await site();
  const { state } = here;
  const named = (mark?: string) => {
    const found = state.rows.find(({ name }) => name === mark);
    if (!found) throw new Error("no such role assignment");
    return found;
  };
  return {
    ...shared(here, direct),
    standing: (subject) => at(() => void state.rows.push(row(edge(subject)))),
    endStanding: (subject) =>
      at(() => {
        state.rows = state.rows.filter((one) => !onEdge(edge(subject))(one) || one.createdBy === APPLIER);
      }),
    otherWay: (subject) =>
      at(() => {
        state.groups.set(OTHERS, new Set([subject]));
        state.rows.push(row(edge(OTHERS)));
      }),
    strip: ({ mark }) =>
      at(() => {
        named(mark).description = undefined;
      }),
    replace: ({ mark }, subject) =>
      at(() => {
        const { name } = named(mark);
        state.rows = [...state.rows.filter((one) => one.name !== name), row({ ...edge(subject), name })];
      }),
    breakListing: () => {
      here.arm.fault({ on: /skiptoken/, do: { is: "status", status: 500 }, times: Infinity });
    },
    settle: { skip: "role assignments are made at once" },
    tooSoon: { skip: "a role assignment can be removed at any time" },
  };
}

/** Assignments that Azure ends. */
async function bare(): Promise<World> {
  const here = await site();
  const { state } = here;
  return {
    ...shared(here, managed),
    timeout: 1_000,
    standing: (subject) =>
      at(() => {
        give(state, {
          ...edge(subject),
          assignmentType: "Assigned",
          start: 0,
          end: undefined,
          request: OTHERS,
        });
      }),
    endStanding: (subject) =>
      at(() => {
        state.rows = state.rows.filter((one) => !onEdge(edge(subject))(one));
        state.schedules = state.schedules.filter((one) => !onEdge(edge(subject))(one));
      }),
    otherWay: (subject) => at(() => void state.rows.push(row({ ...edge(subject), scope: SUB_SCOPE }))),
    strip: { skip: "nothing on the assignment is ours for long: the ledger knows" },
    replace: { skip: "an assignment has no name of ours that another could take" },
    breakListing: { skip: "nothing is listed: the ledger knows what is ours" },
    settle: () => {
      settle(state);
    },
    tooSoon: () => {
      for (const one of state.schedules) one.start = state.now;
    },
  };
}

export const worlds: readonly WorldMaker[] = [
  { kind: "azure", name: "azure", make: marked },
  { kind: "azure-pim", name: "azure-pim", make: bare },
];
