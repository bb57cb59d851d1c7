// IdP-initiated logins, for each of the three answers a connection can give.
import assert from 'node:assert/strict'
import { BOTH, type Case } from '../harness/runner.ts'
import { alice, expectRefused, expectSignedIn, logIn } from './steps.ts'

export const idpInitiated: Case[] = [
  {
    name: 'IdP-initiated, restart: ends in a login of our own',
    idps: BOTH,
    connection: { idpInitiated: 'restart' },
    async play(stage) {
      const visit = await stage.visit()
      const page = await visit.newPage()
      await page.goto(unsolicited(stage.idp.unsolicitedURL, '/?from=tile'))
      await logIn(page, alice)
      await expectSignedIn(stage, page, alice, { path: '/?from=tile' })
      // The one nobody had asked for, and the one that signs in.
      assert.equal(visit.requestsTo(`${stage.origin}/saml/`).length, 2)
    },
  },
  {
    name: 'IdP-initiated, accept: signs in at once, to where the tile leads',
    idps: BOTH,
    connection: { idpInitiated: 'accept' },
    async play(stage) {
      const visit = await stage.visit()
      const page = await visit.newPage()
      await page.goto(unsolicited(stage.idp.unsolicitedURL, '/?from=tile'))
      await logIn(page, alice)
      await expectSignedIn(stage, page, alice, { path: '/?from=tile', idpInitiated: true })
      assert.deepEqual(visit.requestsTo(stage.startURL), [])
    },
  },
  {
    name: 'IdP-initiated, refuse: nobody is signed in',
    idps: BOTH,
    connection: { idpInitiated: 'refuse' },
    async play(stage) {
      const visit = await stage.visit()
      const page = await visit.newPage()
      await page.goto(unsolicited(stage.idp.unsolicitedURL, '/'))
      await logIn(page, alice)
      await expectRefused(stage, visit, page, {
        code: 'idp_initiated_refused',
        title: 'Sign-in has to start in your app',
      })
    },
  },
]

function unsolicited(address: string, relayState: string): string {
  const url = new URL(address)
  url.searchParams.set('RelayState', relayState)
  return url.href
}
