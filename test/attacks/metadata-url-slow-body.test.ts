// A body that never ends: nothing comes, or a byte now and then. The time is for the whole, not for
// each byte.
import { describe, expect, it } from 'vitest'
import { fetchPublic } from '../../src/platform/network/fetch-public.ts'
import { fakeNetwork, PUBLIC_V4, redirectTo } from '../support/fake-network.ts'

const URL_OF_ATTACKER = 'https://attacker.example/metadata'

function slowly(milliseconds: number) {
  const state = { cancelled: false }
  const body = () =>
    new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, milliseconds))
        if (!state.cancelled) controller.enqueue(Uint8Array.of(32))
      },
      cancel() {
        state.cancelled = true
      },
    })
  return { body, state }
}

describe('metadata-url-slow-body', () => {
  it.each([
    ['a byte every 10 ms', 10],
    ['none at all', 1000],
  ])('is refused: endpoint_unreachable, %s', async (_, milliseconds) => {
    const { body, state } = slowly(milliseconds)
    const { options } = fakeNetwork({
      names: { 'attacker.example': [PUBLIC_V4] },
      hosts: { [URL_OF_ATTACKER]: () => new Response(body()) },
    })
    const fetched = await fetchPublic(URL_OF_ATTACKER, { ...options, timeoutSeconds: 0.1 })
    expect(fetched).toEqual({
      ok: false,
      code: 'endpoint_unreachable',
      reason: 'there is no whole answer within 0.1 seconds',
      isLate: true,
    })
    expect(state.cancelled).toBe(true)
  })

  it('is refused: endpoint_unreachable, redirects that each take most of the time', async () => {
    const hosts = Object.fromEntries(
      ['', '1', '2', '3', '4'].map((hop) => [
        `${URL_OF_ATTACKER}${hop}`,
        async () => {
          await new Promise((resolve) => setTimeout(resolve, 80))
          return redirectTo(`${URL_OF_ATTACKER}${Number(hop) + 1}`)()
        },
      ]),
    )
    const { options, visited } = fakeNetwork({ names: { 'attacker.example': [PUBLIC_V4] }, hosts })
    const fetched = await fetchPublic(URL_OF_ATTACKER, { ...options, timeoutSeconds: 0.1 })
    expect(fetched).toMatchObject({ reason: 'there is no whole answer within 0.1 seconds' })
    expect(visited.length).toBeLessThanOrEqual(2)
  })
})
