// Parameters inside SignatureMethod and DigestMethod, such as a truncation that leaves nothing to
// compare.
import { append } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const PARAMETERS: Record<string, string> = {
  HMACOutputLength: '<ds:HMACOutputLength>0</ds:HMACOutputLength>',
  RSAPSSParams:
    '<pss:RSAPSSParams xmlns:pss="http://www.w3.org/2007/05/xmldsig-more#"></pss:RSAPSSParams>',
  text: '0',
}

for (const method of ['ds:SignatureMethod', 'ds:DigestMethod'])
  for (const [name, parameters] of Object.entries(PARAMETERS))
    attack(`alg-params, ${name} in ${method}`, {
      message: ({ respond }) =>
        respond({ signature: { editSignedInfo: (text) => append(text, method, parameters) } }),
      code: 'signature_algorithm',
    })
