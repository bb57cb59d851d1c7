// Two values of one Attribute.
import { attack, harmless } from './harness.ts'

const NAME = { firstName: 'Alice', lastName: 'Ämter & Söhne' }
const EMAIL = 'alice@tenant.example'

attack('attribute-two-values, e-mail', {
  message: ({ respond }) =>
    respond({ attributes: { ...NAME, email: [EMAIL, 'bob@tenant.example'] } }),
  code: 'email_ambiguous',
})

const SAME: Record<string, Record<string, string | string[]>> = {
  'the same e-mail': { ...NAME, email: [EMAIL, EMAIL] },
  'an empty one first': { ...NAME, email: ['', EMAIL] },
  'two first names, of which the first is shown': {
    ...NAME,
    email: EMAIL,
    firstName: ['Alice', 'Bob'],
  },
}

for (const [name, attributes] of Object.entries(SAME))
  harmless(`attribute-two-values, ${name}`, {
    message: ({ respond }) => respond({ attributes }),
  })
