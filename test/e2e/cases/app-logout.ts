// Logout that an app asks for: across sites, by POST, and back again; and the app hears of it by
// the back channel.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createClient } from '../../../src/clients/operations.ts'
import { grants } from '../../../src/platform/db/schema.ts'
import { findFreePort } from '../harness/ports.ts'
import type { Case } from '../harness/runner.ts'
import { alice, expectHeading, expectSignedIn, logIn } from './steps.ts'

export const appLogout: Case[] = [
  {
    name: 'an app signs a person out by POST, is told of it, and gets the browser back',
    idps: ['demo'],
    async play(stage) {
      const { connectionSid, database, origin } = stage
      const heard: string[] = []
      const port = await findFreePort()
      // Another site than localhost, from which no Lax cookie comes along with a form.
      const app = `http://127.0.0.1:${port}`
      const pages: Record<string, string> = {}
      const server = createServer((request, response) => {
        const shown = pages[request.url?.split('?')[0] ?? '']
        if (shown !== undefined) {
          response.setHeader('content-type', 'text/html')
          response.end(`<link rel="icon" href="data:,">${shown}`)
          return
        }
        request.on('data', (part) => heard.push(String(part)))
        request.on('end', () => response.end())
      }).listen(port, '127.0.0.1')
      try {
        const made = await createClient(database.ask(), {
          name: 'Customer portal',
          redirectURIs: [`${app}/callback`],
          postLogoutRedirectURIs: [`${app}/bye`],
          backchannelLogoutURI: `http://localhost:${port}/backchannel`,
        })
        if (!made.ok) throw new Error(made.error.code)
        const { sid } = made.value.client

        const visit = await stage.visit()
        const page = await visit.newPage()
        await page.goto(stage.startURL)
        await logIn(page, alice)
        const sessionSid = await expectSignedIn(stage, page, alice)
        await database.client.insert(grants).values({
          secretHash: sessionSid,
          clientSid: sid,
          sessionSid,
          redirectURI: `${app}/callback`,
          scope: 'openid',
          codeChallenge: 'x',
          codeExpiresAt: Date.now(),
          spentAt: Date.now(),
          createdAt: Date.now(),
        })

        pages['/bye'] = '<h1>Goodbye</h1>'
        pages['/account'] = `<form method="post" action="${origin}/oauth2/logout">
          <input type="hidden" name="client_id" value="${sid}">
          <input type="hidden" name="post_logout_redirect_uri" value="${app}/bye">
          <input type="hidden" name="state" value="s 1"><button>Leave</button></form>`
        await page.goto(`${app}/account`)
        await page.getByRole('button', { name: 'Leave' }).click()
        await expectHeading(page, 'Sign out?')
        await page.getByText(`You are signed in as ${alice.mail}. Customer portal asks`).waitFor()
        await page.getByRole('button', { name: 'Sign out' }).click()
        await expectHeading(page, 'Goodbye')
        assert.equal(page.url(), `${app}/bye?state=s+1`)

        const [session] = await database.findSessions(connectionSid)
        assert.equal(session?.endedBecause, 'logout')
        for (let tries = 0; heard.length === 0 && tries < 100; tries++)
          await new Promise((resolve) => setTimeout(resolve, 100))
        const token = new URLSearchParams(heard.join('')).get('logout_token') ?? ''
        const claims = JSON.parse(atob(token.split('.')[1] ?? ''))
        assert.deepEqual([claims.aud, claims.sid, claims.sub], [sid, sessionSid, alice.userSid])
      } finally {
        server.close()
      }
    },
  },
]
