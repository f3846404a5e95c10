// Does this text carry a credential that somebody pasted by mistake?

/** Forms that their issuers document; each can be told from prose without guessing. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/g, "a GitHub token"],
  [/\bglpat-[A-Za-z0-9_-]{16,}/g, "a GitLab token"],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, "an AWS access key"],
  [/\bxox[abeprs]-[A-Za-z0-9-]{10,}/g, "a Slack token"],
  [/\bsk_live_[A-Za-z0-9]{16,}/g, "a Stripe key"],
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/g, "a private key"],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g, "a JSON Web Token"],
  [/\b[a-z][a-z0-9+]{1,20}:\/\/[^\s/:@]{1,100}:[^\s/@]{1,200}@/g, "a password in a URL"],
];

/** What kind of secret the text holds, in words; undefined when none is recognised. */
export function secretKind(text: string): string | undefined {
  return FORMS.find(([form]) => text.search(form) !== -1)?.[1];
}

/** The text with recognised secrets starred out, of the same length. */
export function masked(text: string): string {
  return FORMS.reduce((rest, [form]) => rest.replace(form, (found) => "*".repeat(found.length)), text);
}
