// How are both kinds of GitHub access put to the test? (worlds over a pretended organisation, by the real Octokit)
import type { World, WorldMaker } from "../../conformance/world.ts";
import type { JsonObject } from "../../core/model.ts";
import { fromEpoch } from "../../core/time.ts";
import type { Provider } from "../provider.ts";
import { provider as collaborators } from "./collaborator.ts";
import { TOKEN, type FakeServer } from "./fake-desk.ts";
import { fakeServer } from "./fake-server.ts";
import { atLeast, byLogin, isIn, levelOn, type FakeTeam } from "./fake-state.ts";
import { provider as teams } from "./index.ts";

const NOW = fromEpoch(Date.UTC(2026, 10, 23, 9));

/** Done at once, as a promise. */
const at = (act: () => void): Promise<void> => Promise.resolve().then(act);

function known<T>(all: ReadonlyMap<number, T>, id: number): T {
  const found = all.get(id);
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
}

/** What is the same for both kinds. */
function common(server: FakeServer, provider: Provider) {
  const { hub, settings, fault, heal } = server;
  const connection: JsonObject = { organisation: "acme", tokenEnv: "ACME_TOKEN", api: server.url };
  const secret = (name: string) => (name === "ACME_TOKEN" ? TOKEN : undefined);
  return {
    ...{ provider, connection, secret, owner: "lapse", now: NOW, stranger: "nobody-knows-me" },
    subjects: ["ann", "bob"] as const,
    advance: (ms: number) => {
      hub.now += ms;
    },
    nowhere: () =>
      provider.connect({ ...connection, organisation: "no-such" }, { owner: "lapse", secret, timeout: 5000 }),
    addSubject: { skip: "logins are letters, digits and hyphens: no other name can exist" },
    rename: (login: string) => {
      const account = byLogin(hub, login);
      if (!account) throw new Error("no such account");
      account.login = `${login}-married`;
      return Promise.resolve(account.login);
    },
    hinder: () => {
      fault({ on: /^(PUT|DELETE) /, do: { is: "status", status: 503 }, times: Infinity });
      return Promise.resolve(() => at(heal));
    },
    disarm: () =>
      at(() => {
        settings.writes = false;
      }),
    strip: { skip: "nothing on GitHub says who gave an access, so there is no mark to remove" },
    addMember: { skip: "an access belongs to one person: whoever is added has one of his own" },
    replace: { skip: "an access belongs to one person: nobody else's can stand in its place" },
    snapshot: () => Promise.resolve(structuredClone(hub)),
    settle: { skip: "what an organisation's own members get takes effect at once" },
    tooSoon: { skip: "access can be taken away at any time" },
    close: server.stop,
  } satisfies Partial<Record<keyof World, unknown>>;
}

async function teamWorld(flags: boolean): Promise<World> {
  const server = await fakeServer(NOW);
  const { hub, settings, fault, forget } = server;
  Object.assign(settings, { flags, page: 1 });
  const team = known(hub.teams, 7001);
  const child: FakeTeam = {
    ...{ id: 7002, slug: "deploy-night", description: "", parent: team.id },
    ...{ members: new Map(), pending: new Set() },
  };
  const idOf = (login: string) => byLogin(hub, login)?.id ?? 0;
  return {
    ...common(server, teams),
    role: { team: team.slug },
    missingRole: { team: "nobody-made-me" },
    can: (login) => Promise.resolve(isIn(hub, login, team)),
    standing: (login) =>
      at(() => {
        team.members.set(idOf(login), "member");
      }),
    endStanding: (login) =>
      at(() => {
        team.members.delete(idOf(login));
      }),
    otherWay: (login) =>
      at(() => {
        child.members.set(idOf(login), "member");
        hub.teams.set(child.id, child);
        forget();
      }),
    breakListing: () => {
      fault({ on: /\/members\?.*\bpage=2/, do: { is: "status", status: 502 }, times: Infinity });
    },
  };
}

async function repositoryWorld(): Promise<World> {
  const server = await fakeServer(NOW);
  const { hub, settings, forget } = server;
  Object.assign(settings, { page: 1, scopes: "repo" });
  const repository = known(hub.repositories, 9001);
  const idOf = (login: string) => byLogin(hub, login)?.id ?? 0;
  return {
    ...common(server, collaborators),
    role: { repository: "orders", permission: "push" },
    missingRole: { repository: "nobody-made-me", permission: "push" },
    can: (login) => Promise.resolve(atLeast(levelOn(hub, idOf(login), repository), "push")),
    standing: (login) =>
      at(() => {
        repository.direct.set(idOf(login), "push");
      }),
    endStanding: (login) =>
      at(() => {
        repository.direct.delete(idOf(login));
      }),
    otherWay: (login) =>
      at(() => {
        hub.teams.get(7001)?.members.set(idOf(login), "member");
        repository.teams.set(7001, "push");
        forget();
      }),
    breakListing: { skip: "nothing is listed: nobody can tell whose a collaborator is" },
  };
}

export const worlds: readonly WorldMaker[] = [
  { kind: "github", name: "GitHub teams", make: () => teamWorld(true) },
  { kind: "github", name: "GitHub teams, without flags of inheritance", make: () => teamWorld(false) },
  { kind: "github-collaborator", name: "GitHub collaborators", make: repositoryWorld },
];
