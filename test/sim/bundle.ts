// How does the code under test get onto simulated ground? (one bundle in which node, git and the clock are replaced)
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { BUNDLE } from "../../.ci/build.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SOURCE = `${ROOT}src/`;
/** Pure reading, by who asks for it: worlds read the same files over and over. */
const READ_ONCE: Readonly<Record<string, string>> = {
  [`${SOURCE}catalog.ts ./core/catalog.ts`]: "catalog",
  [`${SOURCE}core/catalog-files.ts ./file.ts`]: "file",
};
const seam = (name: string): string => `${HERE}seams/${name}.ts`;

/** Files of Lapse whose place a simulated one takes: the two that start git, and the one that uses the network. */
const FILES: readonly (readonly [RegExp, string])[] = [
  [/[/\\]src[/\\]repo[/\\]process\.ts$/, "process"],
  [/[/\\]src[/\\]repo[/\\]batch\.ts$/, "batch"],
  [/[/\\]src[/\\]repo[/\\]network\.ts$/, "network"],
  [/[/\\]src[/\\]sandbox[/\\]github[/\\]git\.ts$/, "sandbox-git"],
];
/** Modules of node, for files of Lapse only. */
const MODULES: Readonly<Record<string, string>> = {
  "node:fs/promises": "fs",
  "node:crypto": "crypto",
  "node:timers/promises": "timers",
};

/** One text of the code under test that is replaced by another: a bug on purpose. */
export interface Plant {
  readonly file: string;
  /** Occurs once. */
  readonly find: string;
  readonly put: string;
}

function replaced(): Plugin {
  return {
    name: "simulated ground",
    setup(made) {
      made.onResolve({ filter: /^node:/ }, ({ path, importer }) => {
        const name = importer.startsWith(SOURCE) ? MODULES[path] : undefined;
        return name === undefined ? { path, external: true } : { path: seam(name) };
      });
      made.onResolve({ filter: /\/(catalog|file)\.ts$/ }, ({ path, importer }) => {
        const name = READ_ONCE[`${importer} ${path}`];
        return name === undefined ? undefined : { path: seam(name) };
      });
      made.onLoad({ filter: /[/\\]src[/\\](repo|sandbox)[/\\].*\.ts$/ }, ({ path }) => {
        const name = FILES.find(([file]) => file.test(path))?.[1];
        return name === undefined
          ? undefined
          : { contents: `export * from ${JSON.stringify(seam(name))};`, loader: "ts", resolveDir: HERE };
      });
    },
  };
}

/** Puts a bug into one file or more. A text that is not there, or there twice, is a mistake of the list of bugs. */
function planted(plants: readonly Plant[]): Plugin {
  return {
    name: "planted bug",
    setup(made) {
      made.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const mine = plants.filter(({ file }) => path === ROOT + file);
        if (mine.length === 0) return undefined;
        let contents = await readFile(path, "utf8");
        for (const { file, find, put } of mine) {
          const parts = contents.split(find);
          if (parts.length !== 2)
            throw new Error(`${file} has the text ${String(parts.length - 1)} times: ${find}`);
          contents = parts.join(put);
        }
        return { contents, loader: "ts" };
      });
    },
  };
}

/** Builds the worker of the simulation into a file. */
export async function bundleInto(outfile: string, plants: readonly Plant[] = []): Promise<void> {
  await build({
    ...BUNDLE,
    minifyWhitespace: false,
    minifySyntax: false,
    entryPoints: ["test/sim/worker.ts"],
    inject: [seam("globals")],
    outfile,
    sourcemap: "inline",
    sourcesContent: false,
    plugins: [planted(plants), replaced()],
  });
}
