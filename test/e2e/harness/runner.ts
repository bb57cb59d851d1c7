// Runs cases one after the other: a line each, with why it failed and what the Worker logged
// meanwhile.
import { sql } from 'drizzle-orm'
import type { BrowserContextOptions } from 'playwright-core'
import { PERSONAL_VALUES, personalOf } from '../../support/personal-values.ts'
import { faultsOfWorker } from '../../support/worker-log.ts'
import { startApp, type App, type AppKind } from './apps.ts'
import type { Database } from './database.ts'
import type { Idp, IdpKind } from './idp.ts'
import { openIdp, setScene, type Scene, type Setting } from './scene.ts'
import { openVisit, type Visit } from './visit.ts'
import type { World } from './world.ts'

/** What a case is given. */
export type Stage = Scene & {
  database: Database
  /** Starts an app that is a client of this deployment. */
  openApp(kind: AppKind): Promise<App>
  /** Starts an IdP of another connection. */
  openIdp(connectionSid: string): Promise<Idp>
  /** Another browser. */
  visit(options?: BrowserContextOptions): Promise<Visit>
}

export type Case = Setting & {
  name: string
  /** The IdPs it is run with, each in turn. */
  idps: readonly IdpKind[]
  play(stage: Stage): Promise<void>
}

export const BOTH = ['demo', 'simplesamlphp'] as const

const CASE_MILLISECONDS = 90_000

export async function runCases(world: World, cases: readonly Case[], filter: RegExp) {
  let passed = 0
  let failed = 0
  for (const kind of BOTH) {
    for (const one of cases.filter(({ idps }) => idps.includes(kind))) {
      const name = `${kind === 'demo' ? 'demo IdP' : 'SimpleSAMLphp'}: ${one.name}`
      if (!filter.test(name)) continue
      const logged = world.workerLog().length
      const start = performance.now()
      const problem =
        (await runCase(world, kind, one)) ??
        (await problemOfLog(world, world.workerLog().slice(logged)))
      const took = `${Math.round(performance.now() - start)} ms`
      console.log(`${problem === undefined ? 'ok  ' : 'FAIL'} ${name} (${took})`)
      if (problem === undefined) passed += 1
      else {
        failed += 1
        console.log(indent(`${problem}\n${world.workerLog().slice(logged)}`))
      }
    }
  }
  return { passed, failed }
}

/** What the Worker logged during a case has no personal data and no secret. */
async function problemOfLog({ database }: World, log: string): Promise<string | undefined> {
  const rows = await database.client.all<{ text: string | null }>(sql.raw(PERSONAL_VALUES))
  const faults = faultsOfWorker(log, personalOf(rows))
  return faults.length > 0 ? `The log holds\n${faults.join('\n')}` : undefined
}

/** Undefined where it passed, else why not. */
async function runCase(world: World, kind: IdpKind, one: Case): Promise<string | undefined> {
  const visits: Visit[] = []
  const apps: App[] = []
  const idps: Idp[] = []
  let scene: Scene | undefined
  try {
    scene = await setScene(world, kind, one)
    const stage: Stage = {
      ...scene,
      database: world.database,
      async openApp(kind) {
        const app = await startApp(world, kind)
        world.closers.add(app.stop)
        apps.push(app)
        return app
      },
      async openIdp(connectionSid) {
        const idp = await openIdp(world, kind, connectionSid)
        idps.push(idp)
        return idp
      },
      async visit(contextOptions) {
        const visit = await openVisit(world.browser, contextOptions)
        visits.push(visit)
        return visit
      },
    }
    await withinTime(one.play(stage))
    const complaints = visits.flatMap((visit) => visit.complaints())
    return complaints.length > 0 ? `The browser complains:\n${complaints.join('\n')}` : undefined
  } catch (error) {
    const pages = visits.flatMap(({ context }) =>
      context.pages().map((page) => page.url().split('?')[0]),
    )
    return `${error instanceof Error ? error.stack : String(error)}\nPages: ${pages.join(' ')}`
  } finally {
    await Promise.all(visits.map(({ context }) => context.close()))
    for (const { stop } of apps) world.closers.delete(stop)
    for (const { stop } of idps) world.closers.delete(stop)
    await Promise.all([...apps, ...idps].map(({ stop }) => stop()))
    await scene?.end()
  }
}

async function withinTime(play: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The case takes too long')), CASE_MILLISECONDS)
  })
  try {
    await Promise.race([play, timeout])
  } finally {
    clearTimeout(timer)
  }
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '       ')
}
