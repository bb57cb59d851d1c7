// Credentials in a URL: they make a host look like another one, and would be sent along. They are
// not repeated.
import { describe, expect, it } from 'vitest'
import { checkReachable, fetchPublic } from '../../src/platform/network/fetch-public.ts'
import { fakeNetwork, PUBLIC_V4, redirectTo } from '../support/fake-network.ts'

const URL_OF_IDP = 'https://idp.example/metadata'
const URLS = [
  'https://user:hunter2@attacker.example/',
  'https://user@attacker.example/',
  'https://:hunter2@attacker.example/',
  'https://idp.example:hunter2@attacker.example/',
  'https://idp.example%2F@attacker.example/',
  'https:hunter2@attacker.example/',
  'https:/\\hunter2:hunter2@attacker.example/',
]

describe('metadata-url-credentials', () => {
  it.each(URLS)('is refused: endpoint_url, %s', async (url) => {
    const { options, requests } = fakeNetwork({ names: { 'attacker.example': [PUBLIC_V4] } })
    const fetched = await fetchPublic(url, options)
    expect(fetched).toMatchObject({ ok: false, code: 'endpoint_url' })
    expect(JSON.stringify(fetched)).not.toContain('hunter2')
    expect(await checkReachable(url, options)).toMatchObject({ result: 'unreachable' })
    expect(requests).toEqual([])
  })

  it('is refused: endpoint_url, a redirect', async () => {
    const { options, visited } = fakeNetwork({
      names: { 'idp.example': [PUBLIC_V4] },
      hosts: { [URL_OF_IDP]: redirectTo('https://user:hunter2@idp.example/') },
    })
    const fetched = await fetchPublic(URL_OF_IDP, options)
    expect(fetched).toMatchObject({ ok: false, code: 'endpoint_url' })
    expect(JSON.stringify(fetched)).not.toContain('hunter2')
    expect(visited).toEqual([URL_OF_IDP])
  })
})
