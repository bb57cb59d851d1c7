// Builds the Worker: its entry, and a module for each part that `await import()` loads late.
//
// wrangler's own bundler makes one file. It wraps each part in an arrow function, which V8 parses
// in full at each cold start, and it cannot drop what no part uses of a library.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'
import { buildStatements } from './build-statements.ts'

const ENTRY = 'src/worker.ts'

/** The file's place is taken by the text of the compiled statements: a cold login builds none. */
const BUILT_STATEMENTS: Plugin = {
  name: 'built-statements',
  setup({ onLoad }) {
    onLoad({ filter: /\bsrc[\\/]platform[\\/]db[\\/]built\.ts$/ }, async () => {
      const statements = await buildStatements()
      return { contents: `export const BUILT = ${JSON.stringify(statements)}` }
    })
  },
}

/** Makes `folder` hold the modules of the Worker and no others. The entry is worker.mjs. */
export async function buildWorker(folder: string): Promise<Metafile> {
  const { outputFiles, metafile } = await build({
    entryPoints: [ENTRY],
    outdir: folder,
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: 'esm',
    // A rule of wrangler.toml for .js would count for packages in tests too.
    outExtension: { '.js': '.mjs' },
    // As wrangler bundles for workerd.
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    define: { 'process.env.NODE_ENV': '"production"' },
    minify: true,
    sourcemap: 'linked',
    // xmldsigjs imports pkijs to read certificates out of KeyInfo, which we never decode.
    alias: { pkijs: './src/saml/signature/pkijs-stub.ts' },
    plugins: [BUILT_STATEMENTS],
    logLevel: 'warning',
  })
  mkdirSync(folder, { recursive: true })
  // A Worker that runs from this folder meets no half-written file if nothing has changed.
  for (const { path, contents } of outputFiles)
    if (!existsSync(path) || !readFileSync(path).equals(contents)) writeFileSync(path, contents)
  const names = new Set(outputFiles.map(({ path }) => basename(path)))
  for (const name of readdirSync(folder)) if (!names.has(name)) rmSync(join(folder, name))
  return metafile
}
