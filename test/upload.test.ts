// The upload: which parts of libraries are in it, that it runs, and which parts a login evaluates.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, createHistory, login, SETTINGS } from './support/workerd/first-login.ts'
import { startWorkerd, type RunningWorker } from './support/workerd/workerd.ts'

type Metafile = {
  inputs: Record<string, { imports: { path: string }[] }>
  outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>
}

const folder = mkdtempSync(join(tmpdir(), 'gatepost-upload-'))
let built: Metafile

beforeAll(() => {
  dryRun('minified', '--metafile', join(folder, 'meta.json'))
  built = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8')) as Metafile
  // A busy machine is no failure.
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true }))

function bytesOf(part: string): number {
  return Object.values(built.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([path]) => path.includes(`node_modules/${part}`))
    .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0)
}

function dryRun(name: string, ...options: string[]): string {
  execFileSync(
    'node_modules/.bin/wrangler',
    ['deploy', '--dry-run', '--outdir', join(folder, name), ...options],
    { env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' }, stdio: 'pipe' },
  )
  return join(folder, name, 'worker.js')
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
      expect(bytesOf('zod/v4/core/')).toBeGreaterThan(10_000)
      // A file of which nothing is used may leave the name of an empty function.
      expect(bytesOf(part)).toBeLessThan(100)
    },
  )

  it('runs: its pages answer, and a person logs in', async () => {
    copyFileSync(join(folder, 'minified/worker.js'), join(folder, 'minified.js'))
    await run('minified.js', async ({ origin }) => {
      expect((await fetch(`${origin}/health`)).status).toBe(200)
      const page = await fetch(`${origin}/login`)
      expect(page.status).toBe(200)
      expect(await page.text()).toContain('<form')
      await login(origin)
    })
  })
})

describe('what a cold isolate evaluates', () => {
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
    'src/scim/',
    'src/jobs.ts',
  ]

  it('is not the administration, after a login', async () => {
    const script = dryRun('named', '--minify', 'false')
    writeFileSync(join(folder, 'named.js'), recordEvaluation(readFileSync(script, 'utf8')))
    await run('named.js', async ({ origin }) => {
      const evaluated = async () => {
        const response = await fetch(`${origin}/evaluated`)
        return (await response.json()) as string[]
      }
      await login(origin)
      const byLogin = await evaluated()
      expect(byLogin).toContain('src/saml/response/verify-response.ts')
      expect(byLogin.filter((path) => LAZY.some((part) => path.includes(part)))).toEqual([])

      // The same record names each of them once it is asked for.
      for (const path of ['/api/v1/openapi.json', '/console', '/scim/v2/Users', '/setup'])
        await (await fetch(origin + path, { redirect: 'manual' })).arrayBuffer()
      const byAll = await evaluated()
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

/**
 * The bundler wraps each module that is evaluated late in a function with the module's path as its
 * name. The wrappers' common parts are made to note that path, and a route to tell what they noted.
 */
function recordEvaluation(bundle: string): string {
  let text = bundle
  for (const [call, name] of [
    ['(0, fn[__getOwnPropNames(fn)[0]])(fn = 0)', '__getOwnPropNames(fn)[0]'],
    ['(0, cb[__getOwnPropNames(cb)[0]])(', '__getOwnPropNames(cb)[0]'],
  ] as const) {
    expect(text.split(call)).toHaveLength(2)
    text = text.replace(call, `(globalThis.evaluated ??= []).push(${name}), ${call}`)
  }
  const exported = /export \{\s*(\w+) as default\s*\};/.exec(text)!
  return `${text.replace(exported[0], '')}
export default {
  fetch: (request, ...rest) =>
    new URL(request.url).pathname === '/evaluated'
      ? Response.json(globalThis.evaluated)
      : ${exported[1]}.fetch(request, ...rest),
};
`
}
