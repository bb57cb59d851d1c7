// An entity whose text is a file or a URL (CVE-2025-23369 and kin).
import { attack } from './harness.ts'

for (const url of ['file:///etc/passwd', 'https://attacker.example/', 'http://169.254.169.254/'])
  attack(`xml-external-entity ${url}`, {
    message: ({ genuine }) =>
      `<!DOCTYPE x [<!ENTITY xxe SYSTEM "${url}">]>` +
      genuine.replace('>alice@tenant.example<', '>&xxe;<'),
    code: 'xml_doctype',
  })

attack('xml-external-entity, XInclude is inert', {
  message: ({ genuine }) =>
    genuine.replace(
      '<samlp:Status>',
      '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"></xi:include><samlp:Status>',
    ),
  code: 'response_structure',
})
