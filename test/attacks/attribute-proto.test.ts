// Attributes named like the properties that every JavaScript object has.
import { attack, harmless } from './harness.ts'

const PERSON = {
  email: 'alice@tenant.example',
  firstName: 'Alice',
  lastName: 'Ämter & Söhne',
}

for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'])
  harmless(`attribute-proto, ${name}`, {
    message: ({ respond }) =>
      respond({
        // A computed name: written out, __proto__ would set the prototype.
        attributes: { ...PERSON, [name]: 'bob@tenant.example' },
      }),
  })

for (const name of ['__proto__', 'constructor'])
  attack(`attribute-proto, ${name} as the mapped name`, {
    against: { connection: { attributeMapping: { email: name } } },
    message: ({ genuine }) => genuine,
    code: 'attribute_missing',
  })
