// Fifty megabytes where metadata should be. They are not read: the transfer is stopped at the
// limit.
import { describe, expect, it } from 'vitest'
import { fetchPublic } from '../../src/platform/network/fetch-public.ts'
import { fakeNetwork, PUBLIC_V4, streamOf } from '../support/fake-network.ts'

const URL_OF_ATTACKER = 'https://attacker.example/metadata'
const CHUNKS_OF_50_MB = (50 * 1024) / 64
const CHUNKS_OF_1_MB = 1024 / 64

function serving(body: ReadableStream<Uint8Array>, headers?: Record<string, string>) {
  return fakeNetwork({
    names: { 'attacker.example': [PUBLIC_V4] },
    hosts: { [URL_OF_ATTACKER]: () => new Response(body, { ...(headers && { headers }) }) },
  }).options
}

describe('metadata-url-large-body', () => {
  it.each<[string, Record<string, string> | undefined]>([
    ['no length', undefined],
    ['its length', { 'content-length': String(50 * 1024 * 1024) }],
    ['a smaller length', { 'content-length': '100' }],
  ])('is refused: endpoint_unreachable, given %s', async (_, headers) => {
    const { body, state } = streamOf(CHUNKS_OF_50_MB)
    const fetched = await fetchPublic(URL_OF_ATTACKER, serving(body, headers))
    expect(fetched).toMatchObject({ ok: false, code: 'endpoint_unreachable' })
    expect(state).toEqual({ chunks: CHUNKS_OF_1_MB + 1, cancelled: true })
  })

  it('a body of exactly the limit is taken', async () => {
    const { body } = streamOf(CHUNKS_OF_1_MB)
    const fetched = await fetchPublic(URL_OF_ATTACKER, serving(body))
    if (!fetched.ok) expect.fail(fetched.reason)
    expect(fetched.body).toHaveLength(1024 * 1024)
  })

  it('is refused: endpoint_unreachable, one byte more', async () => {
    const { body } = streamOf(CHUNKS_OF_1_MB)
    const options = { ...serving(body), maximumBytes: 1024 * 1024 - 1 }
    expect(await fetchPublic(URL_OF_ATTACKER, options)).toMatchObject({
      code: 'endpoint_unreachable',
    })
  })
})
