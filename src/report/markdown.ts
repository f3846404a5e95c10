// How is Markdown built so that nothing a person typed can act in it? (a tree, serialised; never glued strings)
import type { InlineCode, Link, PhrasingContent, RootContent, Strong, Table, Text } from "mdast";
import { gfmToMarkdown } from "mdast-util-gfm";
import { toMarkdown } from "mdast-util-to-markdown";
import { visible } from "./encode.ts";

/** GitHub refuses comments of more than 65,536 characters. */
const COMMENT_LIMIT = 60_000;
const SPAN_LIMIT = 1000;

/** Our own words. Anything that comes from a file, a forge or a target goes through `code`. */
export function words(text: string): Text {
  return { type: "text", value: text };
}

export function strong(text: string): Strong {
  return { type: "strong", children: [words(text)] };
}

/** Anybody's text, in a code span: no mention, reference, markup or marker in it can act. */
export function code(text: string): InlineCode {
  const shown = Array.from(visible(text).replaceAll("<!--", "<\\!--"));
  const cut = shown.slice(0, SPAN_LIMIT).join("") + (shown.length > SPAN_LIMIT ? "…" : "");
  return { type: "inlineCode", value: cut.trim() === "" ? "(empty)" : cut };
}

/** A link with our own label; without a web address it is only the label. */
export function link(label: string, url: string): Link | Text {
  return /^https?:\/\/[^\s<>]+$/u.test(url) ? { type: "link", url, children: [words(label)] } : words(label);
}

/** Calls somebody, on purpose: only a name that can be an account's does. */
export function mention(login: string): Text | InlineCode {
  return /^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/u.test(login) ? words(`@${login}`) : code(login);
}

export function paragraph(...children: readonly PhrasingContent[]): RootContent {
  return { type: "paragraph", children: [...children] };
}

export function heading(...children: readonly PhrasingContent[]): RootContent {
  return { type: "heading", depth: 3, children: [...children] };
}

export function list(items: readonly (readonly PhrasingContent[])[]): readonly RootContent[] {
  if (items.length === 0) return [];
  const children = items.map((item) => ({ type: "listItem" as const, children: [lineOf(item)] }));
  return [{ type: "list", ordered: false, spread: false, children }];
}

function lineOf(item: readonly PhrasingContent[]) {
  return { type: "paragraph" as const, children: [...item] };
}

export function table(
  head: readonly string[],
  rows: readonly (readonly (readonly PhrasingContent[])[])[],
): Table {
  const all = [head.map((title) => [words(title)]), ...rows];
  return {
    type: "table",
    children: all.map((row) => ({
      type: "tableRow",
      children: row.map((cell) => ({ type: "tableCell", children: [...cell] })),
    })),
  };
}

/** A folded part. The summary is our own words and numbers. */
export function folded(summary: string, inside: readonly RootContent[]): readonly RootContent[] {
  if (inside.length === 0) return [];
  return [
    { type: "html", value: `<details><summary>${summary.replace(/[&<>]/gu, "")}</summary>` },
    ...inside,
    { type: "html", value: "</details>" },
  ];
}

/** A page, or a comment where `first` is its marker. Too long a page is cut to `short` instead. */
export function render(
  content: readonly RootContent[],
  options: { readonly first?: string; readonly short?: readonly RootContent[] } = {},
): string {
  const text = serialised(content);
  const fits = options.short === undefined || text.length <= COMMENT_LIMIT;
  const body = fits ? text : serialised(options.short);
  return options.first === undefined ? body : `${options.first}\n${body}`;
}

function serialised(content: readonly RootContent[]): string {
  return toMarkdown({ type: "root", children: [...content] }, { extensions: [gfmToMarkdown()], bullet: "-" });
}
