// A redirect from https to http, where anyone on the way could put in another certificate.
import { describe, expect, it } from 'vitest'
import { fetchPublic } from '../../src/platform/network/fetch-public.ts'
import { fakeNetwork, PUBLIC_V4, redirectTo } from '../support/fake-network.ts'

const URL_OF_IDP = 'https://idp.example/metadata'

describe('metadata-url-downgrade', () => {
  it.each([
    'http://idp.example/metadata',
    'HTTP://idp.example/metadata',
    'http://idp.example:443/metadata',
    'http:\\\\idp.example\\metadata',
    'ftp://idp.example/metadata',
    'file:///etc/passwd',
    'data:text/xml,<EntityDescriptor/>',
    'javascript:alert(1)',
    'ws://idp.example/',
  ])('is refused: endpoint_url, to %s', async (target) => {
    const { options, visited } = fakeNetwork({
      names: { 'idp.example': [PUBLIC_V4] },
      hosts: {
        [URL_OF_IDP]: redirectTo(target),
        'http://idp.example/metadata': () => new Response('forged'),
      },
    })
    expect(await fetchPublic(URL_OF_IDP, options)).toMatchObject({
      ok: false,
      code: 'endpoint_url',
    })
    expect(visited).toEqual([URL_OF_IDP])
  })
})
