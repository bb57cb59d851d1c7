// mod_auth_mellon in Debian's Apache: its settings, written into a folder of the run.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import keys from '../../../test/support/keys.json' with { type: 'json' }
import { certificateOf } from '../../../test/support/keys.ts'
import { DONE, IDP, type Service } from '../service.ts'

/** The arguments of apache2 that keep it in the foreground. */
export function writeMellon(folder: string, port: number): { command: string[]; service: Service } {
  const origin = `http://localhost:${port}`
  mkdirSync(join(folder, 'htdocs'), { recursive: true })
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const entityID = `${origin}/mellon/metadata`
  const acsURL = `${origin}/mellon/postResponse`
  const idp = file(
    'idp.xml',
    `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${IDP.entityID}">
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${certificateOf('idp')}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${IDP.ssoURL}"/>
  </IDPSSODescriptor>
</EntityDescriptor>`,
  )
  const sp = file(
    'sp.xml',
    `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityID}">
  <SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <AssertionConsumerService index="0" isDefault="true" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${acsURL}"/>
  </SPSSODescriptor>
</EntityDescriptor>`,
  )
  const key = file('sp.key', pem('PRIVATE KEY', keys.sp.privateKey))
  const certificate = file('sp.crt', pem('CERTIFICATE', keys.sp.certificate))
  // Lasso reads the system's CA bundle at each login, which no login here needs.
  const authorities = file('no-ca.pem', '')
  const settings = file(
    'apache.conf',
    `ServerRoot /etc/apache2
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${folder}/apache.pid
ErrorLog ${folder}/error.log
LogLevel warn
Mutex file:${folder}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule authn_core_module /usr/lib/apache2/modules/mod_authn_core.so
LoadModule authz_user_module /usr/lib/apache2/modules/mod_authz_user.so
LoadModule auth_mellon_module /usr/lib/apache2/modules/mod_auth_mellon.so
DocumentRoot ${folder}/htdocs
User www-data
Group www-data
KeepAlive On
MaxKeepAliveRequests 0
<Location />
  Require all granted
  MellonEnable info
  MellonEndpointPath /mellon
  MellonSecureCookie Off
  MellonCookieSameSite none
  MellonIdPMetadataFile ${idp}
  MellonSPMetadataFile ${sp}
  MellonSPPrivateKeyFile ${key}
  MellonSPCertFile ${certificate}
</Location>
`,
  )
  return {
    command: [
      'env',
      `SSL_CERT_FILE=${authorities}`,
      'SSL_CERT_DIR=/nonexistent',
      'apache2',
      '-f',
      settings,
      '-DFOREGROUND',
    ],
    service: {
      kind: 'saml',
      origin,
      startURL: `${origin}/mellon/login?ReturnTo=${encodeURIComponent(origin + DONE)}`,
      sp: { entityID, acsURL },
      sendsCookies: true,
    },
  }
}

function pem(label: string, base64: string): string {
  return `-----BEGIN ${label}-----\n${base64.match(/.{1,64}/g)!.join('\n')}\n-----END ${label}-----\n`
}
