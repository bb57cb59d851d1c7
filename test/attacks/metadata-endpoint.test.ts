// Sign-in URLs to which no browser may be sent with a request: not encrypted, executable, or with
// credentials. Beside a good one they are left out, as test/saml/metadata/metadata-text.test.ts
// shows.
import { entityDescriptor, keyDescriptor, ssoService } from '../saml/metadata/metadata-text.ts'
import { metadataAttack } from './metadata-harness.ts'

const good = keyDescriptor() + ssoService('https://idp.tenant.example/sso')
const URLS = [
  'http://idp.tenant.example/sso',
  'HTTP://idp.tenant.example/sso',
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'https://idp.tenant.example@attacker.example/',
  '//attacker.example/sso',
  '/sso',
  '',
  `https://idp.tenant.example/${'a'.repeat(2048)}`,
]

for (const url of URLS)
  metadataAttack(`metadata-endpoint, ${JSON.stringify(url.slice(0, 60))}`, {
    genuine: entityDescriptor({ content: good }),
    manipulated: entityDescriptor({ content: keyDescriptor() + ssoService(url, 'HTTP-POST') }),
    code: 'metadata_endpoint',
  })
