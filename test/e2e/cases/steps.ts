// What people do in a case, and what they and the database must see afterwards.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { people, type Person } from '../../../examples/demo/customer.ts'
import type { Idp } from '../harness/idp.ts'
import type { Stage } from '../harness/runner.ts'
import type { Visit } from '../harness/visit.ts'

export const [alice, bob, carol] = people as readonly [Person, Person, Person]

/** Fills in the login form of either IdP. */
export async function logIn(page: Page, person: Person): Promise<void> {
  await page.locator('input[name=username]').fill(person.username)
  await page.locator('input[name=password]').fill(person.password)
  await page.locator('input[name=password]').press('Enter')
}

/**
 * The person is signed in, on a page that says so; one accepted attempt and one open session are
 * all there is.
 */
export async function expectSignedIn(
  stage: Stage,
  page: Page,
  person: Person,
  expected: { path?: string; idpInitiated?: boolean; logins?: number } = {},
): Promise<string> {
  await expectHeading(page, `Signed in as ${person.givenName} ${person.sn}`)
  const { path = '/', idpInitiated = false, logins = 1 } = expected
  assert.equal(page.url(), stage.origin + path)
  const shown = await readFacts(page)
  assert.equal(shown['First name'], person.givenName)
  assert.equal(shown['Last name'], person.sn)
  assert.equal(shown['E-mail'], person.mail)
  assert.equal(shown.Connection, `${stage.idp.name} ${stage.connectionSid}`)

  const attempts = await stage.database.findAttempts(stage.connectionSid)
  assert.equal(attempts.length, logins)
  for (const attempt of attempts) {
    assert.equal(attempt.code, null)
    assert.equal(attempt.userSid, person.userSid)
    assert.equal(attempt.idpInitiated, idpInitiated)
  }
  const sessions = await stage.database.findSessions(stage.connectionSid)
  assert.equal(sessions.length, logins)
  const session = sessions.find(({ sid }) => sid === shown.Session)
  assert(session, 'the session that is shown is not in the database')
  assert.equal(session.userSid, person.userSid)
  assert.equal(session.endedAt, null)
  assert.equal(session.principal.firstName, person.givenName)
  assert.equal(session.principal.lastName, person.sn)
  assert(attempts.some(({ sid }) => sid === session.attemptSid))
  return session.sid
}

/** The person is refused without a word of why; the attempt knows, and nobody has a session. */
export async function expectRefused(
  stage: Stage,
  visit: Visit,
  page: Page,
  expected: { code: string; title?: string; status?: number; idpInitiated?: boolean },
): Promise<void> {
  await expectHeading(page, expected.title ?? 'Your sign-in was not accepted')
  assert.equal(visit.statusOf(page), expected.status ?? 403)
  const shown = await readFacts(page)
  const [attempt, ...others] = await stage.database.findAttempts(stage.connectionSid)
  assert.deepEqual(others, [])
  assert.equal(attempt?.code, expected.code)
  assert.equal(shown.Reference, attempt.sid)
  assert.equal((await page.content()).includes(expected.code), false, 'the page names the check')
  assert.deepEqual(await stage.database.findSessions(stage.connectionSid), [])
}

export async function expectHeading(page: Page, text: string): Promise<void> {
  await page
    .getByRole('heading', { level: 1, name: text, exact: true })
    .waitFor()
    .catch(async () => {
      const shown = await page.locator('h1, title').allInnerTexts()
      assert.fail(`expected the page “${text}”, found “${shown.join(' · ')}” at ${page.url()}`)
    })
}

/** The terms and descriptions of a page. */
async function readFacts(page: Page): Promise<Record<string, string>> {
  const terms = await page.locator('dt').allInnerTexts()
  const descriptions = await page.locator('dd').allInnerTexts()
  assert.equal(terms.length, descriptions.length)
  return Object.fromEntries(terms.map((term, index) => [term, descriptions[index] ?? '']))
}

/** Where a tenant of that IdP wants its people to be after logout. */
export function signedOutURL(idp: Idp): string {
  return `${new URL(idp.ssoURL).origin}/signed-out`
}
