// Which files lie under policies/, of which kind is each, and which of them can be read?
import { misnamed, readFile, type ReadFile } from "./file.ts";
import { error } from "./finding.ts";
import type { Finding } from "./model.ts";
import { badMode, fileOf, isName } from "./path.ts";
import type { Kind } from "./schemas.ts";
import { quoted } from "./text.ts";

export interface PolicyFile {
  readonly path: string;
  readonly mode: string;
  readonly bytes: Uint8Array;
}

/** Each file that was read, and each name whose file was not, by folder. */
export interface Shelves {
  readonly read: readonly ReadFile[];
  /** Names that a broken file keeps: whoever looks them up gets `unreadable`. */
  readonly unreadable: ReadonlyMap<Folder, ReadonlySet<string>>;
  readonly broken: readonly string[];
  readonly findings: readonly Finding[];
}

export type Folder = keyof typeof FOLDERS;

/** Kinds by folder. Tests are read by the policy tests, not by the catalog. */
const FOLDERS = {
  "": ["Settings"],
  people: ["Person", "Group"],
  targets: ["Target"],
  entitlements: ["Entitlement"],
  rules: ["Policy"],
  tests: [],
} as const satisfies Record<string, readonly Kind[]>;

const SETTINGS = "policies/lapse.yaml";
const FILE = /^policies\/([a-z]+)\/([^/]*)$/;
const README = /^policies\/(?:[a-z]+\/)?README\.md$/;

/** Reads every file of `policies/`. One broken file breaks nothing but itself. */
export function readShelves(files: readonly PolicyFile[]): Shelves {
  const read: ReadFile[] = [];
  const unreadable = new Map<Folder, Set<string>>();
  const broken: string[] = [];
  const findings: Finding[] = [];
  for (const file of files.filter(({ path }) => !README.test(path))) {
    const where = locate(file.path);
    const result = where.isExpected ? readOne(file, where) : [unexpected(file.path)];
    if (result === undefined) continue;
    if (!Array.isArray(result)) {
      read.push(result as ReadFile);
      continue;
    }
    findings.push(...(result as readonly Finding[]));
    broken.push(file.path);
    if (where.folder !== undefined) {
      unreadable.set(where.folder, (unreadable.get(where.folder) ?? new Set()).add(where.name));
    }
  }
  return { read, unreadable, broken, findings };
}

interface Where {
  readonly folder?: Folder;
  readonly name: string;
  readonly isExpected: boolean;
}

function locate(path: string): Where {
  if (path === SETTINGS) return { folder: "", name: "lapse", isExpected: true };
  const [, folder = "", base = ""] = FILE.exec(path) ?? [];
  // Whoever writes ann.yml meant ann: the name is taken, not absent.
  const name = base.slice(0, `${base}.`.indexOf("."));
  return isFolder(folder)
    ? { folder, name, isExpected: base === `${name}.yaml` && isName(name) }
    : { name, isExpected: false };
}

function isFolder(text: string): text is Folder {
  return text !== "" && Object.hasOwn(FOLDERS, text);
}

/** Undefined for a file that somebody else reads. */
function readOne(file: PolicyFile, { folder, name }: Where): ReadFile | readonly Finding[] | undefined {
  if (file.mode !== "100644") return [badMode(file.mode, file.path)];
  const [first, ...others]: readonly Kind[] = FOLDERS[folder ?? "tests"];
  if (first === undefined) return undefined;
  const isNamed = folder !== "";
  const read = readFile([first, ...others], file.path, file.bytes, (d) => (isNamed ? misnamed(d, name) : []));
  return "findings" in read ? read.findings : read;
}

function unexpected(path: string): Finding {
  const folders = Object.keys(FOLDERS).filter(Boolean).join(", ");
  const fix = `name it ${SETTINGS}, or policies/<folder>/<name>.yaml with a folder of ${folders}`;
  return error("LPS125", `${quoted(path)} is not a place for a policy file`, fix, fileOf(path));
}
