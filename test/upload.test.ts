// The upload: which parts of libraries are in it, that it runs, and which parts a login evaluates.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildStatements } from '../tools/build-statements.ts'
import { buildWorker } from '../tools/build-worker.ts'
import { createDatabase, createHistory, login, SETTINGS } from './support/workerd/first-login.ts'
import { startWorkerd, type RunningWorker } from './support/workerd/workerd.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatepost-upload-'))
let built: Awaited<ReturnType<typeof buildWorker>>

beforeAll(async () => {
  built = await buildWorker(join(folder, 'built'))
  // A busy machine is no failure.
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true }))

/** By the paths of the sources, from the package on: packages may be anywhere. */
function inputsOf(script: string): string[] {
  const output = Object.entries(built.outputs).find(([path]) => path.endsWith(`/${script}`))!
  return Object.keys(output[1].inputs)
}

/** `part`: a piece of a path. */
function bytesOf(part: string): number {
  return Object.values(built.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([path]) => path.includes(part))
    .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0)
}

async function run(script: string, use: (worker: RunningWorker) => Promise<void>): Promise<void> {
  const [database, history] = [createDatabase('migrations'), createHistory()]
  const worker = await startWorkerd({ folder, script, database, history, settings: SETTINGS })
  try {
    await use(worker)
  } finally {
    await worker.stop()
    database.close()
    history.close()
  }
}

describe('the upload', () => {
  it('has a stub of pkijs for xmldsigjs alone', () => {
    expect(
      Object.entries(built.inputs)
        .filter(([, { imports }]) =>
          imports.some(({ path }) => path === 'src/saml/signature/pkijs-stub.ts'),
        )
        // From the package on, wherever packages are.
        .map(([path]) => path.replace(/^.*node_modules\//, ''))
        .toSorted(),
    ).toEqual(['xmldsigjs/build/esm/application.js', 'xmldsigjs/build/esm/pki/x509.js'])
  })

  it.each(['pkijs/', 'xpath/', 'zod/v4/classic/', 'zod/v4/locales/'])(
    'has nothing of %s',
    (part) => {
      expect(bytesOf('node_modules/zod/v4/core/')).toBeGreaterThan(10_000)
      // A file of which nothing is used may leave the name of an empty function.
      expect(bytesOf(`node_modules/${part}`)).toBeLessThan(100)
    },
  )

  it('has the text of every compiled statement', async () => {
    const texts = Object.values(await buildStatements())
    const bytes = texts.reduce((sum, { length }) => sum + length, 0)
    expect(bytes).toBeGreaterThan(10_000)
    expect(bytesOf('src/platform/db/built.ts')).toBeGreaterThan(bytes)
  })

  it('runs as wrangler uploads it: its pages answer, and a person logs in', async () => {
    execFileSync(
      'node_modules/.bin/wrangler',
      ['deploy', '--dry-run', '--outdir', join(folder, 'uploaded')],
      { env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' }, stdio: 'pipe' },
    )
    expect(scriptsIn('uploaded')).toHaveLength(scriptsIn('built').length)
    await run('uploaded/worker.mjs', async ({ origin }) => {
      expect((await fetch(`${origin}/health`)).status).toBe(200)
      const page = await fetch(`${origin}/login`)
      expect(page.status).toBe(200)
      expect(await page.text()).toContain('<form')
      await login(origin)
    })
  })
})

describe('what a cold isolate does', () => {
  // Parts that no login needs, by a piece of a path.
  const LAZY = [
    'node_modules/zod/',
    'node_modules/@peculiar/x509/',
    'node_modules/@peculiar/asn1-',
    'node_modules/reflect-metadata/',
    'node_modules/@xmldom/',
    'node_modules/tsyringe/',
    'node_modules/papaparse/',
    'src/api/routes.ts',
    'src/api/engine/api.ts',
    'src/console/',
    'src/health/',
    'src/oidc/logout/',
    'src/rollout/operations.ts',
    'src/scim/',
    'src/jobs.ts',
  ]

  it('for a login: it evaluates no administration, and builds no SQL text', async () => {
    recordWork()
    await run('built/worker.mjs', async ({ origin }) => {
      const recorded = async () => {
        const response = await fetch(`${origin}/recorded`)
        const { evaluated, textsBuilt } = (await response.json()) as Recorded
        return { evaluated: evaluated.flatMap(inputsOf), textsBuilt }
      }
      await login(origin)
      const { evaluated: byLogin, textsBuilt } = await recorded()
      expect(textsBuilt).toBe(0)
      expect(byLogin).toContain('src/saml/response/verify-response.ts')
      expect(byLogin.filter((path) => LAZY.some((part) => path.includes(part)))).toEqual([])

      // The same record names each of them once it is asked for.
      const paths = ['/api/v1/openapi.json', '/console', '/scim/v2/Users', '/setup', '/ready']
      for (const path of [...paths, '/oauth2/logout'])
        await (await fetch(origin + path, { redirect: 'manual' })).arrayBuffer()
      const { evaluated: byAll, textsBuilt: textsOfAll } = await recorded()
      expect(textsOfAll).toBeGreaterThan(0)
      const silent = LAZY.filter((part) => !byAll.some((path) => path.includes(part)))
      expect(silent).toEqual([
        // Only what makes or parses certificates, or signs a request to post, loads these.
        'node_modules/@peculiar/x509/',
        'node_modules/@peculiar/asn1-',
        'node_modules/reflect-metadata/',
        'node_modules/@xmldom/',
        'node_modules/tsyringe/',
        'src/jobs.ts',
      ])
    })
  })
})

type Recorded = { evaluated: string[]; textsBuilt: number }

/** The start of drizzle's method: the minifier keeps the names of methods. */
const BUILDS_TEXT = /\bsqlToQuery\([\w$]+,[\w$]+\)\{/g

/**
 * Each script is made to note its name once it is evaluated, and drizzle each text that it builds.
 * A route tells both.
 */
function recordWork(): void {
  let patched = 0
  for (const name of scriptsIn('built')) {
    const note = `(globalThis.evaluated ??= []).push(${JSON.stringify(name)});\n`
    const text = read(`built/${name}`).replace(BUILDS_TEXT, (method) => {
      patched++
      return `${method}globalThis.textsBuilt=1+(globalThis.textsBuilt??0);`
    })
    writeFileSync(join(folder, 'built', name), note + text)
  }
  expect(patched).toBe(1)
  const main = read('built/worker.mjs')
  const exported = /export\s*\{\s*([\w$]+) as default\s*\};/.exec(main)!
  writeFileSync(
    join(folder, 'built/worker.mjs'),
    `${main.replace(exported[0], '')}
export default {
  fetch: (request, ...rest) =>
    new URL(request.url).pathname === '/recorded'
      ? Response.json({ evaluated, textsBuilt: globalThis.textsBuilt ?? 0 })
      : ${exported[1]}.fetch(request, ...rest),
};
`,
  )
}

function scriptsIn(name: string): string[] {
  return readdirSync(join(folder, name)).filter((file) => file.endsWith('.mjs'))
}

function read(path: string): string {
  return readFileSync(join(folder, path), 'utf8')
}
