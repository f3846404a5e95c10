// Who else is listed as an owner, so that nothing but the account itself speaks against them?
import { policies } from "../../support/company.ts";
import type { Sandbox } from "../../../src/sandbox/github/sandbox.ts";

const ODD = [
  { name: "manny", login: "manny", id: 1201, type: "Mannequin" },
  { name: "helper", login: "helper[bot]", id: 1202, type: "User" },
  { name: "gone", login: "gone", id: 1203, type: "User" },
  { name: "vera", login: "vera", id: 1204, type: "User" },
] as const;

const OWNERS = "policies/people/owners.yaml";

/** The company's owners and the odd accounts, in this order after those that are put before. */
export const ownersFile = (...before: readonly string[]): string =>
  (policies()[OWNERS] ?? "").replace("[", `[${[...before, ...ODD.map(({ name }) => name)].join(", ")}, `);

/** Files of policies/ that list them. */
export const WITH_ODD_OWNERS: Readonly<Record<string, string>> = {
  [OWNERS]: ownersFile(),
  ...Object.fromEntries(
    ODD.map(({ name, id }) => [
      `policies/people/${name}.yaml`,
      `apiVersion: lapse.dev/v1\nkind: Person\nmetadata: { name: ${name} }\nspec: { login: ${name}, id: ${String(id)} }\n`,
    ]),
  ),
};

/** Their accounts on the forge. */
export function addOddAccounts(forge: Sandbox): void {
  for (const { login, id, type } of ODD) forge.addUser({ login, id, type, token: `token-of-${String(id)}` });
}
