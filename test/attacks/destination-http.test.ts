// A Destination that is our ACS, but not in the one spelling we gave out.
import { attack, SP } from './harness.ts'

const SPELLINGS = [
  SP.acsURL.replace('https:', 'http:'),
  SP.acsURL.replace('https://sso', 'https://SSO'),
  SP.acsURL.replace('.example/', '.example:443/'),
  SP.acsURL.replace('/acs', '/ACS'),
  SP.acsURL.replace('/saml', '/%73aml'),
  SP.acsURL.replace('/acs', '/./acs'),
  `${SP.acsURL}/`,
]

for (const spelling of SPELLINGS)
  attack(`destination-http ${spelling}`, {
    message: ({ respond }) => respond({ destination: spelling }),
    code: 'destination',
  })
