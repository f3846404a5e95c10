// How is the repository set up on the forge? (reads only; what may not be read is told as unread)
import type { Context } from "./context.ts";
import type { Activity } from "./core/facts.ts";
import { sorted, warning } from "./core/finding.ts";
import type { Finding } from "./core/model.ts";
import {
  actionsFindings,
  APPLIER,
  environmentFindings,
  forkFindings,
  secretFindings,
  tokenFindings,
  workflowFindings,
} from "./core/repository-actions.ts";
import { appFindings, applierFindings } from "./core/repository-app.ts";
import type { ForgeApp, Merging } from "./core/repository-facts.ts";
import { appOf, ledgerBranchFindings, type LedgerBranchFacts } from "./core/repository-ledger.ts";
import { DOCTOR_AUDIENCE, jobFindings } from "./core/repository-job.ts";
import { mainFindings } from "./core/repository-main.ts";
import { ownerErrors } from "./core/repository-owners.ts";
import type { BranchFacts } from "./core/repository-rules.ts";
import { fromEpoch } from "./core/time.ts";
import { whereTold, type Told } from "./core/told.ts";
import type { Forge } from "./forge/forge.ts";
import { told } from "./told.ts";

/** What was looked at, and what is wrong with it. */
export interface Examined {
  readonly subject: string;
  readonly findings: readonly Finding[];
}

const LEDGER = "lapse/ledger";
/** How far back the pushes to the ledger are read, in milliseconds: a week is about seven calls. */
const LOOK_BACK = 7 * 86_400_000;

export const examined = (subject: string, findings: readonly Finding[]): Examined => ({
  subject,
  findings: sorted(findings),
});

/** Rules of main and of the ledger, the applier's environment, secrets, Actions and the App. */
export async function examineForge(
  context: Context,
  forge: Forge,
  main: string,
): Promise<{ readonly repository: readonly Examined[]; readonly ledger: readonly Examined[] }> {
  const [mainRules, ledger, merging] = await Promise.all([
    branchFacts(forge, main),
    ledgerFacts(context, forge),
    told(() => forge.settings.merging()),
  ]);
  const app = appOf(ledger);
  return {
    repository: [
      examined(`rules of ${main}`, mainFindings(mainRules, merging, app)),
      ...(await applierPlaces(forge, main)),
      ...(await actionsPlaces(forge, merging)),
      ...(context.io.annotates ? [await ownJob(context, forge, main)] : []),
    ],
    ledger: [
      examined(`rules of ${LEDGER}`, [...ledgerBranchFindings(ledger), ...appsFindings(ledger.apps, app)]),
    ],
  };
}

async function branchFacts({ settings }: Forge, branch: string): Promise<BranchFacts> {
  const [rulesets, classic] = await Promise.all([
    told(() => settings.branchRules(branch)),
    told(() => settings.branchProtection(branch)),
  ]);
  return { branch, rulesets, classic };
}

async function ledgerFacts(context: Context, forge: Forge): Promise<LedgerBranchFacts> {
  const since = fromEpoch(context.now - LOOK_BACK);
  const [branch, pushes] = await Promise.all([
    branchFacts(forge, LEDGER),
    told(() => forge.activity(LEDGER, since)),
  ]);
  return { ...branch, pushes, apps: await appsOf(forge, pushes.is === "told" ? pushes.value : []) };
}

/** The Apps behind the accounts that pushed: an account of an App is called after it. */
async function appsOf(
  { settings }: Forge,
  pushes: readonly Activity[],
): Promise<ReadonlyMap<string, Told<ForgeApp>>> {
  const bots = pushes.flatMap(({ actor }) => (actor?.type === "Bot" ? [actor.login] : []));
  const asked = [...new Set(bots)].map(async (login) => {
    const slug = login.replace(/\[bot\]$/, "");
    return [login, await told(() => settings.app(slug))] as const;
  });
  return new Map(await Promise.all(asked));
}

/** What Lapse's own App asks for; what others ask for is not our concern. */
function appsFindings(apps: LedgerBranchFacts["apps"], ours: number | undefined): readonly Finding[] {
  return [...apps.values()].flatMap((one) =>
    one.is === "told" && one.value.id === ours ? appFindings(one.value) : [],
  );
}

async function applierPlaces({ settings }: Forge, main: string): Promise<readonly Examined[]> {
  const [environment, own, shared] = await Promise.all([
    told(() => settings.environment(APPLIER)),
    told(() => settings.secrets("repository")),
    told(() => settings.secrets("organisation")),
  ]);
  return [
    examined(
      `environment ${APPLIER}`,
      whereTold("the environments", environment, (found) => environmentFindings(found, main)),
    ),
    examined("secrets", [
      ...whereTold("secrets of the repository", own, (names) => secretFindings("repository", names)),
      ...whereTold("secrets of the organisation", shared, (names) => secretFindings("organisation", names)),
    ]),
  ];
}

async function actionsPlaces({ settings }: Forge, merging: Told<Merging>): Promise<readonly Examined[]> {
  const isPublic = merging.is === "told" && !merging.value.isPrivate;
  const [policy, token, forks, workflows, owners] = await Promise.all([
    told(() => settings.actions()),
    told(() => settings.workflowToken()),
    isPublic ? undefined : told(() => settings.forkWorkflows()),
    told(() => settings.workflows()),
    told(() => settings.codeownersErrors()),
  ]);
  return [
    examined("Actions", [
      ...whereTold("the policy of Actions", policy, actionsFindings),
      ...whereTold("what workflows may", token, tokenFindings),
      ...(forks ? whereTold("what forks set off", forks, forkFindings) : []),
    ]),
    examined("workflows", whereTold("the workflows", workflows, workflowFindings)),
    examined("owners", whereTold("GitHub's check of CODEOWNERS", owners, ownerErrors)),
  ];
}

/** In a workflow: whose token is it, and what does the forge say of the job? */
async function ownJob(context: Context, forge: Forge, branch: string): Promise<Examined> {
  const whoami = await told(() => forge.whoami());
  const claims = await told(async () => {
    const [url = "", token = ""] = ["URL", "TOKEN"].map((end) =>
      context.secret(`ACTIONS_ID_TOKEN_REQUEST_${end}`),
    );
    const { timeout } = context;
    return forge.settings.ownClaims({ url, token, audience: DOCTOR_AUDIENCE, timeout });
  });
  const repository = await told(() => forge.repository());
  return examined("the applier's job", [
    ...whereTold("whose token this is", whoami, applierFindings),
    ...whereTold("the job's own token", claims, (known) =>
      whereTold("the repository", repository, ({ id }) =>
        jobFindings({ claims: known, repository: id, branch }),
      ),
    ),
  ]);
}

/** Nothing was asked, which proves nothing. */
export function unexamined({ why, fix }: Extract<Told<unknown>, { is: "untold" }>): Finding {
  return warning("LPS947", `rules, environments, secrets and accounts were not examined: ${why}`, fix);
}
