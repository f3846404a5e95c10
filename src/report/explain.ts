// What does a finding code mean?
import { CODES, type Code } from "../core/finding.ts";
import { page } from "./encode.ts";
import { columns } from "./table.ts";

export function isCode(text: string): text is Code {
  return Object.hasOwn(CODES, text);
}

export function explainText(code: Code): string {
  const { title, explain } = CODES[code];
  return page([`${code}  ${title}`, "", ...wrapped(explain, 100).map((line) => `  ${line}`)]);
}

/** Every code with its title, in order. */
export function codesText(codes: readonly Code[]): string {
  return page(columns(codes.map((code) => [code, CODES[code].title])));
}

export function codesJson(codes: readonly Code[]): object {
  return { codes: codes.map((code) => ({ code, ...CODES[code] })) };
}

/** All codes, or those that could have been meant: near in number. */
export function codesNear(text: string): readonly Code[] {
  const number = Number(/\d+/u.exec(text)?.[0] ?? Number.NaN);
  const near = (code: Code) => Math.abs(Number(code.slice(3)) - number);
  return allCodes()
    .filter((code) => near(code) < 100)
    .sort((a, b) => near(a) - near(b))
    .slice(0, 5);
}

export function allCodes(): readonly Code[] {
  return Object.keys(CODES).filter(isCode).sort();
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
