// White space around a value that is compared byte for byte: refused, and shown so that a person
// sees it.
import { attack, IDP } from './harness.ts'

attack('white-space, Issuer of the assertion', {
  message: ({ respond }) => respond({ assertionIssuer: `\n  ${IDP}\n` }),
  code: 'assertion_issuer',
  received: /^␊␠␠https:\/\/idp\.tenant\.example\/metadata␊ \(white space/,
})

attack('white-space, Issuer of the response', {
  message: ({ respond }) => respond({ responseIssuer: `${IDP} ` }),
  code: 'response_issuer',
  received: /metadata␠ \(white space/,
})

attack('white-space, Audience', {
  message: ({ respond, idp }) => respond({ audiences: [[`${idp.sp.entityID}\u00a0`]] }),
  code: 'audience',
  received: /metadata\[U\+00A0\] \(white space/,
})

attack('white-space, Destination', {
  message: ({ respond, idp }) => respond({ destination: `${idp.sp.acsURL}\t` }),
  code: 'destination',
  received: /acs␉ \(white space/,
})

attack('white-space, an attribute name', {
  message: ({ respond }) =>
    respond({ attributes: { ' email': 'a@b.example', firstName: 'A', lastName: 'B' } }),
  code: 'attribute_missing',
  received: /^␠email, firstName, lastName \(white space/,
})

attack('white-space, Recipient', {
  message: ({ respond, idp }) => respond({ confirmations: [{ recipient: ` ${idp.sp.acsURL}` }] }),
  code: 'recipient',
  received: /^␠https:.* \(white space/,
})
