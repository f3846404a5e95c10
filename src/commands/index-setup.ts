// Which commands help to set Lapse up?
import { Argument, Option, type Command } from "commander";
import { GITHUB_ISSUER } from "../core/oidc.ts";
import type { Action } from "./index-action.ts";
import { asAccount } from "./values.ts";

/** What others must be told of this installation. */
export function settingUp(program: Command, action: Action): void {
  program
    .command("trust")
    .description("the trust policy that lets in the applier's own jobs, and no others")
    .addArgument(new Argument("<cloud>", "who is to trust them").choices(["aws", "azure", "gcp", "vault"]))
    .requiredOption("--repository <owner/name>", "the access repository")
    .requiredOption("--repository-id <number>", "gh api repos/OWNER/NAME --jq .id", asAccount)
    .requiredOption("--owner-id <number>", "gh api repos/OWNER/NAME --jq .owner.id", asAccount)
    .option("--tool <owner/name@commit>", "whose workflows it calls, at which commit (default: its own)")
    .option("--environment <name>", "the environment of the apply and expire jobs", "lapse-apply")
    .option("--branch <name>", "the default branch", "main")
    .addOption(
      new Option("--subject <form>", "gh api repos/OWNER/NAME/actions/oidc/customization/sub")
        .choices(["immutable", "classic"])
        .default("immutable"),
    )
    .option("--audience <text>", "what the job asks its token for (default: as the cloud's tools do)")
    .option("--issuer <url>", "who signs, on a GitHub of one's own", GITHUB_ISSUER)
    .action(
      action(
        async () => (await import("./trust.ts")).trust,
        ([cloud], options) => ({ cloud, ...options }),
        "anywhere",
      ),
    );
}
