// A metadata URL whose name leads inside: by what the name is, or by any one of its addresses.
import { describe, expect, it } from 'vitest'
import { checkReachable, fetchPublic } from '../../src/platform/network/fetch-public.ts'
import { fakeNetwork, PUBLIC_V4, PUBLIC_V6 } from '../support/fake-network.ts'

const NAMES = [
  'localhost',
  'LOCALHOST',
  'localhost.',
  'ｌｏｃａｌｈｏｓｔ',
  'loc%61lhost',
  'idp.localhost',
  'adfs',
  'adfs.',
  'printer.local',
  'metadata.google.internal',
  'router.home.arpa',
  'adfs.corp',
]

const ADDRESSES: [string, string[]][] = [
  ['loopback', ['127.0.0.1']],
  ['the metadata service', ['169.254.169.254']],
  ['private', ['10.0.0.1']],
  ['private behind an alias', ['inside.example.', '192.168.1.1']],
  ['private beside public', [PUBLIC_V4, '10.0.0.1']],
  ['private in the AAAA record alone', [PUBLIC_V4, PUBLIC_V6, 'fd00::1']],
  ['link-local', ['fe80::1']],
  ['mapped', [PUBLIC_V4, '::ffff:10.0.0.1']],
  ['6to4', ['2002:a00:1::1']],
  ['no address that can be read', [PUBLIC_V4, '::ffff:10.0.0.1%1']],
]

describe('metadata-url-private-name', () => {
  it.each(NAMES)('is refused: endpoint_private, %s', async (name) => {
    const { options, requests } = fakeNetwork({ names: { [name]: [PUBLIC_V4] } })
    expect(await fetchPublic(`https://${name}/`, options)).toMatchObject({
      ok: false,
      code: 'endpoint_private',
    })
    expect(requests).toEqual([])
  })

  it.each(ADDRESSES)('is refused: endpoint_private, a name that is %s', async (_, addresses) => {
    const { options, visited } = fakeNetwork({ names: { 'attacker.example': addresses } })
    const url = 'https://attacker.example/'
    expect(await fetchPublic(url, options)).toMatchObject({ ok: false, code: 'endpoint_private' })
    expect(await checkReachable(url, options)).toMatchObject({ result: 'private' })
    expect(visited).toEqual([])
  })

  it('is refused: endpoint_private, a record of the other type in the answer', async () => {
    const record = { type: 28, data: 'fd00::1' }
    const { options, visited } = fakeNetwork({
      dns: (_, type) =>
        Response.json({
          Status: 0,
          Answer: type === 'A' ? [{ type: 1, data: PUBLIC_V4 }, record] : [],
        }),
    })
    expect(await fetchPublic('https://attacker.example/', options)).toMatchObject({
      code: 'endpoint_private',
    })
    expect(visited).toEqual([])
  })
})
