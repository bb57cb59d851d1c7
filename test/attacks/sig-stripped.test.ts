// A signed message with its Signatures taken off.
import { replaceOnce } from '../support/xml-text.ts'
import { attack, forge, forgeWithSameID, harmless, unsigned } from './harness.ts'

attack('sig-stripped, from the Assertion', {
  message: ({ genuine }) => forge(unsigned(genuine)),
  code: 'signature_missing',
})

attack('sig-stripped, from the Response', {
  genuine: { sign: ['Response'] },
  message: ({ genuine }) => forge(unsigned(genuine)),
  code: 'signature_missing',
})

attack('sig-stripped, both', {
  genuine: { sign: ['Response', 'Assertion'] },
  message: ({ genuine }) => forge(unsigned(unsigned(genuine))),
  code: 'signature_missing',
})

attack('sig-stripped, from the Response, the Assertion changed', {
  genuine: { sign: ['Response', 'Assertion'] },
  message: ({ genuine }) => forgeWithSameID(unsigned(genuine)),
  code: 'signature_digest',
})

harmless('sig-stripped, from the Response, the Assertion as it was', {
  genuine: { sign: ['Response', 'Assertion'] },
  message: ({ genuine }) => unsigned(genuine),
})

attack('sig-stripped, from the Assertion under a signed Response', {
  genuine: { sign: ['Response', 'Assertion'], assertionID: '_assertion' },
  message: ({ genuine }) => {
    const at = genuine.indexOf('<saml:Assertion')
    return genuine.slice(0, at) + unsigned(genuine.slice(at))
  },
  code: 'signature_digest',
})

attack('sig-stripped, its SignatureValue only', {
  message: ({ genuine }) => genuine.replace(/<ds:SignatureValue>.*<\/ds:SignatureValue>/, () => ''),
  code: 'signature_structure',
})

attack('sig-stripped, renamed', {
  message: ({ genuine }) =>
    forge(genuine)
      .replace('<ds:Signature ', '<ds:signature ')
      .replace('</ds:Signature>', '</ds:signature>'),
  code: 'signature_missing',
})

attack('sig-stripped, in another namespace', {
  message: ({ genuine }) =>
    replaceOnce(
      forge(genuine),
      'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"',
      'xmlns:ds="http://www.w3.org/2000/09/xmldsig2#"',
    ),
  code: 'signature_missing',
})
