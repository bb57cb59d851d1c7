// Apps sign people in through Gatepost, and lose them when they should: both apps of examples/, in
// one browser.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { tenantSid } from '../../../examples/demo/customer.ts'
import type { App } from '../harness/apps.ts'
import type { Case, Stage } from '../harness/runner.ts'
import { comeIn, enterEmail, expectInApp, openUntil } from './app-steps.ts'
import { signInToConsole } from './console-steps.ts'
import { alice, bob, carol, expectHeading, logIn, signedOutURL } from './steps.ts'

const OUT = 'Nobody is signed in'
const DOOR = 'Sign in to Vendor Cloud'

/** Alice, in both of them. */
async function inBoth(stage: Stage) {
  const [node, edge] = await Promise.all([stage.openApp('node'), stage.openApp('edge')])
  const visit = await stage.visit()
  const page = await visit.newPage()
  await page.goto(node.origin)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await comeIn(page, alice)
  await expectInApp(page, node, alice)
  await page.goto(edge.loginURL)
  await expectAtEdge(page, edge)
  return { node, edge, visit, page }
}

async function expectAtEdge(page: Page, edge: App): Promise<void> {
  await expectHeading(page, 'Signed in')
  assert.equal(page.url(), edge.loginURL)
  await page.getByText(`(${alice.mail}, ${alice.userSid})`).waitFor()
}

/** Nobody is signed in anywhere: not in the apps, and not with us. */
async function expectOut(stage: Stage, page: Page, node: App, edge: App): Promise<void> {
  await openUntil(page, node.origin, OUT)
  await openUntil(page, edge.loginURL, DOOR)
  await page.goto(stage.origin)
  await expectHeading(page, 'You are not signed in')
  const sessions = await stage.database.findSessions(stage.connectionSid)
  assert(sessions.every(({ endedAt }) => endedAt !== null))
}

export const apps: Case[] = [
  {
    name: 'an app signs in through the front door and the IdP, and another without a question',
    idps: ['demo'],
    async play(stage) {
      const { node, edge, visit, page } = await inBoth(stage)
      assert.equal(visit.requestsTo(stage.idp.ssoURL).length, 1)
      assert.equal(visit.requestsTo(`${stage.origin}/login?`).length, 1)
      assert.equal((await stage.database.findSessions(stage.connectionSid)).length, 1)
      const cookies = await visit.context.cookies([node.origin, edge.origin])
      for (const name of ['app-session', 'edge-session']) {
        const cookie = cookies.find((one) => one.name === name)
        assert(cookie?.httpOnly && cookie.sameSite === 'Lax', name)
      }

      // What came back belongs to the browser that asked for it.
      const [callback] = visit.requestsTo(`${node.origin}/callback?`)
      assert(callback)
      const other = await stage.visit()
      const stranger = await other.newPage()
      await stranger.goto(callback.url())
      await expectHeading(stranger, 'That did not work')
      assert.equal(other.statusOf(stranger), 400)
      // A token that is too old is changed for another, and nobody notices.
      const before = visit.requestsTo(`${edge.origin}/signed-in`).length
      const deadline = Date.now() + 10_000
      while (visit.requestsTo(`${edge.origin}/signed-in`).length === before) {
        assert(Date.now() < deadline, 'the token at the edge does not age')
        await page.goto(edge.loginURL)
      }
      await expectAtEdge(page, edge)
    },
  },
  ...(['node', 'edge'] as const).map((kind): Case => ({
    name: `signing out of an app (${kind}) ends all of it, then posts to the tenant’s page`,
    idps: ['demo'],
    connection: (idp) => ({ logoutRedirectURL: signedOutURL(idp) }),
    async play(stage) {
      const { node, edge, visit, page } = await inBoth(stage)
      await page.goto({ node: node.origin, edge: edge.loginURL }[kind])
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.waitForURL(signedOutURL(stage.idp))
      await page.getByText('arrived here by POST').waitFor()
      assert.equal(visit.requestsTo(signedOutURL(stage.idp))[0]?.method(), 'POST')
      await expectOut(stage, page, node, edge)
    },
  })),
  {
    name: 'signing out of an app ends on the app’s page where the tenant has none',
    idps: ['demo'],
    async play(stage) {
      const app = await stage.openApp('node')
      const page = await (await stage.visit()).newPage()
      await page.goto(app.loginURL)
      await comeIn(page, bob)
      await expectInApp(page, app, bob)
      await page.getByRole('button', { name: 'Sign out' }).click()
      await expectHeading(page, OUT)
      assert.equal(page.url(), `${app.origin}/`)
    },
  },
  {
    name: 'an operator suspends somebody, who is out of the apps within seconds',
    idps: ['demo'],
    async play(stage) {
      const { node, edge, page } = await inBoth(stage)
      const operator = await (await stage.visit()).newPage()
      await signInToConsole(stage, operator)
      await operator.goto(`${stage.origin}/console/tenants/${tenantSid}/users/${alice.userSid}`)
      await operator.getByRole('button', { name: 'Suspend' }).click()
      await operator.getByText('User suspended').first().waitFor()
      await expectOut(stage, page, node, edge)
    },
  },
  ...(['restart', 'accept'] as const).map((idpInitiated): Case => ({
    name: `IdP-initiated, ${idpInitiated}: ends in the app that the tile names`,
    idps: ['demo'],
    connection: { idpInitiated },
    async play(stage) {
      const app = await stage.openApp('node')
      const page = await (await stage.visit()).newPage()
      const tile = new URL(stage.idp.unsolicitedURL)
      tile.searchParams.set('RelayState', `${app.origin}/`)
      await page.goto(tile.href)
      await logIn(page, bob)
      await expectInApp(page, app, bob)
    },
  })),
  ...[
    { who: 'a person with a password', email: carol.mail },
    { who: 'a stranger', email: 'nobody@elsewhere.example' },
  ].map(({ who, email }): Case => ({
    name: `${who} is passed on to the app’s password page, with the request as it was`,
    idps: ['demo'],
    async play(stage) {
      const app = await stage.openApp('node')
      const visit = await stage.visit()
      const page = await visit.newPage()
      await page.goto(app.loginURL)
      await enterEmail(page, email)
      await expectHeading(page, 'Your password, please')
      const [asked] = visit.requestsTo(`${stage.origin}/oauth2/authorize?`)
      assert(asked)
      const passed = new URL(page.url())
      assert.equal(passed.origin + passed.pathname, `${app.origin}/password`)
      assert.deepEqual(Object.fromEntries(passed.searchParams), {
        ...Object.fromEntries(new URL(asked.url()).searchParams),
        login_hint: email,
        iss: stage.origin,
      })
      await page.getByText(`${email} does not have single sign-on`).waitFor()
      // In another browser the request is unknown: a login begins anew there.
      const other = await (await stage.visit()).newPage()
      await other.goto(passed.href)
      await expectHeading(other, DOOR)
    },
  })),
]
