// No e-mail, or none under a name that is known to mean it.
import { attack } from './harness.ts'

const NAME = { firstName: 'Alice', lastName: 'Adams' }
const email = 'alice@tenant.example'

const ATTRIBUTES: Record<string, Record<string, string | string[]>> = {
  none: NAME,
  empty: { ...NAME, email: '' },
  'white space': { ...NAME, email: ' ' },
  'no value': { ...NAME, email: [] },
  'in capitals': { ...NAME, EMAIL: email },
  'with a space': { ...NAME, 'email ': email },
  'something like it': { ...NAME, 'x-email': email, email2: email },
}

for (const [name, attributes] of Object.entries(ATTRIBUTES))
  attack(`attribute-missing-email, ${name}`, {
    message: ({ respond }) => respond({ attributes }),
    code: 'attribute_missing',
    received: /^[^@]*$/,
  })

attack('attribute-missing-email, no AttributeStatement', {
  message: ({ respond }) => respond({ attributes: {} }),
  code: 'attribute_missing',
  received: /^no attributes at all$/,
})

attack('attribute-missing-email, the mapped name is not sent', {
  against: { connection: { attributeMapping: { email: 'urn:tenant:mail' } } },
  message: ({ genuine }) => genuine,
  code: 'attribute_missing',
})
