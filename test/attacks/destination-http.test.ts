// A Destination that is our ACS, but not in the one spelling we gave out.
import { replaceOnce } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const SPELLINGS: Record<string, (acsURL: string) => string> = {
  http: (acsURL) => replaceOnce(acsURL, 'https:', 'http:'),
  'a host in capitals': (acsURL) => replaceOnce(acsURL, '//sso', '//SSO'),
  'the default port': (acsURL) => replaceOnce(acsURL, '.example/', '.example:443/'),
  'a path in capitals': (acsURL) => replaceOnce(acsURL, '/acs', '/ACS'),
  'an escaped letter': (acsURL) => replaceOnce(acsURL, '/saml', '/%73aml'),
  'a dot segment': (acsURL) => replaceOnce(acsURL, '/acs', '/./acs'),
  'a slash more': (acsURL) => `${acsURL}/`,
}

for (const [name, spell] of Object.entries(SPELLINGS))
  attack(`destination-http, ${name}`, {
    message: ({ respond, idp }) => respond({ destination: spell(idp.sp.acsURL) }),
    code: 'destination',
  })
