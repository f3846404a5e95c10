// How does GitHub show an account?
import type { Account, State } from "./state.ts";
import type { World } from "./world.ts";

const LINKS = {
  followers_url: "/followers",
  following_url: "/following{/other_user}",
  gists_url: "/gists{/gist_id}",
  starred_url: "/starred{/owner}{/repo}",
  subscriptions_url: "/subscriptions",
  organizations_url: "/orgs",
  repos_url: "/repos",
  events_url: "/events{/privacy}",
  received_events_url: "/received_events",
} as const;

/** Who GitHub puts in the place of a deleted account where a user must be shown. */
const GHOST = { id: 10137, login: "ghost", type: "User" } as const;

function shown(world: World, { id, login, type }: Pick<Account, "id" | "login" | "type">) {
  const url = `${world.origin()}/api/v3/users/${encodeURIComponent(login)}`;
  return {
    login,
    id,
    node_id: `U_${id}`,
    avatar_url: `${world.origin()}/avatars/${id}`,
    gravatar_id: "",
    url,
    html_url: `${world.origin()}/${encodeURIComponent(login)}`,
    ...Object.fromEntries(Object.entries(LINKS).map(([key, path]) => [key, url + path])),
    type,
    site_admin: false,
  };
}

/** The account, or `null` once it has been deleted. */
export function userJson(world: World, state: State, id: number) {
  const account = state.accounts.find((each) => each.id === id);
  return !account || account.deleted ? null : shown(world, account);
}

/** The account, or the ghost that stands for deleted ones. */
export const userOrGhostJson = (world: World, state: State, id: number) =>
  userJson(world, state, id) ?? shown(world, GHOST);

/** The organisation or person that owns the repository. */
export function ownerJson(world: World, state: State) {
  const account = state.accounts.find((each) => each.login === world.owner && !each.deleted);
  return shown(world, account ?? { id: world.repositoryId + 1, login: world.owner, type: "Organization" });
}

/** What `GET /user` and `GET /users/{login}` add. */
export function profileJson(world: World, account: Account) {
  const epoch = "2020-01-01T00:00:00Z";
  return {
    ...shown(world, account),
    name: account.login,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: epoch,
    updated_at: epoch,
  };
}

/** The App behind an account of type Bot. */
export function appJson(world: World, state: State, id: number) {
  const account = state.accounts.find((each) => each.id === id);
  if (account?.type !== "Bot") return null;
  const slug = account.login.replace("[bot]", "");
  return {
    id: 15_000 + id,
    slug,
    node_id: `A_${id}`,
    client_id: `Iv${id}`,
    owner: ownerJson(world, state),
    name: slug,
    description: null,
    external_url: `${world.origin()}/apps/${slug}`,
    html_url: `${world.origin()}/apps/${slug}`,
    created_at: "2020-01-01T00:00:00Z",
    updated_at: "2020-01-01T00:00:00Z",
    permissions: { contents: "write", checks: "write", issues: "write", metadata: "read" },
    events: [],
  };
}
