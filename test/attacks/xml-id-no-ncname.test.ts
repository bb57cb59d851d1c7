// An ID that is no NCName, or is spelt with references: two readers, two identifiers.
import { attack } from './harness.ts'

const IDS = ['1', '-a', 'a b', ' a', 'a:b', '#a', "a')]", 'a"or"1', 'é', 'a\u200b']

for (const id of IDS)
  attack(`xml-id-no-ncname, Assertion "${id}"`, {
    message: ({ respond }) => respond({ assertionID: id }),
    code: 'xml_id',
  })

for (const id of IDS)
  attack(`xml-id-no-ncname, Response "${id}"`, {
    message: ({ respond }) => respond({ responseID: id }),
    code: 'xml_id',
  })

attack('xml-id-no-ncname, a character reference', {
  genuine: { assertionID: '_assertion' },
  message: ({ genuine }) => genuine.replace(' ID="_assertion"', ' ID="&#95;assertion"'),
  code: 'xml_id',
})

attack('xml-id-no-ncname, none', {
  message: ({ genuine }) => genuine.replace(/ ID="[^"]*"/, ''),
  code: 'response_structure',
})

attack('xml-id-no-ncname, none on the Assertion', {
  message: ({ respond }) => respond({ editAssertion: (text) => text.replace(/ ID="[^"]*"/, '') }),
  code: 'signature_reference',
})

attack('xml-id-no-ncname, none on an Assertion under a signed Response', {
  genuine: { sign: ['Response'] },
  message: ({ respond }) =>
    respond({ sign: ['Response'], editAssertion: (text) => text.replace(/ ID="[^"]*"/, '') }),
  code: 'assertion_structure',
})
