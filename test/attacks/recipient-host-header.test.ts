// A forged Host: our addresses are made of our own setting and of nothing that a request says.
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { toField } from '../support/fake-idp.ts'
import { freeze, open } from './harness.ts'
import { askApp } from '../support/ask-app.ts'

const FORGED = 'https://attacker.example'
const app = createApp()
const headers = {
  host: 'attacker.example',
  'x-forwarded-host': 'attacker.example',
  forwarded: 'host=attacker.example;proto=https',
  'content-type': 'application/x-www-form-urlencoded',
}

describe('recipient-host-header', () => {
  freeze()

  it('is refused: destination, a message for the forged host', async () => {
    const { world, respond, relayState } = await open({})
    const message = await respond({
      destination: FORGED + world.acs,
      confirmations: [{ recipient: FORGED + world.acs }],
    })
    const body = new URLSearchParams({ SAMLResponse: toField(message), RelayState: relayState })
    const answer = await askApp(
      app,
      FORGED + world.acs,
      { method: 'POST', headers, body: body.toString() },
      env,
    )
    expect(answer.status).toBe(403)
    expect((await world.rows()).attempts).toMatchObject([{ code: 'destination' }])
  })

  it('is not in the request that we send', async () => {
    const { world } = await open({})
    const answer = await askApp(app, `${FORGED}/sso/${world.connectionSid}`, { headers }, env)
    const query = new URL(answer.headers.get('location')!).searchParams
    const bytes = Uint8Array.from(atob(query.get('SAMLRequest')!), (one) => one.charCodeAt(0))
    const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
    const request = await new Response(inflated).text()
    expect(request).not.toContain('attacker.example')
    expect(request).toContain(`https://sso.vendor.example${world.acs}`)
  })

  it('is not in our metadata', async () => {
    const { world } = await open({})
    const url = `${FORGED}/saml/${world.connectionSid}/metadata`
    expect(await (await askApp(app, url, { headers }, env)).text()).not.toContain(
      'attacker.example',
    )
  })
})
