// May this path be a request's, and is this tree entry one to read?
import { error } from "./finding.ts";
import type { Finding } from "./model.ts";
import { quoted, visible } from "./text.ts";

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Device names on Windows, with any extension: a checkout there would open the device. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/;
const REQUEST = /^requests\/([^/]*)\/([^/]*)\.yaml$/;
/** The one other file that `requests/` may hold. */
const README = "requests/README.md";

/** Names of everything: lower-case ASCII letters, digits and inner hyphens, at most 63, no device of Windows. */
export function isName(text: string): boolean {
  return NAME.test(text) && !RESERVED.test(text);
}

/** The two names in `requests/<entitlement>/<id>.yaml`, or why this is no such path. */
export function requestPath(path: string): { readonly entitlement: string; readonly id: string } | Finding {
  const [, entitlement, id] = REQUEST.exec(path) ?? [];
  if (entitlement !== undefined && id !== undefined && isName(entitlement) && isName(id)) {
    return { entitlement, id };
  }
  const fix = "name it requests/<entitlement>/<id>.yaml in lower-case letters, digits and inner hyphens";
  return error("LPS120", `${quoted(path)} is not a place for a request`, fix, fileOf(path));
}

/** Whatever is neither a request nor the README: look-alike names, other endings, symbolic links, submodules. */
export function badTreeEntries(
  entries: readonly { readonly mode: string; readonly path: string }[],
): readonly Finding[] {
  return entries.flatMap(({ mode, path }) => {
    const place = path === README ? undefined : requestPath(path);
    if (place !== undefined && "code" in place) return [place];
    return mode === "100644" ? [] : [badMode(mode, path)];
  });
}

const MODES: Readonly<Partial<Record<string, string>>> = {
  "100755": "an executable file",
  "120000": "a symbolic link",
  "160000": "a submodule",
  "040000": "a folder",
};

/** A tree entry that is there but is not a regular file. */
export function badMode(mode: string, path: string): Finding {
  const message = `${quoted(path)} is ${MODES[mode] ?? `of mode ${visible(mode)}`}`;
  return error("LPS121", message, "commit it as a regular file (mode 100644)", fileOf(path));
}

/** The whole file, when there is no better place; fit to print even for a hostile name. */
export function fileOf(path: string) {
  return { file: visible(path), line: 1, column: 1 };
}
