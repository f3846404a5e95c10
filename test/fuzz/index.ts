// Which laws are there? (every part that reads what others wrote, or decides on it)
import { DOCUMENT_LAWS } from "./documents.ts";
import { ENCODER_LAWS } from "./encoders.ts";
import { EVIDENCE_LAWS } from "./evidence.ts";
import type { Law } from "./law.ts";
import { LEDGER_LAWS } from "./ledger.ts";
import { PLAN_LAWS } from "./plan.ts";
import { POLICY_LAWS } from "./policy.ts";
import { TIME_LAWS } from "./time.ts";

export const LAWS: readonly Law[] = [
  ...DOCUMENT_LAWS,
  ...TIME_LAWS,
  ...POLICY_LAWS,
  ...EVIDENCE_LAWS,
  ...PLAN_LAWS,
  ...LEDGER_LAWS,
  ...ENCODER_LAWS,
];
