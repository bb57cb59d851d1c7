// A copy of what describes the schema, in a folder of its own, with a local D1 that wrangler
// migrates.
import { execFile } from 'node:child_process'
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { getPlatformProxy } from 'wrangler'

const REPOSITORY = resolve('.')
const NODE = join(REPOSITORY, 'node_modules/.bin/node')

export type Run = { status: number; output: string }

export type Project = ReturnType<typeof copyProject>

export function copyProject() {
  const root = mkdtempSync(join(tmpdir(), 'gatepost-schema-'))
  const schemas = 'src/platform/db/{schema,history-schema}.{ts,sql}'
  const copied = globSync([
    'src/**/tables.ts',
    'src/probe-sids.ts',
    schemas,
    'migrations/**',
    'drizzle*.config.ts',
  ])
  for (const path of ['package.json', ...copied])
    cpSync(join(REPOSITORY, path), join(root, path), { recursive: true })
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'))
  mkdirSync(join(root, 'applied'))
  writeFileSync(
    join(root, 'wrangler.toml'),
    `name = "schema"
compatibility_date = "2026-10-20"
[[d1_databases]]
binding = "DB"
database_name = "schema"
migrations_dir = "applied"
`,
  )
  const run = (script: string, args: string[]) =>
    new Promise<Run>((settle) => {
      const environment = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' }
      execFile(
        NODE,
        [script, ...args],
        { cwd: root, env: environment },
        (error, stdout, stderr) => {
          settle({ status: error ? Number(error.code ?? 1) : 0, output: stdout + stderr })
        },
      )
    })
  return {
    root,
    /** Replaces text in a file; the text must be there. */
    edit(path: string, before: string, after: string): void {
      const text = readFileSync(join(root, path), 'utf8')
      if (!text.includes(before)) throw new Error(`${path} does not contain ${before}`)
      writeFileSync(
        join(root, path),
        text.replace(before, () => after),
      )
    },
    read: (path: string) => readFileSync(join(root, path), 'utf8'),
    write(path: string, text: string): void {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    },
    /** Takes back a migration that was written by hand. */
    discard(migration: string): void {
      rmSync(join(root, 'migrations', migration))
      rmSync(join(root, 'applied', migration), { force: true })
    },
    migrations: () => globSync('*.sql', { cwd: join(root, 'migrations') }).toSorted(),
    generate: (name: string) => run(join(REPOSITORY, 'tools/db/generate.ts'), ['--name', name]),
    check: () => run(join(REPOSITORY, 'tools/db/check.ts'), []),
    drizzleKit: (...args: string[]) => run('node_modules/drizzle-kit/bin.cjs', args),
    /** Has wrangler apply one more migration to the local D1. */
    apply(migration: string): Promise<Run> {
      cpSync(join(root, 'migrations', migration), join(root, 'applied', migration))
      const command = ['d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', 'state']
      return run('node_modules/wrangler/bin/wrangler.js', command)
    },
    /** The same D1, as a Worker sees it. One at a time with `apply`: close it first. */
    async open(): Promise<{ DB: D1Database; close(): Promise<void> }> {
      process.env.WRANGLER_LOG = 'error'
      const proxy = await getPlatformProxy<{ DB: D1Database }>({
        configPath: join(root, 'wrangler.toml'),
        persist: { path: join(root, 'state/v3') },
        remoteBindings: false,
      })
      return { DB: proxy.env.DB, close: () => proxy.dispose() }
    },
    remove: () => rmSync(root, { recursive: true }),
  }
}
