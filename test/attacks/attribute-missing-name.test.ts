// No first or last name, or one that is only characters nobody can see.
import { attack } from './harness.ts'

const email = 'alice@tenant.example'
const ATTRIBUTES: Record<string, Record<string, string>> = {
  'no first name': { email, lastName: 'Adams' },
  'no last name': { email, firstName: 'Alice' },
  'an empty one': { email, firstName: 'Alice', lastName: '' },
  'white space': { email, firstName: 'Alice', lastName: ' \t\n\u00a0' },
  'invisible characters': { email, firstName: '\u200b\u202e\u2060', lastName: 'Adams' },
}

for (const [name, attributes] of Object.entries(ATTRIBUTES))
  attack(`attribute-missing-name, ${name}`, {
    message: ({ respond }) => respond({ attributes }),
    code: 'attribute_missing',
  })
