// Which kinds of targets are there? (the registry: one lazy line each, so that nobody loads an SDK in vain)
import type { Provider } from "./provider.ts";

type Load = () => Promise<{ readonly provider: Provider }>;

const providers: Readonly<Record<string, Load>> = {
  aws: () => import("./aws/index.ts"),
  "aws-account": () => import("./aws/account.ts"),
  "aws-iam": () => import("./aws/iam.ts"),
  azure: () => import("./azure/index.ts"),
  "azure-pim": () => import("./azure/pim.ts"),
  exec: () => import("./exec/index.ts"),
  gate: () => import("./gate/index.ts"),
  gcp: () => import("./gcp/index.ts"),
  github: () => import("./github/index.ts"),
  "github-collaborator": () => import("./github/collaborator.ts"),
  kubernetes: () => import("./kubernetes/index.ts"),
  mariadb: () => import("./mariadb/index.ts"),
  memory: () => import("./memory/index.ts"),
  postgres: () => import("./postgres/index.ts"),
  ssh: () => import("./ssh/index.ts"),
};

export const providerKinds: readonly string[] = Object.keys(providers);

/** The provider of this kind; nothing if the kind is unknown. */
export async function loadProvider(kind: string): Promise<Provider | undefined> {
  if (!Object.hasOwn(providers, kind)) return undefined;
  return (await providers[kind]?.())?.provider;
}
