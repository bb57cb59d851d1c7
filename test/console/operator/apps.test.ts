// Apps in the console: what the developer copies, the secret once, and forms that say what is
// wrong.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { editClient, getClient } from '../../../src/clients/operations.ts'
import { findClient, noteUnprotectedCode } from '../../../src/clients/store.ts'
import { clients } from '../../../src/platform/db/schema.ts'
import { hashSecret } from '../../../src/platform/secret.ts'
import type { Browser } from '../../support/browser.ts'
import { APP, forgetClients, registerClient } from '../../support/register-client.ts'
import { good, request } from '../../support/request.ts'
import { db } from '../../support/world.ts'
import { landedAt } from '../../support/landed-at.ts'
import { hidden, openOperator } from './admins.ts'
import { errorOf } from './error-of.ts'

let browser: Browser
beforeAll(async () => {
  browser = await openOperator()
})
afterAll(forgetClients)

const FORM = {
  name: 'App',
  clientType: 'confidential',
  redirectURIs: `${APP}/callback`,
  refreshTokens: 'offline_access',
  accessTokenSeconds: '3600',
  idTokenSignedResponseAlg: 'RS256',
  pkce: 'required',
  sessionDays: '0',
}
const textOf = async (path: string) => (await browser.get(path)).text()
const secretIn = (page: string) => /gpc_[\w-]{43}/.exec(page)?.[0]
const now = async (sid: string) => good(await getClient(request(), sid))

describe('an app that uses neither PKCE nor a nonce', () => {
  it('is flagged for a week', async () => {
    const { sid } = await registerClient({ pkce: 'optional' })
    const isFlagged = async () =>
      (await textOf(`/console/apps/${sid}`)).includes('The app uses neither PKCE nor a nonce')
    expect(await isFlagged()).toBe(false)
    const week = 7 * 24 * 3600_000
    await noteUnprotectedCode(db, sid, Date.now() - week + 60_000)
    expect(await isFlagged()).toBe(true)
    await db.update(clients).set({ unprotectedCodeAt: Date.now() - week })
    expect(await isFlagged()).toBe(false)
  })
})

describe('registering an app', () => {
  it('shows all that its developer copies, and the secret this once', async () => {
    const response = await browser.post('/console/apps', {
      ...FORM,
      redirectURIs: `${APP}/callback\r\n\r\n  http://localhost:8080/callback `,
      returnOrigins: APP,
      initiateLoginURI: `${APP}/sign-in`,
      isDefault: 'true',
    })
    const page = await response.text()
    const sid = /CL[0-9a-f]{32}/.exec(page)![0]
    const secret = secretIn(page)!
    const issuer = 'https://sso.vendor.example'
    for (const copied of [issuer, `${issuer}/.well-known/openid-configuration`, sid, secret])
      expect(page).toContain(`>${copied}</textarea>`)
    for (const told of [
      `${APP}/callback`,
      'http://localhost:8080/callback',
      'Confidential',
      'RS256',
    ])
      expect(page).toContain(told)
    expect((await findClient(db, sid))?.secretHash).toBe(await hashSecret(secret))
    expect(await now(sid)).toMatchObject({
      redirectURIs: [`${APP}/callback`, 'http://localhost:8080/callback'],
      postLogoutRedirectURIs: [],
      returnOrigins: [APP],
      initiateLoginURI: `${APP}/sign-in`,
      passwordLoginURL: null,
      isDefault: true,
    })
    const shown = await textOf(`/console/apps/${sid}`)
    expect(shown).toContain(sid)
    for (const path of ['/console/apps', `/console/apps/${sid}`, `/console/apps/${sid}/edit`])
      expect(secretIn(await textOf(path))).toBeUndefined()
    expect(await textOf('/console/apps')).toContain(`href="/console/apps/${sid}"`)
  })

  it('has no secret to show for a public client, nor to make anew', async () => {
    const form = { ...FORM, clientType: 'public' }
    const page = await (await browser.post('/console/apps', form)).text()
    expect(secretIn(page)).toBeUndefined()
    const sid = /CL[0-9a-f]{32}/.exec(page)![0]
    expect(await textOf(`/console/apps/${sid}`)).not.toContain('Create new secret')
  })

  it('says beside the field what is wrong, and keeps what was entered', async () => {
    const wrong = { ...FORM, redirectURIs: `${APP}/callback\n${APP}/*`, name: 'Kept' }
    const response = await browser.post('/console/apps', wrong)
    expect(response.status).toBe(400)
    const page = await response.text()
    expect(errorOf(page, 'redirectURIs')).toEqual({
      isMarked: true,
      isDescribed: true,
      isInSummary: true,
      says: expect.stringContaining(`Received: ${APP}/*`),
    })
    expect(page).toContain('value="Kept"')
    expect(page).toContain(`${APP}/callback\n${APP}/*</textarea>`)
  })
})

describe('editing an app', () => {
  it('saves what was changed', async () => {
    const { sid } = await registerClient()
    const version = hidden(await textOf(`/console/apps/${sid}/edit`), 'version')
    const response = await browser.post(`/console/apps/${sid}`, {
      ...FORM,
      version,
      passwordLoginURL: `${APP}/login`,
    })
    expect(landedAt(response)).toBe(`/console/apps/${sid} (saved)`)
    expect(await now(sid)).toMatchObject({ passwordLoginURL: `${APP}/login` })
  })

  it('revision_changed: does not undo another’s, and shows both', async () => {
    const { sid } = await registerClient()
    const version = hidden(await textOf(`/console/apps/${sid}/edit`), 'version')
    good(await editClient(request(), sid, { name: 'Of another' }))
    const form = { ...FORM, version, name: 'Of mine' }
    const response = await browser.post(`/console/apps/${sid}`, form)
    expect(response.status).toBe(412)
    const page = await response.text()
    expect(page).toContain('value="Of another"')
    expect(page).toContain('mine')
    expect((await now(sid)).name).toBe('Of another')
  })
})

describe('an app’s secret', () => {
  it('is made anew and shown once; the one before counts as long as was said', async () => {
    const { sid, secret: first } = await registerClient()
    const path = `/console/apps/${sid}/secret`
    const page = await (await browser.post(path, { keepPreviousHours: '1' })).text()
    const row = await findClient(db, sid)
    expect(row).toMatchObject({
      secretHash: await hashSecret(secretIn(page)!),
      previousSecretHash: await hashSecret(first!),
    })
    expect(await textOf(`/console/apps/${sid}`)).toContain('Previous secret valid until')
    const wrong = await browser.post(path, { keepPreviousHours: '1000' })
    expect(wrong.status).toBe(400)
    expect(errorOf(await wrong.text(), 'keepPreviousHours').isMarked).toBe(true)
    expect((await findClient(db, sid))?.secretHash).toBe(row?.secretHash)
  })
})

it('an app is disabled and enabled, and its page says so', async () => {
  const { sid } = await registerClient()
  const path = `/console/apps/${sid}`
  const off = await browser.post(`${path}/disable`)
  expect(landedAt(off)).toBe(`${path} (app_disabled)`)
  expect(await textOf(path)).toContain('Disabled')
  expect((await now(sid)).disabledAt).not.toBeNull()
  await browser.post(`${path}/enable`)
  expect((await now(sid)).disabledAt).toBeNull()
})
