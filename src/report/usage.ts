// What is said when a command is called in a way that makes no sense? (in the voice of all errors: what, then the fix)
export function usageText(what: string, fix: string): string {
  return `error: ${what}\n  fix: ${fix}`;
}
