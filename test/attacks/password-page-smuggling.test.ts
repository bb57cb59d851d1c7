// Parameters that come twice, or beside the app's own, on the way to its password page: only what
// was checked arrives.
import { expect, describe, it } from 'vitest'
import { openApp, REDIRECT_URI } from '../oidc/relying-party.ts'
import { openBrowser } from '../support/browser.ts'
import { freeze } from './harness.ts'

const EVIL = 'https://attacker.example/'

/** Where somebody with a password is sent who has followed a link of the attacker's making. */
async function follow(smuggle: (query: URLSearchParams) => void) {
  const app = await openApp({ passwordLoginURL: 'https://app.vendor.example/password?realm=eu' })
  const { url } = await app.ask()
  smuggle(url.searchParams)
  const answer = await openBrowser().post('/login', {
    email: 'nobody@tenant.example',
    return_to: `${url.pathname}?${url.searchParams}`,
  })
  expect(answer.status).toBe(303)
  return { page: new URL(answer.headers.get('location')!).searchParams, app }
}

describe('password-page-smuggling', () => {
  freeze()

  it('a second redirect URI does not arrive: some apps read the last one', async () => {
    const { page } = await follow((query) => query.append('redirect_uri', EVIL))
    expect(page.getAll('redirect_uri')).toEqual([REDIRECT_URI])
  })

  it('nor does a second client', async () => {
    const { page, app } = await follow((query) => query.append('client_id', 'CLother'))
    expect(page.getAll('client_id')).toEqual([app.client.sid])
  })

  it('what the app has registered stays as it is', async () => {
    const { page } = await follow((query) => query.append('realm', EVIL))
    expect(page.getAll('realm')).toEqual(['eu'])
  })

  it.each(['iss', 'login_hint'])('%s is ours to say', async (name) => {
    const { page } = await follow((query) => query.append(name, EVIL))
    expect(page.getAll(name)).toHaveLength(1)
    expect(page.get(name)).not.toBe(EVIL)
  })
})
