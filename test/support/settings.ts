// How does a repository look that is set up as it should be, and how as classic branch protection shows it?
import type { RulesetRecord, Settings } from "../../src/sandbox/github/settings.ts";

/** Number of the App behind the account `lapse-applier` of the pretended company. */
export const APPLIER_APP = 15_000 + 1900;
/** GitHub Actions itself. */
const ACTIONS_APP = 15_368;

const CHANGED = Date.parse("2026-11-01T00:00:00Z");

export const MAIN: RulesetRecord = {
  id: 7,
  name: "main",
  enforcement: "active",
  branches: ["main"],
  rules: [
    { type: "deletion" },
    { type: "non_fast_forward" },
    {
      type: "pull_request",
      parameters: {
        dismiss_stale_reviews_on_push: true,
        require_code_owner_review: false,
        require_last_push_approval: true,
        required_approving_review_count: 1,
        required_review_thread_resolution: false,
        allowed_merge_methods: ["squash"],
      },
    },
    {
      type: "required_status_checks",
      parameters: {
        strict_required_status_checks_policy: false,
        required_status_checks: [{ context: "lapse / check", integration_id: ACTIONS_APP }],
      },
    },
  ],
  bypass: [],
  updatedAt: CHANGED,
};

export const LEDGER: RulesetRecord = {
  id: 8,
  name: "ledger",
  enforcement: "active",
  branches: ["lapse/ledger"],
  rules: [
    { type: "creation" },
    { type: "update", parameters: { update_allows_fetch_and_merge: false } },
    { type: "deletion" },
    { type: "non_fast_forward" },
  ],
  bypass: [{ actor_id: APPLIER_APP, actor_type: "Integration", bypass_mode: "always" }],
  updatedAt: CHANGED,
};

export const WELL: Settings = {
  isPrivate: true,
  autoMerge: false,
  methods: ["squash"],
  rulesets: [MAIN, LEDGER],
  protection: {},
  environments: [
    {
      name: "lapse-apply",
      branches: ["main"],
      adminsBypass: false,
      waitMinutes: 0,
      reviewers: false,
      secrets: ["LAPSE_APP_PRIVATE_KEY"],
    },
  ],
  secrets: [],
  organisationSecrets: [],
  shaPinning: true,
  workflowsWrite: false,
  workflowsApprove: false,
  forks: { run: false, writeTokens: false, secrets: false, approval: true },
  workflows: {
    ".github/workflows/apply.yml": "active",
    ".github/workflows/check.yml": "active",
    ".github/workflows/expire.yml": "active",
  },
  codeownersErrors: [],
};

/** Classic protection of a branch, as the API shows it. */
export const CLASSIC = {
  enforce_admins: { url: "https://example.com", enabled: false },
  allow_force_pushes: { enabled: false },
  allow_deletions: { enabled: true },
  required_pull_request_reviews: {
    dismiss_stale_reviews: true,
    require_code_owner_reviews: false,
    required_approving_review_count: 1,
    require_last_push_approval: false,
  },
  required_status_checks: {
    contexts: ["build"],
    checks: [
      { context: "build", app_id: null },
      { context: "lapse / check", app_id: ACTIONS_APP },
    ],
  },
} as const;
