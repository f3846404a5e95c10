// Which kinds of targets are there? (the registry: one lazy line each, so that nobody loads an SDK in vain)
import type { Provider } from "./provider.ts";

type Load = () => Promise<{ readonly provider: Provider }>;

const providers: Readonly<Record<string, Load>> = {
  aws: () => import("./aws/index.ts"),
  azure: () => import("./azure/index.ts"),
  exec: () => import("./exec/index.ts"),
  github: () => import("./github/index.ts"),
  kubernetes: () => import("./kubernetes/index.ts"),
  memory: () => import("./memory/index.ts"),
  postgres: () => import("./postgres/index.ts"),
};

export const providerKinds: readonly string[] = Object.keys(providers);

/** The provider of this kind; nothing if the kind is unknown. */
export async function loadProvider(kind: string): Promise<Provider | undefined> {
  if (!Object.hasOwn(providers, kind)) return undefined;
  return (await providers[kind]?.())?.provider;
}
