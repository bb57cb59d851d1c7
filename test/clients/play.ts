// One library: its app signs a person in, reads userinfo, refreshes and signs out, in a real
// browser and through the real Worker.
import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { eq } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { createClient } from '../../src/clients/operations.ts'
import { grants } from '../../src/platform/db/schema.ts'
import type { Person } from '../../examples/demo/customer.ts'
import { comeIn } from '../e2e/cases/app-steps.ts'
import { findFreePort } from '../e2e/harness/ports.ts'
import { start, waitFor } from '../e2e/harness/processes.ts'
import type { Scene } from '../e2e/harness/scene.ts'
import type { World } from '../e2e/harness/world.ts'
import type { Library } from './libraries.ts'

const PATIENCE_MILLISECONDS = 20_000
const AT_ONCE = 6

type Claims = { sub?: string; email?: string }

/**
 * Throws at the first step that fails, with the end of the app's log. Returns what protected the
 * code, and how many token requests the refresh was.
 */
export async function play(
  world: World,
  scene: Scene,
  library: Library,
  { person, place }: { person: Person; place: string },
) {
  const expect = expecting(person)
  const { settings, origin } = await register(world, library)
  const folder = `${world.runFolder}/${randomUUID()}`
  mkdirSync(folder, { recursive: true })
  const [command, ...rest] = library.command(folder)
  const app = start({
    folder,
    cwd: place,
    command: command!,
    arguments: rest,
    environment: settings,
  })
  const context = await world.browser.newContext()
  context.setDefaultTimeout(PATIENCE_MILLISECONDS)
  try {
    await waitFor(`${origin}/ready`, app)
    const page = await context.newPage()
    await signIn(page, library, origin, person)
    const before = tokenRequests(world)
    await refresh(page, library, origin, expect)
    const refreshes = tokenRequests(world) - before
    if (library.refreshes !== 'none') assert(refreshes > 0, 'nothing was refreshed')
    await signOut(page, origin)
    const sessions = await world.database.findSessions(scene.connectionSid)
    assert(sessions.length > 0)
    for (const { endedBecause } of sessions) assert.equal(endedBecause, 'logout')
    return { protection: await protectionOf(world, settings.CLIENT_ID), refreshes }
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    throw new Error(`${words}\n${app.log().slice(-1500)}`)
  } finally {
    await context.close()
    await app.stop()
  }
}

async function register(world: World, { fields, callback }: Library) {
  const port = await findFreePort()
  const origin = `http://localhost:${port}`
  const made = await createClient(world.database.ask(), {
    name: `App ${port}`,
    redirectURIs: [`${origin}${callback}`],
    postLogoutRedirectURIs: [`${origin}/bye`],
    ...fields,
  })
  if (!made.ok) throw new Error(JSON.stringify(made.error))
  const { client, secret } = made.value
  const settings = {
    ISSUER: world.origin,
    CLIENT_ID: client.sid,
    CLIENT_SECRET: secret ?? '',
    SESSION_SECRET: randomBytes(32).toString('hex'),
    PORT: String(port),
    ORIGIN: origin,
  }
  return { settings, origin }
}

async function signIn(page: Page, { button }: Library, origin: string, person: Person) {
  await page.goto(`${origin}/login`)
  if (button) await page.getByRole('button', { name: button }).click()
  await comeIn(page, person)
  await page.waitForURL((url) => url.origin === origin && /^\/(?:me|login)?$/.test(url.pathname))
  await page.goto(`${origin}/me`)
  expecting(person)(await readPage(page))
}

async function refresh(page: Page, library: Library, origin: string, expect: Expect) {
  const { refreshes, wait = 0 } = library
  if (refreshes === 'none') return
  await page.waitForTimeout(wait * 1000)
  if (refreshes === 'one page') {
    await page.goto(`${origin}/refresh`)
    const all = (await readPage(page)) as Claims[]
    assert.equal(all.length, AT_ONCE)
    for (const one of all) expect(one)
  } else {
    const answers = await page.evaluate(async (count) => {
      const ask = async () => {
        const response = await fetch('/refresh')
        return { status: response.status, text: await response.text() }
      }
      return Promise.all(Array.from({ length: count }, ask))
    }, AT_ONCE)
    assert.equal(answers.length, AT_ONCE)
    for (const { status, text } of answers) {
      assert.equal(status, 200, text.slice(0, 300))
      expect(JSON.parse(text) as Claims)
    }
  }
  // Nobody is signed out by it.
  await page.goto(`${origin}/me`)
  expect(await readPage(page))
}

async function signOut(page: Page, origin: string) {
  await page.goto(`${origin}/logout`)
  const question = page.getByRole('button', { name: 'Sign out' })
  if (new URL(page.url()).origin !== origin && (await question.count())) await question.click()
  await page.waitForURL((url) => url.origin === origin && url.pathname === '/bye')
  assert.deepEqual(await readPage(page), { left: true })
}

async function readPage(page: Page): Promise<unknown> {
  // A page of the browser writes its text when it is done.
  await page.waitForFunction(() => document.body?.innerText.trim() !== '')
  const text = await page.locator('body').innerText()
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${page.url()} shows: ${text.slice(0, 500)}`)
  }
}

/** Throws unless a page shows the claims of the person. */
type Expect = (shown: unknown) => void

const expecting =
  ({ userSid, mail }: Person): Expect =>
  (shown) => {
    const { sub, email } = shown as Claims
    assert.deepEqual({ sub, email }, { sub: userSid, email: mail })
  }

/** By the Worker's own log. */
function tokenRequests({ workerLog }: World): number {
  return workerLog().split('POST /oauth2/token').length - 1
}

/** What tied the code to the browser that asked for it, beside `state`. */
async function protectionOf({ database }: World, clientSid: string): Promise<string> {
  const [grant] = await database.client.select().from(grants).where(eq(grants.clientSid, clientSid))
  assert(grant)
  const has = [grant.codeChallenge !== null && 'PKCE', grant.nonce !== null && 'nonce']
  return has.filter(Boolean).join(', ') || 'neither'
}
