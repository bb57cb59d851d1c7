// A metadata URL that leads inside, never ends or is too large, where it is set and where it is
// read again by the maintenance.
import { describe, expect, it } from 'vitest'
import type { PublicFetchOptions } from '../../src/platform/network/fetch-public.ts'
import {
  getMetadataSource,
  refresh,
  setMetadataSource,
} from '../../src/connections/metadata/operations.ts'
import {
  createSourced,
  metadataOf,
  METADATA_URL,
  publish,
  MAINTENANCE,
  watch,
} from '../connections/metadata/published-metadata.ts'
import { redirectTo, streamOf } from '../support/fake-network.ts'
import { certificateOf } from '../support/keys.ts'
import { codeOf, good, OPERATOR, request } from '../support/request.ts'
import { signText } from '../support/sign-text.ts'
import { createWorld } from '../support/world.ts'

const CHUNKS_OF_50_MB = (50 * 1024) / 64
const CHUNKS_OF_1_MB = 1024 / 64

type Attack = {
  code: 'endpoint_private' | 'endpoint_unreachable' | 'endpoint_url'
  answer: () => Response
  network?: Partial<PublicFetchOptions>
}

/** Nothing comes, for longer than anybody waits. */
const silence = () => new ReadableStream<Uint8Array>({ pull: () => new Promise(() => undefined) })

const ATTACKS: Record<string, Attack> = {
  'a redirect to loopback': {
    code: 'endpoint_private',
    answer: redirectTo('https://127.0.0.1/metadata'),
  },
  'a redirect to the metadata service of a cloud': {
    code: 'endpoint_private',
    answer: redirectTo('https://[::ffff:169.254.169.254]/latest/meta-data/'),
  },
  'a redirect to a name that leads inside': {
    code: 'endpoint_private',
    answer: redirectTo('https://inside.example/metadata'),
  },
  'a redirect to http': {
    code: 'endpoint_url',
    answer: redirectTo('http://idp.tenant.example/metadata'),
  },
  'a redirect to itself': { code: 'endpoint_unreachable', answer: redirectTo(METADATA_URL) },
  'a body of 50 MB': {
    code: 'endpoint_unreachable',
    answer: () => new Response(streamOf(CHUNKS_OF_50_MB).body),
  },
  'a body that does not come': {
    code: 'endpoint_unreachable',
    answer: () => new Response(silence()),
    network: { timeoutSeconds: 0.1 },
  },
  'an answer that does not come': {
    code: 'endpoint_unreachable',
    answer: () => new Promise<Response>(() => undefined) as never,
    network: { timeoutSeconds: 0.1 },
  },
}

describe('metadata-url-refresh', () => {
  it.each(Object.entries(ATTACKS))('is refused where it is set: %s', async (_, attack) => {
    const world = await createWorld()
    const server = publish(metadataOf(['idp']))
    server.answer = attack.answer
    const asked = request(OPERATOR, { ...server.network, ...attack.network })
    const before = await watch(world, server).trust()
    const set = await setMetadataSource(asked, world.connectionSid, { url: METADATA_URL })
    expect(codeOf(set)).toEqual([attack.code, 'url'])
    expect(await watch(world, server).trust()).toEqual(before)
    expect(good(await getMetadataSource(asked, world.connectionSid))).toBeNull()
    expect(new Set(server.visited)).toEqual(new Set([METADATA_URL]))
  })

  it.each(Object.entries(ATTACKS))('is refused where it is read again: %s', async (_, attack) => {
    const { server, trust } = await createSourced()
    server.answer = attack.answer
    const before = await trust()
    const asked = request(MAINTENANCE, { ...server.network, ...attack.network })
    await refresh(asked, before.connection)
    const { source, ...after } = await trust()
    expect(source.failure).toMatchObject({ code: attack.code })
    expect({ ...after, source: null }).toEqual({ ...before, source: null })
    expect(new Set(server.visited)).toEqual(new Set([METADATA_URL]))
  })

  it('reads 20 MiB and no more, and 1 MiB where the whole has to be signed', async () => {
    const chunksRead = async (signedBy?: 'p256') => {
      const genuine = metadataOf(['idp'])
      const { server, trust } = await createSourced({
        xml: signedBy
          ? await signText(genuine, { key: signedBy, method: 'ecdsa-sha256' })
          : genuine,
        ...(signedBy && { signedBy }),
      })
      const { body, state } = streamOf(CHUNKS_OF_50_MB)
      server.answer = () => new Response(body)
      await refresh(request(MAINTENANCE, server.network), (await trust()).connection)
      expect(state.cancelled).toBe(true)
      return state.chunks
    }
    expect(await chunksRead()).toBe(20 * CHUNKS_OF_1_MB + 1)
    expect(await chunksRead('p256')).toBe(CHUNKS_OF_1_MB + 1)
  })

  it('sends nothing along that is secret, to whatever host it leads', async () => {
    const { server, read } = await createSourced()
    server.headers = { etag: '"one"' }
    await read()
    await read()
    for (const headers of server.asked)
      expect(Object.keys(headers).filter((name) => name !== 'if-none-match')).toEqual(['accept'])
    expect(JSON.stringify(server.asked)).not.toContain(certificateOf('idp').slice(0, 20))
  })
})
