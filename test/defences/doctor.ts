// What does the doctor look at that would otherwise be a way around everybody's rules?
import type { Defence } from "./defence.ts";

const MAIN = "src/core/repository-main.ts";
const LEDGER = "src/core/repository-ledger.ts";
const ACTIONS = "src/core/repository-actions.ts";
const JOB = "src/core/repository-job.ts";

const says = (title: string): Defence["red"] => ({ file: "test/attacks/doctor.test.ts", title });

export const OF_DOCTOR: readonly Defence[] = [
  {
    name: "doctor-pinned-check",
    rows: ["C2"],
    file: MAIN,
    find: "check.app === null && !checks.some",
    put: "check.app === undefined && !checks.some",
    red: says("C2: a required check"),
  },
  {
    name: "doctor-auto-merge",
    rows: ["A22"],
    file: MAIN,
    find: "if (autoMerge === false || pulls",
    put: "if (autoMerge !== null || pulls",
    red: says("A22: auto-merge"),
  },
  {
    name: "doctor-squashing-queue",
    rows: ["A5"],
    file: MAIN,
    find: `queue === "squash"`,
    put: `queue === "rebase"`,
    red: says("A5: a merge queue"),
  },
  {
    name: "doctor-approving-workflows",
    rows: ["A11"],
    file: ACTIONS,
    find: "...(approves\n",
    put: "...(approves && writes\n",
    red: says("A11: workflows that may approve"),
  },
  {
    name: "doctor-secrets",
    rows: ["C6", "F1"],
    file: ACTIONS,
    find: "if (names.length === 0) return [];",
    put: "if (names.length < 2) return [];",
    red: says("C6, F1: one secret of the repository"),
  },
  {
    name: "doctor-environment-branches",
    rows: ["F1"],
    file: ACTIONS,
    find: `if (branches !== "listed") {`,
    put: `if (branches === "protected") {`,
    red: says("F1: an environment for every branch"),
  },
  {
    name: "doctor-fork-secrets",
    rows: ["F10"],
    file: ACTIONS,
    find: "  if (!run) return [];",
    put: "  if (!run || approval) return [];",
    red: says("F10: secrets for pull requests"),
  },
  {
    name: "doctor-disabled-sweep",
    rows: ["D2"],
    file: ACTIONS,
    find: `state !== "active"`,
    put: `state === "disabled_manually"`,
    red: says("D2: a sweep that the forge has disabled"),
  },
  {
    name: "doctor-ledger-rules",
    rows: ["E2", "E4"],
    file: LEDGER,
    find: `...rules.missing(KINDS, "LPS921", fix),`,
    put: `...rules.missing([], "LPS921", fix),`,
    red: says("E4: a ledger that every writer"),
  },
  {
    name: "doctor-ledger-writers",
    rows: ["E4"],
    file: LEDGER,
    find: `if (actor.type !== "Bot")`,
    put: `if (actor.type === "Organization")`,
    red: says("E4: a push to the ledger by a person"),
  },
  {
    name: "doctor-renamed-login",
    rows: ["A20"],
    file: "src/core/repository-people.ts",
    find: "if (user.login.toLowerCase() === login.toLowerCase()) return [];",
    put: "if (user.id === id) return [];",
    red: says("A20: a login that somebody else has taken"),
  },
  {
    name: "doctor-ownerless-line",
    rows: ["A14"],
    file: "src/core/codeowners.ts",
    find: "return lines.findLast(",
    put: "return lines.find(",
    red: { file: "test/core/codeowners.test.ts", title: "A14: with a later line" },
  },
  {
    name: "doctor-runner",
    rows: ["F6"],
    file: JOB,
    find: `if (runner === "github-hosted") return [];`,
    put: "if (runner !== null) return [];",
    red: { file: "test/attacks/doctor-job.test.ts", title: "F6: on a self-hosted" },
  },
  {
    name: "doctor-own-claims",
    rows: ["F2"],
    file: JOB,
    find: `claim !== "job_workflow_ref" &&`,
    put: `claim !== "ref" &&`,
    red: { file: "test/attacks/doctor-job.test.ts", title: "F2: of another branch" },
  },
  {
    name: "rules-continuity",
    rows: ["A23", "E7"],
    file: "src/core/continuity.ts",
    find: "=> ({ id, enforcement, updatedAt })",
    put: "=> ({ id, enforcement, updatedAt: updatedAt === null ? null : 0 })",
    red: { file: "test/attacks/continuity.test.ts", title: "A23, E7" },
  },
  {
    name: "forked-copy",
    rows: ["E6"],
    file: "src/core/audit-copy.ts",
    find: `if (is !== "forked") return [];`,
    put: `if (is !== "ahead") return [];`,
    red: { file: "test/attacks/copies.test.ts", title: "E6: that tells another story" },
  },
];
