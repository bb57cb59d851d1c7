// A deflated message where HTTP-POST carries plain base64: nothing is inflated (CVE-2023-28119).
import { attack } from './harness.ts'

async function deflate(content: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([content]).stream().pipeThrough(new CompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

attack('xml-raw-deflated', {
  message: ({ genuine }) => deflate(new TextEncoder().encode(genuine)),
  code: 'response_not_utf8',
})

attack('xml-raw-deflated, a bomb', {
  message: () => deflate(new Uint8Array(20_000_000).fill(0x20)),
  code: 'response_not_utf8',
})
