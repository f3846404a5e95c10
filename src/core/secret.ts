// Does this text carry a credential, going by its form alone?

interface Form {
  /** What the form cannot do without; looked for first, since most text has none of it. */
  readonly hint: string;
  /** Linear in the length of the text: no part of it is read again from every start. */
  readonly pattern: RegExp;
  readonly kind: string;
}

/** Forms that their issuers document; each can be told from prose without guessing. */
const FORMS: readonly Form[] = [
  // Since 2026 installation tokens are JSON Web Tokens behind a prefix: no length can be told.
  { hint: "gh", pattern: /\bgh[pousr]_[A-Za-z0-9_.-]{16,}/g, kind: "a GitHub token" },
  { hint: "github_pat_", pattern: /\bgithub_pat_\w{16,}/g, kind: "a GitHub token" },
  { hint: "glpat-", pattern: /\bglpat-[A-Za-z0-9_.-]{16,}/g, kind: "a GitLab token" },
  { hint: "A", pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, kind: "an AWS access key" },
  { hint: "SECRET_ACCESS_KEY", pattern: awsSecret("AWS_SECRET_ACCESS_KEY"), kind: "an AWS secret key" },
  { hint: "secret_access_key", pattern: awsSecret("aws_secret_access_key"), kind: "an AWS secret key" },
  { hint: "ecretAccessKey", pattern: awsSecret("[Ss]ecretAccessKey"), kind: "an AWS secret key" },
  { hint: "ya29.", pattern: /\bya29\.[A-Za-z0-9_.-]{16,}/g, kind: "a Google access token" },
  { hint: "hvs.", pattern: /\bhvs\.[A-Za-z0-9_-]{16,}/g, kind: "a Vault token" },
  { hint: "xox", pattern: /\bxox[abeprs]-[A-Za-z0-9-]{10,}/g, kind: "a Slack token" },
  { hint: "sk_live_", pattern: /\bsk_live_[A-Za-z0-9]{16,}/g, kind: "a Stripe key" },
  {
    hint: "PRIVATE KEY",
    pattern:
      /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:(?!-----)[^])*(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g,
    kind: "a private key",
  },
  {
    hint: "eyJ",
    pattern: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g,
    kind: "a JSON Web Token",
  },
  {
    hint: "://",
    pattern: /\b[a-z][a-z0-9+]{1,20}:\/\/[^\s/:@]{1,100}:[^\s/@]{1,200}@/g,
    kind: "a password in a URL",
  },
];

/** Forty characters of anything: only the name before them says that they are a key. */
function awsSecret(name: string): RegExp {
  return new RegExp(`${name}["']?\\s{0,3}[=:]\\s{0,3}["']?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])`, "g");
}

/** What kind of secret the text holds, in words; undefined when none is recognised. */
export function secretKind(text: string): string | undefined {
  return FORMS.find(({ hint, pattern }) => text.includes(hint) && text.search(pattern) !== -1)?.kind;
}

/** A token of a person: classic with and without its prefix, fine-grained, or by way of an OAuth or a GitHub App. */
export function isPersonal(token: string): boolean {
  return /^(?:ghp_|gho_|ghu_|github_pat_|[0-9a-f]{40}$)/.test(token);
}

/** The text with recognised secrets starred out, of the same length. */
export function masked(text: string): string {
  return starred(text, (found) => found.replace(/[^\n]/g, "*"));
}

/** The text with `star` in the place of each recognised secret. */
export function starred(text: string, star: (found: string) => string): string {
  return FORMS.reduce(
    (rest, { hint, pattern }) => (rest.includes(hint) ? rest.replace(pattern, star) : rest),
    text,
  );
}
