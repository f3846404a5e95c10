// What would a hostile person type into a reason, a name or a path?
import fc from "fast-check";

const NASTY: readonly string[] = [
  "::add-mask::a",
  "  ::stop-commands::x",
  "\n::error file=a::x",
  "\r::warning::x",
  "\u2028::notice::x",
  "\u00a0::notice::x",
  ":",
  "##[add-mask]x",
  "x ##[error]y",
  "###[x]",
  "%0A::error::x",
  "a,b=c::d",
  "\u001b[2J\u001b[31mred",
  "\u009b31m",
  "a\r\nb\tc\u0000",
  "\u202egnp.exe",
  "\u2066x\u2069",
  "\u200b\ufeff\u{e0041}",
  "\ud800",
  "@org/everyone",
  "Fixes #1, closes acme/access#2",
  "`code` ``more`` ```",
  "`",
  "\\`\\",
  " ` ",
  "|a|b|",
  "\\|",
  "a\\",
  "<!-- lapse:v1:check -->",
  "--> <!--",
  "</details><script>alert(1)</script>",
  "[x](javascript:alert(1)) ![y](http://evil.test/p.png)",
  "# heading",
  "---",
  "> [!CAUTION]",
  "https://evil.test",
  '=HYPERLINK("http://evil.test")',
  "",
  "   ",
  "x".repeat(2000),
];

/** Any text at all, with the worst ones often. */
export const nasty = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.tuple(fc.constantFrom(...NASTY), fc.constantFrom(...NASTY)).map((parts) => parts.join("")),
  fc.string({ unit: "binary" }),
  fc.string(),
);

/** What the runner would take for a command: after white space at the start of a line, or the old form anywhere. */
export const isCommand = (line: string) => /^\s*::/u.test(line) || line.includes("##[");

/** Everything outside of code spans, as CommonMark finds them, with widths evened out. */
export function skeleton(markdown: string): string {
  const rest = markdown.replace(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/gu, "CODE");
  return rest.replace(/[ -]+/gu, " ");
}
