// The rules of the house, kept by reading its files.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { getTableColumns, getTableName, is } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import * as historySchema from '../src/platform/db/history-schema.ts'
import * as schema from '../src/platform/db/schema.ts'
import { sqlTextsOf } from './support/sql-templates.ts'

const files = globSync('src/**/*.{ts,tsx}').map((path) => ({
  path,
  text: readFileSync(path, 'utf8'),
}))

type Import = {
  from: string
  specifier: string
  target: string
  /** True for `import type`: it is gone when the program runs. */
  isType: boolean
  /** True for `import()`: it is evaluated when it is asked for. */
  isLazy: boolean
}

function importsOf({ path, text }: (typeof files)[number]): Import[] {
  const statements = text.matchAll(
    /^(?:import|export)\b[^'";=]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
  )
  return [...statements].map(([statement, from, bare, lazy]) => {
    const specifier = (from ?? bare ?? lazy)!
    const isLocal = specifier.startsWith('.')
    const target = isLocal ? normalize(join(dirname(path), specifier)) : specifier
    const isType = /^(?:import|export) type\b/.test(statement)
    return { from: path, specifier, target, isType, isLazy: lazy !== undefined }
  })
}

/** Types alone are gone when the program runs. */
function valueImportsOf(path: string): Import[] {
  const file = files.find((one) => one.path === path)
  if (!file) return []
  const text = file.text.replace(/^import type [^;]*?['"][^'"]+['"]/gm, '')
  return importsOf({ path, text }).filter(({ isLazy }) => !isLazy)
}

const imports = files.flatMap(importsOf)
const folderOf = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1]

/** Of DB and of HISTORY. */
const SCHEMAS = new Set(['src/platform/db/schema.ts', 'src/platform/db/history-schema.ts'])
const isTables = (path: string) => path.endsWith('/tables.ts')
/** All SQL of a folder is in its store.ts, or in its folder store/. */
const isStore = (path: string) => /\/store(?:\.ts$|\/)/.test(path)

