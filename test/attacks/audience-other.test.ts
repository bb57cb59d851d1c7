// An assertion for another service provider of the same IdP.
import { attack } from './harness.ts'

attack('audience-other', {
  message: ({ respond }) => respond({ audiences: [['https://other.example/saml']] }),
  code: 'audience',
})

attack('audience-other, our ACS URL', {
  message: ({ respond, idp }) => respond({ audiences: [[idp.sp.acsURL]] }),
  code: 'audience',
})
