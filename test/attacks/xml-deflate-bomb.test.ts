// A small query that inflates to a large message: nothing that comes in a query is inflated
// (CVE-2023-28119).
import { describe, expect, it } from 'vitest'
import { freeze, open } from './harness.ts'

async function bomb(): Promise<string> {
  const stream = new Blob([new Uint8Array(8_000_000).fill(0x20)])
    .stream()
    .pipeThrough(new CompressionStream('deflate-raw'))
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer())
  return encodeURIComponent(
    btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), '')),
  )
}

describe('xml-deflate-bomb', () => {
  freeze()

  it('is refused: method_not_allowed, as a SAMLResponse', async () => {
    const { world, browser } = await open({})
    const answer = await browser.get(`${world.acs}?SAMLResponse=${await bomb()}`)
    expect(answer.status).toBe(405)
    expect((await world.rows()).attempts).toEqual([])
  })

  it('is refused: single_logout_unsupported, as a SAMLRequest', async () => {
    const { world, browser } = await open({})
    const answer = await browser.get(`${world.acs}?SAMLRequest=${await bomb()}`)
    expect(answer.status).toBe(400)
    expect((await world.rows()).attempts).toEqual([])
  })
})
