// `lapse trust aws`: what must a cloud be told, so that it trusts the applier's own jobs and no others?
import type { Context, ExitCode } from "../context.ts";
import { inexact, type Applier, type SubjectForm } from "../core/oidc.ts";
import { DIALECTS, trustText, type Cloud } from "../report/trust.ts";
import { usageText } from "../report/usage.ts";

export interface TrustOptions extends Pick<
  Applier,
  "repository" | "repositoryId" | "ownerId" | "environment" | "branch" | "issuer" | "tool"
> {
  readonly cloud: Cloud;
  readonly subject: SubjectForm;
  /** What the cloud asks for, where it is left out. */
  readonly audience?: string;
}

export function trust({ io }: Context, { cloud, subject, ...options }: TrustOptions): Promise<ExitCode> {
  const { audience, use, classic } = DIALECTS[cloud];
  const applier = { audience, ...options, subjects: [subject] };
  const wrong = inexact(applier);
  if (wrong.length > 0) {
    io.err(usageText("this would not name one applier", `${wrong.join("; ")} (see \`lapse trust --help\`)`));
    return Promise.resolve(2);
  }
  io.out(trustText(cloud, applier));
  io.err(use);
  if (subject === "classic" && classic !== undefined) io.err(`warning: ${classic}`);
  return Promise.resolve(0);
}
