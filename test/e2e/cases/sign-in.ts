// Logins that begin at Gatepost: the request by either binding, signed, and checked by the IdP.
import assert from 'node:assert/strict'
import { BOTH, type Case } from '../harness/runner.ts'
import { alice, bob, expectSignedIn, logIn } from './steps.ts'

export const signIn: Case[] = [
  {
    name: 'a login by HTTP-Redirect signs in',
    idps: BOTH,
    async play(stage) {
      const visit = await stage.visit()
      const page = await visit.newPage()
      await page.goto(stage.startURL)
      await logIn(page, alice)
      await expectSignedIn(stage, page, alice)
      const [request] = visit.requestsTo(stage.idp.ssoURL)
      assert.equal(request?.method(), 'GET')
      assert(new URL(request.url()).searchParams.has('Signature'), 'the request is not signed')
    },
  },
  {
    name: 'a login by HTTP-POST signs in, its form posts itself',
    idps: BOTH,
    connection: { requestBinding: 'HTTP-POST' },
    async play(stage) {
      const visit = await stage.visit()
      const page = await visit.newPage()
      await page.goto(`${stage.startURL}?return_to=${encodeURIComponent('/?tab=2')}`)
      await logIn(page, bob)
      await expectSignedIn(stage, page, bob, { path: '/?tab=2' })
      const [request] = visit.requestsTo(stage.idp.ssoURL)
      assert.equal(request?.method(), 'POST')
      const message = new URLSearchParams(request.postData() ?? '').get('SAMLRequest') ?? ''
      assert.match(Buffer.from(message, 'base64').toString(), /SignatureValue/)
    },
  },
  ...(['HTTP-Redirect', 'HTTP-POST'] as const).map((requestBinding): Case => ({
    name: `a request by ${requestBinding} without a signature gets nowhere: this IdP does check them`,
    idps: BOTH,
    connection: { requestBinding, signRequests: false },
    async play(stage) {
      const page = await (await stage.visit()).newPage()
      await page.goto(stage.startURL)
      await page.waitForURL(`${new URL(stage.idp.ssoURL).origin}/**`)
      await page.getByRole('heading').first().waitFor()
      assert.match(await page.locator('body').innerText(), /signed|signature/)
      assert.equal(await page.locator('input[name=password]').count(), 0)
    },
  })),
]
