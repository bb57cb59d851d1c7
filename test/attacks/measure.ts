// Prints the cost of a verdict on messages that are made to be costly: processor time, which other
// work on the machine does not change. Run with Node.
import { deflateRawSync } from 'node:zlib'
import { verifyResponse } from '../../src/saml/response/verify-response.ts'
import { coreIdp, verification } from '../support/core.ts'
import { toField } from '../support/fake-idp.ts'
import type { SignatureOptions } from '../support/sign-text.ts'
import { append, element, replaceOnce } from '../support/xml-text.ts'

/** No verdict may take longer. */
const BUDGET_MILLISECONDS = 50
const RUNS = 15

const idp = coreIdp()
const genuine = await idp.respond()
const extended = (content: string, message = genuine) =>
  replaceOnce(
    message,
    '<samlp:Status>',
    `<samlp:Extensions>${content}</samlp:Extensions><samlp:Status>`,
  )
const signed = (content: string, signature: Partial<SignatureOptions> = {}) =>
  idp.respond({
    sign: ['Response'],
    signature,
    editResponse: (text) => extended(content, text),
  })
const nested = (depth: number, attributes = '') =>
  `<a${attributes}>`.repeat(depth) + '</a>'.repeat(depth)
// Padded: in the order in which they are canonical.
const padded = (index: number) => String(index).padStart(4, '0')
const declarations = (count: number, prefix = 'n') =>
  Array.from(
    { length: count },
    (_, index) => ` xmlns:${prefix}${padded(index)}="urn:${index}"`,
  ).join('')
const attributes = (count: number) =>
  Array.from({ length: count }, (_, index) => ` a${padded(index)}="${'x'.repeat(20)}"`).join('')
/** As large as a message may be. */
const full = (piece: string) => piece.repeat(Math.floor((250_000 - genuine.length) / piece.length))

const MESSAGES: Record<string, string | Uint8Array> = {
  'the genuine message': genuine,
  'the genuine message, encrypted': await idp.respond({ encrypt: true }),
  '5,000 nested elements': extended(nested(5000)),
  '60 nested elements, signed': await signed(nested(60)),
  '4,000 namespace declarations on one element': replaceOnce(
    genuine,
    '<samlp:Response ',
    `<samlp:Response${declarations(4000)} `,
  ),
  '4,000 namespace declarations on 67 elements': extended(
    Array.from({ length: 67 }, (_, index) => `<a${declarations(60, `n${index}x`)}/>`).join(''),
  ),
  '120 namespaces in scope of 6,000 elements': extended(
    `<a${declarations(60)}><b${declarations(60, 'm')}>${'<n0001:c/>'.repeat(6000)}</b></a>`,
  ),
  'the same, signed inclusively': await signed(
    `<a${declarations(60)}><b${declarations(60, 'm')}>${'<c></c>'.repeat(6000)}</b></a>`,
    { canonicalization: 'inclusive' },
  ),
  '500 References': append(genuine, 'ds:SignedInfo', element(genuine, 'ds:Reference').repeat(500)),
  '500 Transforms': append(genuine, 'ds:Transforms', element(genuine, 'ds:Transform').repeat(500)),
  '150 Signatures': append(
    await idp.respond({ signature: { keyInfo: '' } }),
    'samlp:Status',
    element(await idp.respond({ signature: { keyInfo: '' } }), 'ds:Signature').repeat(150),
  ),
  '1 MB': extended(' '.repeat(1_000_000)),
  'a full message of text, signed': await signed(full('text ')),
  'a full message of references, signed': await signed(full('&amp;')),
  'a full message of ampersands that are none': extended(full('&')),
  'a full message of elements': extended(full('<a/>')),
  'a full message of 19,000 elements, signed': await signed('<a></a>'.repeat(19_000)),
  'the same, signed by a stranger': await signed('<a></a>'.repeat(19_000), { key: 'attacker' }),
  'a full message of attributes, signed': await signed(full(`<a${attributes(60)}></a>`)),
  'a full message of CDATA': extended(full('<![CDATA[]]>')),
  'a full message of ]] >': extended(full(']] >')),
  'a full message of quotes': extended(full(`<a b="'"/>`)),
  'an attribute of 250,000 characters': extended(`<a b="${full('x')}"/>`),
  'a name of 250,000 characters': extended(`<${full('a')}/>`),
  'a SignatureValue of 200,000 characters': genuine.replace(
    /<ds:SignatureValue>/,
    `$&${'A'.repeat(200_000)}`,
  ),
  '500 attributes of the assertion': await idp.respond({
    attributes: Object.fromEntries(Array.from({ length: 490 }, (_, index) => [`a${index}`, 'b'])),
  }),
  'an e-mail of 200,000 characters': await idp.respond({
    attributes: { email: `${'a.'.repeat(100_000)}@b.example`, firstName: 'A', lastName: 'B' },
  }),
  'a raw-deflated message': new Uint8Array(deflateRawSync(genuine)),
  'a DEFLATE bomb of 50 MB': new Uint8Array(deflateRawSync(new Uint8Array(50_000_000))),
  '85,000 random characters of base64': crypto.getRandomValues(new Uint8Array(65_536)),
}

let slow = 0
for (const [name, message] of Object.entries(MESSAGES)) {
  const field = toField(message)
  const times: number[] = []
  let code: string | null = null
  const memory = process.memoryUsage().heapUsed
  for (let run = 0; run < RUNS; run++) {
    const start = process.cpuUsage()
    code = (await verifyResponse(field, verification())).refusal?.code ?? null
    const { user, system } = process.cpuUsage(start)
    times.push((user + system) / 1000)
  }
  const grown = (process.memoryUsage().heapUsed - memory) / RUNS / 1_048_576
  const median = times.toSorted((left, right) => left - right)[RUNS >> 1]!
  const worst = Math.max(...times)
  if (median > BUDGET_MILLISECONDS) slow++
  console.log(
    [
      median.toFixed(2).padStart(8),
      worst.toFixed(2).padStart(8),
      `${(field.length / 1024).toFixed(0)} KiB`.padStart(9),
      `${Math.max(0, grown).toFixed(1)} MiB`.padStart(9),
      (code ?? 'accepted').padEnd(24),
      name,
    ].join('  '),
  )
}
console.log(
  `\nmedian and worst milliseconds of processor time of ${RUNS}; ${slow} over ${BUDGET_MILLISECONDS}`,
)
process.exitCode = slow > 0 ? 1 : 0