describe('src/saml', () => {
  const inSaml = imports.filter(({ from }) => folderOf(from) === 'saml')

  it('imports nothing of src but its own files and pure ones of the root', () => {
    const PURE = new Set([
      'src/base64.ts',
      'src/cut.ts',
      'src/visible.ts',
      'src/durations.ts',
      'src/encoding.ts',
      'src/endpoint.ts',
      'src/given-instead.ts',
      'src/der.ts',
      'src/result.ts',
    ])
    const foreign = inSaml.filter(
      ({ target }) => target.startsWith('src') && folderOf(target) !== 'saml' && !PURE.has(target),
    )
    expect(foreign).toEqual([])
    // Pure: they import nothing but each other.
    const impure = imports.filter(({ from, target }) => PURE.has(from) && !PURE.has(target))
    expect(impure).toEqual([])
  })

  it('imports only XML, X.509 and signature libraries', () => {
    const allowed = [
      '@peculiar/x509',
      '@xmldom/xmldom',
      'fast-xml-parser',
      'reflect-metadata',
      'xml-core',
      'xmldsigjs',
    ]
    const packages = inSaml.filter(({ target }) => !target.startsWith('src'))
    expect([...new Set(packages.map(({ target }) => target))].toSorted()).toEqual(allowed)
  })

  it('has no clock and does no input or output', () => {
    for (const { path, text } of files.filter((file) => folderOf(file.path) === 'saml'))
      expect(text, path).not.toMatch(/Date\.now|new Date\(\)|performance\.|fetch\(|console\./)
  })

  it('makes SignedOctets in one file', () => {
    const makers = files.filter(({ text }) => /new Octets\(/.test(text))
    expect(makers.map(({ path }) => path)).toEqual(['src/saml/signature/signature.ts'])
  })

  it('reads claims from SignedOctets alone', () => {
    const assertion = files.find(({ path }) => path === 'src/saml/response/assertion.ts')!
    expect(assertion.text).toMatch(/export function parseAssertion\(octets: SignedOctets\)/)
    expect(assertion.text).not.toMatch(/xmldom|strict-/)
  })
})

describe('imports', () => {
  // Each folder may import those of the lines before it, and none beside it.
  const ORDER = [
    ['errors'],
    ['languages'],
    ['saml', 'platform'],
    ['events'],
    ['keys', 'clients', 'sessions'],
    ['connections'],
    ['directory'],
    ['access', 'login', 'scim', 'revocation'],
    ['rollout', 'oidc', 'probe'],
    ['mail'],
    ['privacy'],
    ['health', 'search'],
    ['api'],
    ['cli', 'console'],
  ]
  const levelOf = (folder: string) => ORDER.findIndex((line) => line.includes(folder))

  // Rows refer to rows in either direction: a foreign key and a join need the other folder's table,
  // types need its rows.
  const mayReadTables = ({ from, target, isType }: Import) =>
    isTables(target) && (isTables(from) || isStore(from) || isType || SCHEMAS.has(from))

  it('point one way', () => {
    const wrong = imports.filter((candidate) => {
      const { from, target } = candidate
      const [source, destination] = [folderOf(from), folderOf(target)]
      return (
        source !== undefined &&
        destination !== undefined &&
        source !== destination &&
        levelOf(destination) >= levelOf(source) &&
        !mayReadTables(candidate)
      )
    })
    expect(wrong).toEqual([])
  })

  it('know every folder', () => {
    const folders = new Set(
      files.map(({ path }) => folderOf(path)).filter((name) => name !== undefined),
    )
    expect([...folders].toSorted()).toEqual(ORDER.flat().toSorted())
  })

  it('lead from the root alone to every folder', () => {
    // Above all folders; the other files of the root lie below all of them.
    const TOP = new Set([
      'src/sweeps.ts',
      'src/channels.ts',
      'src/deliver-events.ts',
      'src/jobs.ts',
      'src/app.ts',
      'src/worker.ts',
    ])
    const downward = imports.filter(({ from, target }) => TOP.has(target) && !TOP.has(from))
    expect(downward).toEqual([])
    const upward = imports.filter(
      ({ from, target, isType }) =>
        folderOf(from) === undefined &&
        !TOP.has(from) &&
        !isType &&
        !['errors', undefined].includes(folderOf(target)),
    )
    expect(upward).toEqual([])
  })

  it('make no circles', () => {
    const graph = new Map<string, string[]>()
    for (const { from, target } of imports) graph.set(from, [...(graph.get(from) ?? []), target])
    const done = new Set<string>()
    const visit = (path: string, trail: string[]): string[] | undefined => {
      if (trail.includes(path)) return [...trail, path]
      if (done.has(path)) return undefined
      for (const next of graph.get(path) ?? []) {
        const circle = visit(next, [...trail, path])
        if (circle) return circle
      }
      done.add(path)
      return undefined
    }
    // Types alone may point back.
    for (const { path } of files)
      graph.set(
        path,
        valueImportsOf(path).map(({ target }) => target),
      )
    for (const { path } of files) expect(visit(path, [])).toBeUndefined()
  })
})

describe('src/console', () => {
  const inConsole = imports.filter(({ from }) => folderOf(from) === 'console')
  const partOf = (path: string) => /^src\/console\/([^/]+)\//.exec(path)?.[1]
  const pagesOf = (path: string) => /^src\/console\/pages\/([^/]+)\//.exec(path)?.[1]

  it('lets operator and portal import pages, pages import the kit, and none the other way', () => {
    const ABOVE: Readonly<Record<string, readonly string[]>> = {
      kit: ['pages', 'operator', 'portal'],
      pages: ['operator', 'portal'],
      operator: ['portal'],
      portal: ['operator'],
    }
    const wrong = inConsole.filter(({ from, target }) =>
      ABOVE[partOf(from) ?? '']?.includes(partOf(target) ?? ''),
    )
    expect(wrong).toEqual([])
  })

  it('orders the folders of pages: what they share, then each step, then the connection', () => {
    const ORDER = ['shared', 'directory', 'webhooks', 'validation', 'rollout', 'connection']
    const folders = new Set(files.map(({ path }) => pagesOf(path)))
    folders.delete(undefined)
    expect([...folders].toSorted()).toEqual(ORDER.toSorted())
    const wrong = inConsole.filter(({ from, target }) => {
      const [source, destination] = [pagesOf(from), pagesOf(target)]
      return (
        source !== undefined &&
        destination !== undefined &&
        ORDER.indexOf(destination) > ORDER.indexOf(source)
      )
    })
    expect(wrong).toEqual([])
  })
})

describe('tables', () => {
  it('run nothing but drizzle and other tables', () => {
    const foreign = imports.filter(
      ({ from, target, isType }) =>
        isTables(from) &&
        !isType &&
        !isTables(target) &&
        // Two constants.
        target !== 'src/probe-sids.ts' &&
        !/^drizzle-orm(?:\/|$)/.test(target),
    )
    expect(foreign).toEqual([])
  })

  it('are used by stores alone', () => {
    const users = imports.filter(
      ({ from, target, isType }) =>
        isTables(target) && !isType && !isTables(from) && !isStore(from) && !SCHEMAS.has(from),
    )
    expect(users).toEqual([])
  })

  it('are all gathered in a file for each database that the product does not import', () => {
    const gathered = imports.filter(({ from }) => SCHEMAS.has(from)).map(({ target }) => target)
    expect(gathered.toSorted()).toEqual(
      files
        .map(({ path }) => path)
        .filter(isTables)
        .toSorted(),
    )
    expect(imports.filter(({ target }) => SCHEMAS.has(target))).toEqual([])
  })
})

describe('a cold start', () => {
  // What worker.ts imports statically is evaluated before the first login can be answered.
  const LAZY = [
    /^zod/,
    /^@peculiar\//,
    /^reflect-metadata$/,
    /^papaparse$/,
    // Of jose, the encoding of tokens alone.
    /^jose(?!\/base64url$)/,
    /^src\/connections\/status-words\.ts$/,
    /^src\/platform\/network\/fetch-public\.ts$/,
    /^src\/(?:oidc\/logout|rollout\/break-glass)\/(?:routes|pages|operations)\.tsx?$/,
    /^src\/(?:api|console|health|scim)\//,
    /^src\/jobs\.ts$/,
    /^src\/languages\/english\.ts$/,
    /^src\/saml\/signature\/x509\.ts$/,
  ]
  // Codes and words that the error handler of every route needs.
  const SHARED = new Set(['src/api/engine/problem.ts'])

  it('evaluates no part that only administrators, IdPs by SCIM or cron jobs need', () => {
    const cameFrom = new Map<string, string>()
    const waiting = ['src/worker.ts']
    for (const path of waiting)
      for (const { target } of valueImportsOf(path))
        if (!cameFrom.has(target)) {
          cameFrom.set(target, path)
          waiting.push(target)
        }
    expect([...cameFrom.keys()]).toContain('src/login/routes.tsx')
    const reached = waiting.filter(
      (path) => LAZY.some((pattern) => pattern.test(path)) && !SHARED.has(path),
    )
    const trail = (path: string): string[] =>
      path === 'src/worker.ts' ? [path] : [...trail(cameFrom.get(path)!), path]
    expect(reached.map(trail)).toEqual([])
  })
})

describe('lengths of time', () => {
  it('stand in one file, in milliseconds', () => {
    const OWN = /^\s*(?:export )?const (?:SECOND|MINUTE|HOUR|DAY|WEEK)\b/
    const SPELLED = /\b(?:3600 ?\* ?1000|3_?600_?000|3600_000|86_?400_?000|60_000\b|60 \* 1000)/
    // The second is text for browsers, and imports nothing.
    const APART = new Set(['src/durations.ts', 'src/console/kit/console-script.ts'])
    const found = files
      .filter(({ path }) => !APART.has(path))
      .flatMap(({ path, text }) =>
        text
          .split('\n')
          .filter((line) => OWN.test(line) || SPELLED.test(line))
          .map((line) => `${path}: ${line}`),
      )
    expect(found).toEqual([])
  })
})

describe('the databases', () => {
  it('are opened by one function each, so that the log names the right one', () => {
    const opening = files.flatMap(({ path, text }) =>
      text
        .split('\n')
        .filter((line) => /openDatabase\(.*HISTORY|store: 'HISTORY'/.test(line))
        .map(() => path),
    )
    expect(opening).toEqual(['src/platform/db/history.ts'])
  })
})

describe('stores', () => {
  const stores = files.filter(({ path }) => isStore(path))
  const tables = [...Object.values(schema), ...Object.values(historySchema)].filter((one) =>
    is(one, SQLiteTable),
  )
  const NAMES = new Set(
    tables.flatMap((table) => [
      getTableName(table),
      ...Object.values(getTableColumns(table)).map(({ name }) => name),
    ]),
  )

  /** Names of tables and columns in SQL, quoted strings and the names of derived columns aside. */
  const namesIn = (sql: string) =>
    [...sql.replace(/'[^']*'/g, ' ').matchAll(/(\bAS\s+)?\b([a-z_]\w*)\b/gi)]
      .filter(([, as, word]) => as === undefined && NAMES.has(word!))
      .map(([, , word]) => word)

  it('name tables and columns by the objects of the schema, never in SQL text', () => {
    expect(namesIn("SELECT c.state, 'state' AS state FROM connections AS c")).toEqual([
      'state',
      'connections',
    ])
    const raw = stores.flatMap(({ path, text }) =>
      sqlTextsOf(text).flatMap((sql) =>
        namesIn(sql.text).map((name) => `${path}:${sql.line} ${name}`),
      ),
    )
    expect(raw).toEqual([])
  })

  it('read the results of a batch by name, never by position', () => {
    // Without a name the results go unread: `await db.batch([…])` stands alone.
    const named = files.flatMap(({ path, text }) =>
      path === 'src/platform/db/batch.ts' || path === 'src/platform/db/d1-client.ts'
        ? []
        : text
            .split('\n')
            .filter((line) => /\.batch\(/.test(line))
            .filter((line) => !/^\s*(?:if \(\w+\) )?await (?:\w+\.)*db\.batch\(/.test(line))
            .map((line) => `${path}: ${line.trim()}`),
    )
    expect(named).toEqual([])
  })
})

describe('SQL and HTTP', () => {
  it('keep SQL in stores', () => {
    const users = imports.filter(
      ({ from, specifier }) =>
        specifier.startsWith('drizzle-orm') &&
        !from.startsWith('src/platform/db/') &&
        !isTables(from) &&
        !isStore(from),
    )
    expect(users).toEqual([])
  })

  it('call D1 and KV through their clients', () => {
    // A binding is handed to its client where it is taken from the environment, and nowhere else.
    const direct = files.flatMap(({ path, text }) =>
      [...text.matchAll(/(\w*)\(?\b(?:\w+\.)*env\.(?:DB|HISTORY|RELAY)\b/g)]
        .filter(
          ([, opener]) => !['openDatabase', 'openHistory', 'openKeyValueStore'].includes(opener!),
        )
        .map(([use]) => `${path}: ${use}`),
    )
    expect(direct).toEqual(['src/cli/in-process.ts: env.DB', 'src/cli/in-process.ts: env.HISTORY'])
    const named = files.filter(
      ({ path, text }) =>
        /\b(?:D1Database|KVNamespace)\b/.test(text) && !/^src\/platform\/(?:db|kv)\//.test(path),
    )
    // The environment declares them, and the API in a process of its own passes one on.
    expect(named.map(({ path }) => path).toSorted()).toEqual([
      'src/api/engine/in-process.ts',
      'src/env.ts',
    ])
    const calling = files.filter(({ text }) =>
      /\b(?:binding|DB|HISTORY|RELAY)\.(?:prepare|batch|get|put)\(/.test(text),
    )
    expect(calling.map(({ path }) => path).toSorted()).toEqual([
      'src/platform/db/d1-client.ts',
      'src/platform/kv/kv.ts',
    ])
  })

  it('keep Hono in routes, pages and what they share', () => {
    const users = imports.filter(
      ({ from, specifier }) =>
        specifier.startsWith('hono') &&
        // A mail is HTML too, and the command writes it without JSX.
        !/^src\/(?:app\.ts|mail\/layout\.ts|platform\/http\/|api\/|console\/)|\/(?:routes|pages)\.tsx?$/.test(
          from,
        ),
    )
    expect(users).toEqual([])
  })

  it('set and read cookies in one file, which knows the names and flags of an origin', () => {
    const ONE = 'src/platform/http/cookies.ts'
    const users = imports.filter(({ specifier }) => specifier === 'hono/cookie')
    expect(users.map(({ from }) => from)).toEqual([ONE])
    const byHand = files.filter(
      ({ path, text }) => path !== ONE && /['"](?:set-)?cookie['"]|__Host-|__Secure-/i.test(text),
    )
    expect(byHand.map(({ path }) => path)).toEqual([])
  })

  it('read the environment in env.ts', () => {
    const readers = files.filter(
      ({ path, text }) =>
        path !== 'src/env.ts' &&
        /SP_(?:[A-Z]+_)?(?:PRIVATE_KEY|CERTIFICATE)|KEY_ENCRYPTION_KEY|LOGIN_SECRET|RETURN_ORIGINS/.test(
          text,
        ),
    )
    // The catalogue names settings in its remedies.
    expect(readers.map(({ path }) => path).toSorted()).toEqual([
      'src/errors/administration.ts',
      'src/errors/requests.ts',
    ])
  })
})

describe('types', () => {
  it('have names that stand once', () => {
    const places = new Map<string, string[]>()
    for (const { path, text } of files)
      for (const [, name = ''] of text.matchAll(/^(?:export )?(?:type|interface|class) (\w+)/gm))
        places.set(name, [...(places.get(name) ?? []), path])
    expect([...places].filter(([, paths]) => paths.length > 1)).toEqual([])
  })
})

describe('files', () => {
  it('have names in kebab-case', () => {
    for (const { path } of files)
      expect(path).toMatch(/^src(?:\/[a-z0-9]+(?:-[a-z0-9]+)*)+(?:\.d)?\.tsx?$/)
  })

  it('begin with a line that says what they do', () => {
    for (const { path, text } of files) expect(text, path).toMatch(/^\/\/ \S/)
  })

  it('have at most 300 lines', () => {
    const long = files.filter(({ text }) => text.trimEnd().split('\n').length > 300)
    expect(long.map(({ path }) => path)).toEqual([])
  })

  it('have lines of at most 100 characters, URLs aside', () => {
    const wide = files.filter(({ text }) =>
      text.split('\n').some((line) => line.length > 100 && !/https?:\/\//.test(line)),
    )
    expect(wide.map(({ path }) => path)).toEqual([])
  })

  it('have functions of at most 80 lines, which oxlint counts', () => {
    type Rules = Record<string, unknown>
    const { rules, overrides } = JSON.parse(readFileSync('.oxlintrc.json', 'utf8')) as {
      rules: Rules
      overrides: { files: string[]; rules: Rules }[]
    }
    expect(rules['max-lines-per-function']).toEqual(['error', { max: 80 }])
    const excused = overrides.flatMap((one) => one.files).filter((path) => path.startsWith('src'))
    expect(excused).toEqual([])
    const inline = files.filter(({ text }) => /oxlint-disable.*max-lines/.test(text))
    expect(inline.map(({ path }) => path)).toEqual([])
  })
})

describe('the log', () => {
  it('is written in one place', () => {
    const writers = files.filter(
      ({ path, text }) =>
        folderOf(path) !== 'cli' && /\bconsole(?:\.(?:log|info|warn|error|debug)|\[)/.test(text),
    )
    expect(writers.map(({ path }) => path)).toEqual(['src/platform/log/write-line.ts'])
  })

  // By the platform's own defaults it has the URL of every request, with codes, ID tokens and the
  // secrets of setup links.
  it('gets no URL from the platform', () => {
    const settings = readFileSync('wrangler.toml', 'utf8')
    expect(settings).toMatch(/\[observability\]\nenabled = true\nredact_query_string = true\n/)
    expect(settings).toMatch(/\[observability\.logs\]\nenabled = true\ninvocation_logs = false\n/)
  })
})
