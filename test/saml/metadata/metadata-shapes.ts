// Metadata in the shapes in which IdPs publish it: element order, prefixes, what stands beside the
// IDPSSODescriptor, line breaks. All values are invented. The two that are signed were signed by
// xmlsec1 with the key `idp`.
import { certificateOf, pemOf } from '../../support/keys.ts'
import { MD, PROTOCOL } from './metadata-text.ts'

const IDP = certificateOf('idp')
const NEXT = certificateOf('idpNext')
const OTHER = certificateOf('attacker')
const wrapped = pemOf('idp').replaceAll(/-----[^-]+-----\n/g, '')

const DS = 'http://www.w3.org/2000/09/xmldsig#'
const XSI = 'http://www.w3.org/2001/XMLSchema-instance'
const FED = 'http://docs.oasis-open.org/wsfed/federation/200706'
const AUTH = 'http://docs.oasis-open.org/wsfed/authorization/200706'
const WSA = 'http://www.w3.org/2005/08/addressing'
const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const BINDINGS = 'urn:oasis:names:tc:SAML:2.0:bindings'
const FORMATS = 'urn:oasis:names:tc:SAML:2.0:nameid-format'
const FORMATS_1_1 = 'urn:oasis:names:tc:SAML:1.1:nameid-format'

export type Shape = {
  xml: string
  entityID: string
  /** Bindings and locations, in order. */
  sso: [binding: 'HTTP-Redirect' | 'HTTP-POST', location: string][]
  certificates: string[]
  validUntil?: number
  cacheSeconds?: number
  wantAuthnRequestsSigned?: true
  signed?: true
}

function keyInfo(certificate: string): string {
  return `<KeyInfo xmlns="${DS}"><X509Data><X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo>`
}

function signature(id: string, digest: string, value: string, prefix = ''): string {
  const [p, xmlns] = prefix === '' ? ['', 'xmlns'] : [`${prefix}:`, `xmlns:${prefix}`]
  return `<${p}Signature ${xmlns}="${DS}"><${p}SignedInfo><${p}CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#" /><${p}SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" /><${p}Reference URI="#${id}"><${p}Transforms><${p}Transform Algorithm="${DS}enveloped-signature" /><${p}Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#" /></${p}Transforms><${p}DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256" /><${p}DigestValue>${digest}</${p}DigestValue></${p}Reference></${p}SignedInfo><${p}SignatureValue>${value}</${p}SignatureValue>${keyInfo(IDP)}</${p}Signature>`
}

function claimTypes(names: string[]): string {
  return names
    .map(
      (name) =>
        `<auth:ClaimType Uri="${CLAIMS}/${name}" Optional="true" xmlns:auth="${AUTH}"><auth:DisplayName>${name}</auth:DisplayName><auth:Description>The ${name} of the user.</auth:Description></auth:ClaimType>`,
    )
    .join('')
}

function endpointReference(address: string): string {
  return `<wsa:EndpointReference xmlns:wsa="${WSA}"><wsa:Address>${address}</wsa:Address></wsa:EndpointReference>`
}

const TENANT = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0'
const ENTRA = `https://login.microsoftonline.com/${TENANT}`

/** One line, signed, with roles of WS-Federation before that of SAML. */
const entraID: Shape = {
  entityID: `https://sts.windows.net/${TENANT}/`,
  sso: [
    ['HTTP-Redirect', `${ENTRA}/saml2`],
    ['HTTP-POST', `${ENTRA}/saml2`],
  ],
  certificates: [IDP, NEXT],
  signed: true,
  xml:
    `<?xml version="1.0" encoding="utf-8"?><EntityDescriptor ID="_5d1c8f0e-7a2b-4c3d-9e8f-102030405060" entityID="https://sts.windows.net/${TENANT}/" xmlns="${MD}">` +
    signature(
      '_5d1c8f0e-7a2b-4c3d-9e8f-102030405060',
      '1brTx90WzfXMdpOvV05F+S7GLMoUVduWN4dB7EsOCJ4=',
      'atZNGqiRqdqvjTcgYVLYrB9dCOfWchN/mLOl+gbw+pzIGglApvs2mbalARpL37mKa6Kp2gEMHmtTv/wraKT89sci7kixHMqfYbBblI64u8sxks/qJI65lQF72VDltysW6wQ1/ti8FkfaAwiCGAIw0dPm7wq8vsxKNDNiDlciZG50shEPzF1XFxUBZBaJUsQe3qF9CcVocO9rFWxNFPK04TyxP3HcyfwxYwhUGfU14oqUo71JkURm2di5VmW1HYTvAHnGYJ9B14PVYjpa0Z6My4soxYpX/Yz2mqOHBSBf7jukEt3CiOcL43a5JzUjrtmz9ResZ9ur0GTfZ0DPFgeJzQ==',
    ) +
    `<RoleDescriptor xsi:type="fed:SecurityTokenServiceType" protocolSupportEnumeration="${FED}" xmlns:xsi="${XSI}" xmlns:fed="${FED}">` +
    `<KeyDescriptor use="signing">${keyInfo(OTHER)}</KeyDescriptor><fed:ClaimTypesOffered>${claimTypes(['name', 'givenname', 'surname', 'emailaddress'])}</fed:ClaimTypesOffered>` +
    `<fed:SecurityTokenServiceEndpoint>${endpointReference(`${ENTRA}/wsfed`)}</fed:SecurityTokenServiceEndpoint><fed:PassiveRequestorEndpoint>${endpointReference(`${ENTRA}/wsfed`)}</fed:PassiveRequestorEndpoint></RoleDescriptor>` +
    `<RoleDescriptor xsi:type="fed:ApplicationServiceType" protocolSupportEnumeration="${FED}" xmlns:xsi="${XSI}" xmlns:fed="${FED}"><KeyDescriptor use="signing">${keyInfo(OTHER)}</KeyDescriptor>` +
    `<fed:TargetScopes>${endpointReference(`https://sts.windows.net/${TENANT}/`)}</fed:TargetScopes></RoleDescriptor>` +
    `<IDPSSODescriptor protocolSupportEnumeration="${PROTOCOL}"><KeyDescriptor use="signing">${keyInfo(IDP)}</KeyDescriptor><KeyDescriptor use="signing">${keyInfo(NEXT)}</KeyDescriptor>` +
    `<SingleLogoutService Binding="${BINDINGS}:HTTP-Redirect" Location="${ENTRA}/saml2" /><SingleSignOnService Binding="${BINDINGS}:HTTP-Redirect" Location="${ENTRA}/saml2" /><SingleSignOnService Binding="${BINDINGS}:HTTP-POST" Location="${ENTRA}/saml2" /></IDPSSODescriptor></EntityDescriptor>`,
}

const OKTA = 'https://tenant.okta.com/app/tenant_gatepost_1/exk1a2b3c4d5e6f7g8h9/sso/saml'

/** The certificate in lines of 64 characters that begin in the element. */
const okta: Shape = {
  entityID: 'http://www.okta.com/exk1a2b3c4d5e6f7g8h9',
  sso: [
    ['HTTP-POST', OKTA],
    ['HTTP-Redirect', OKTA],
  ],
  certificates: [IDP],
  xml: `<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor entityID="http://www.okta.com/exk1a2b3c4d5e6f7g8h9" xmlns:md="${MD}"><md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="${PROTOCOL}"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${DS}"><ds:X509Data><ds:X509Certificate>${wrapped}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:NameIDFormat>${FORMATS_1_1}:unspecified</md:NameIDFormat><md:NameIDFormat>${FORMATS_1_1}:emailAddress</md:NameIDFormat><md:SingleSignOnService Binding="${BINDINGS}:HTTP-POST" Location="${OKTA}"/><md:SingleSignOnService Binding="${BINDINGS}:HTTP-Redirect" Location="${OKTA}"/></md:IDPSSODescriptor></md:EntityDescriptor>`,
}

const GOOGLE = 'https://accounts.google.com/o/saml2'

const googleWorkspace: Shape = {
  entityID: `${GOOGLE}?idpid=C01abcd2e`,
  sso: [
    ['HTTP-Redirect', `${GOOGLE}/idp?idpid=C01abcd2e`],
    ['HTTP-POST', `${GOOGLE}/idp?idpid=C01abcd2e`],
  ],
  certificates: [IDP],
  validUntil: Date.UTC(2031, 4, 6, 7, 8, 9),
  xml: `<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<md:EntityDescriptor xmlns:md="${MD}" entityID="${GOOGLE}?idpid=C01abcd2e" validUntil="2031-05-06T07:08:09.000Z">
  <md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="${PROTOCOL}">
    <md:KeyDescriptor use="signing">
      <ds:KeyInfo xmlns:ds="${DS}">
        <ds:X509Data>
          <ds:X509Certificate>${wrapped}</ds:X509Certificate>
        </ds:X509Data>
      </ds:KeyInfo>
    </md:KeyDescriptor>
    <md:NameIDFormat>${FORMATS_1_1}:emailAddress</md:NameIDFormat>
    <md:SingleSignOnService Binding="${BINDINGS}:HTTP-Redirect" Location="${GOOGLE}/idp?idpid=C01abcd2e"/>
    <md:SingleSignOnService Binding="${BINDINGS}:HTTP-POST" Location="${GOOGLE}/idp?idpid=C01abcd2e"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>
`,
}

const ADFS = 'https://fs.tenant.example/adfs'
const ADFS_CLAIMS = Array.from({ length: 60 }, (_, index) => `claim${index}`)

/**
 * A byte order mark, a signature, two roles of WS-Federation with many claim types, its own
 * SPSSODescriptor, keys for encryption.
 */
const adfs: Shape = {
  entityID: 'http://fs.tenant.example/adfs/services/trust',
  sso: [
    ['HTTP-Redirect', `${ADFS}/ls/`],
    ['HTTP-POST', `${ADFS}/ls/`],
  ],
  certificates: [IDP],
  signed: true,
  xml:
    `\ufeff<EntityDescriptor ID="_9b8a7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d" entityID="http://fs.tenant.example/adfs/services/trust" xmlns="${MD}">` +
    signature(
      '_9b8a7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d',
      'O4f/pWbQY0lyjTn6ZYPKtVKlUqJpcxFtlqfTDmIZjZ0=',
      'KcAygrOdEsX+FOz3pOF90RbqknHMtvnAeBZPQJitNNJVwDLWU6pX6r4xj9Oux4WarFp7n0SbZDi8difTgbWOA4U1E6PZKTFSn3s0d3KisoZOic+ta/CZ6Cm4mJkkYR1n+tpAygVfSQ2vTExeLAcjDQYz4L4wzuc/fhCjVVxq6Dwke3Et2FtL5dGrXvERmljPScCwUPHwrkHQZtT9C0xZ39XrwR/GS2IK1rA9hwVf+Z4A7o0KaiSn1bLYNF6tLOYuVzjfsHMCudD6iGkv8arv7hRlo76Ew301b9dlFriv+dzFCEgKCHoX17y6QoyCWMEaS6v2pIaUQdHV2WYu7gctyQ==',
      'ds',
    ) +
    `<RoleDescriptor xsi:type="fed:ApplicationServiceType" protocolSupportEnumeration="http://docs.oasis-open.org/ws-sx/ws-trust/200512 http://schemas.xmlsoap.org/ws/2005/02/trust ${FED}" ServiceDisplayName="Tenant" xmlns:xsi="${XSI}" xmlns:fed="${FED}"><KeyDescriptor use="encryption">${keyInfo(OTHER)}</KeyDescriptor><fed:ClaimTypesRequested>${claimTypes(ADFS_CLAIMS)}</fed:ClaimTypesRequested><fed:TargetScopes>${endpointReference(`${ADFS}/ls/`)}${endpointReference('http://fs.tenant.example/adfs/services/trust')}</fed:TargetScopes></RoleDescriptor>` +
    `<RoleDescriptor xsi:type="fed:SecurityTokenServiceType" protocolSupportEnumeration="${FED}" ServiceDisplayName="Tenant" xmlns:xsi="${XSI}" xmlns:fed="${FED}"><KeyDescriptor use="encryption">${keyInfo(OTHER)}</KeyDescriptor><KeyDescriptor use="signing">${keyInfo(OTHER)}</KeyDescriptor><fed:TokenTypesOffered><fed:TokenType Uri="urn:oasis:names:tc:SAML:2.0:assertion" /></fed:TokenTypesOffered><fed:ClaimTypesOffered>${claimTypes(ADFS_CLAIMS)}</fed:ClaimTypesOffered></RoleDescriptor>` +
    `<SPSSODescriptor WantAssertionsSigned="true" protocolSupportEnumeration="${PROTOCOL}"><KeyDescriptor use="encryption">${keyInfo(OTHER)}</KeyDescriptor><KeyDescriptor use="signing">${keyInfo(OTHER)}</KeyDescriptor><SingleLogoutService Binding="${BINDINGS}:HTTP-Redirect" Location="${ADFS}/ls/" /><NameIDFormat>${FORMATS}:persistent</NameIDFormat><AssertionConsumerService Binding="${BINDINGS}:HTTP-POST" Location="${ADFS}/ls/" index="0" isDefault="true" /></SPSSODescriptor>` +
    `<IDPSSODescriptor protocolSupportEnumeration="${PROTOCOL}"><KeyDescriptor use="encryption">${keyInfo(OTHER)}</KeyDescriptor><KeyDescriptor use="signing">${keyInfo(IDP)}</KeyDescriptor><SingleLogoutService Binding="${BINDINGS}:HTTP-Redirect" Location="${ADFS}/ls/" /><NameIDFormat>${FORMATS}:transient</NameIDFormat><SingleSignOnService Binding="${BINDINGS}:HTTP-Redirect" Location="${ADFS}/ls/" /><SingleSignOnService Binding="${BINDINGS}:HTTP-POST" Location="${ADFS}/ls/" /><Attribute Name="${CLAIMS}/emailaddress" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" FriendlyName="E-Mail Address" xmlns="urn:oasis:names:tc:SAML:2.0:assertion" /></IDPSSODescriptor>` +
    `<ContactPerson contactType="support" /></EntityDescriptor>`,
}

const KEYCLOAK = 'https://id.tenant.example/realms/staff'

/** Both prefixed and default namespaces, a KeyName beside the certificate, all bindings. */
const keycloak: Shape = {
  entityID: KEYCLOAK,
  sso: [
    ['HTTP-POST', `${KEYCLOAK}/protocol/saml`],
    ['HTTP-Redirect', `${KEYCLOAK}/protocol/saml`],
  ],
  certificates: [IDP],
  wantAuthnRequestsSigned: true,
  xml: `<md:EntityDescriptor xmlns="${MD}" xmlns:md="${MD}" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:ds="${DS}" entityID="${KEYCLOAK}"><md:IDPSSODescriptor WantAuthnRequestsSigned="true" protocolSupportEnumeration="${PROTOCOL}"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:KeyName>Wc4rX2yQ7hLkq0nB</ds:KeyName><ds:X509Data><ds:X509Certificate>${IDP}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:ArtifactResolutionService Binding="${BINDINGS}:SOAP" Location="${KEYCLOAK}/protocol/saml/resolve" index="0"></md:ArtifactResolutionService><md:SingleLogoutService Binding="${BINDINGS}:HTTP-POST" Location="${KEYCLOAK}/protocol/saml"></md:SingleLogoutService><md:NameIDFormat>${FORMATS}:persistent</md:NameIDFormat><md:NameIDFormat>${FORMATS}:transient</md:NameIDFormat><md:NameIDFormat>${FORMATS_1_1}:unspecified</md:NameIDFormat><md:NameIDFormat>${FORMATS_1_1}:emailAddress</md:NameIDFormat>${['HTTP-POST', 'HTTP-Redirect', 'SOAP', 'HTTP-Artifact'].map((binding) => `<md:SingleSignOnService Binding="${BINDINGS}:${binding}" Location="${KEYCLOAK}/protocol/saml"></md:SingleSignOnService>`).join('')}</md:IDPSSODescriptor></md:EntityDescriptor>`,
}

const SHIBBOLETH = 'https://idp.university.example/idp'

/**
 * Comments everywhere, extensions, keys of the back channel, for signing and for encryption, a
 * second role, old bindings.
 */
const shibboleth: Shape = {
  entityID: `${SHIBBOLETH}/shibboleth`,
  sso: [
    ['HTTP-POST', `${SHIBBOLETH}/profile/SAML2/POST/SSO`],
    ['HTTP-Redirect', `${SHIBBOLETH}/profile/SAML2/Redirect/SSO`],
  ],
  certificates: [NEXT, IDP],
  xml: `<?xml version="1.0" encoding="UTF-8"?>
<!--
     This is example metadata only. Do *NOT* supply it as is without review,
     and do *NOT* provide it in real time to your partners.
-->
<EntityDescriptor  xmlns="${MD}" xmlns:ds="${DS}" xmlns:shibmd="urn:mace:shibboleth:metadata:1.0" xmlns:xml="http://www.w3.org/XML/1998/namespace" xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui" entityID="${SHIBBOLETH}/shibboleth">

    <IDPSSODescriptor protocolSupportEnumeration="${PROTOCOL} urn:oasis:names:tc:SAML:1.1:protocol urn:mace:shibboleth:1.0">

        <Extensions>
            <shibmd:Scope regexp="false">university.example</shibmd:Scope>
<!--
    Fill in the details for your IdP here

            <mdui:UIInfo>
                <mdui:DisplayName xml:lang="en">A Name for the IdP</mdui:DisplayName>
            </mdui:UIInfo>
-->
            <mdui:UIInfo>
                <mdui:DisplayName xml:lang="de">Universität Beispiel</mdui:DisplayName>
                <mdui:Logo height="80" width="80">https://university.example/logo.png?a=1&amp;b=2</mdui:Logo>
            </mdui:UIInfo>
        </Extensions>

        <!-- First signing certificate is BackChannel, the Second is FrontChannel -->
        <KeyDescriptor use="signing">
            <ds:KeyInfo>
                    <ds:X509Data>
                        <ds:X509Certificate>
${NEXT}
                        </ds:X509Certificate>
                    </ds:X509Data>
            </ds:KeyInfo>
        </KeyDescriptor>
        <KeyDescriptor use="signing">
            <ds:KeyInfo>
                    <ds:X509Data>
                        <ds:X509Certificate>
<!-- since 2024 -->
${wrapped}
                        </ds:X509Certificate>
                    </ds:X509Data>
            </ds:KeyInfo>
        </KeyDescriptor>
        <KeyDescriptor use="encryption">
            <ds:KeyInfo>
                    <ds:X509Data>
                        <ds:X509Certificate>
${OTHER}
                        </ds:X509Certificate>
                    </ds:X509Data>
            </ds:KeyInfo>
        </KeyDescriptor>

        <ArtifactResolutionService Binding="urn:oasis:names:tc:SAML:1.0:bindings:SOAP-binding" Location="${SHIBBOLETH}/profile/SAML1/SOAP/ArtifactResolution" index="1"/>
        <!--
        <SingleLogoutService Binding="${BINDINGS}:HTTP-Redirect" Location="${SHIBBOLETH}/profile/SAML2/Redirect/SLO"/>
        -->
        <SingleSignOnService Binding="urn:mace:shibboleth:1.0:profiles:AuthnRequest" Location="${SHIBBOLETH}/profile/Shibboleth/SSO"/>
        <SingleSignOnService Binding="${BINDINGS}:HTTP-POST"
            Location="${SHIBBOLETH}/profile/SAML2/POST/SSO"/>
        <SingleSignOnService Binding="${BINDINGS}:HTTP-POST-SimpleSign" Location="${SHIBBOLETH}/profile/SAML2/POST-SimpleSign/SSO"/>
        <SingleSignOnService Binding="${BINDINGS}:HTTP-Redirect" Location="${SHIBBOLETH}/profile/SAML2/Redirect/SSO"/>

    </IDPSSODescriptor>

    <AttributeAuthorityDescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol">
        <KeyDescriptor use="signing">
            <ds:KeyInfo><ds:X509Data><ds:X509Certificate>${OTHER}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
        </KeyDescriptor>
    </AttributeAuthorityDescriptor>

</EntityDescriptor>
`,
}

/** An entityID that is no URI, attributes it asks for, a contact with nothing in it. */
const pingFederate: Shape = {
  entityID: 'tenant-idp',
  sso: [
    ['HTTP-POST', 'https://sso.tenant.example:9031/idp/SSO.saml2'],
    ['HTTP-Redirect', 'https://sso.tenant.example:9031/idp/SSO.saml2'],
  ],
  certificates: [IDP],
  cacheSeconds: 24 * 3600,
  wantAuthnRequestsSigned: true,
  xml: `<md:EntityDescriptor ID="q2W.eR-tY7uIoPaSdFgHjKlZxCv" cacheDuration="PT1440M" entityID="tenant-idp" xmlns:md="${MD}"><md:IDPSSODescriptor protocolSupportEnumeration="${PROTOCOL}" WantAuthnRequestsSigned="1"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${DS}"><ds:X509Data><ds:X509Certificate>${IDP}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:NameIDFormat>${FORMATS_1_1}:unspecified</md:NameIDFormat><md:SingleSignOnService Location="https://sso.tenant.example:9031/idp/SSO.saml2" Binding="${BINDINGS}:HTTP-POST"/><md:SingleSignOnService Location="https://sso.tenant.example:9031/idp/SSO.saml2" Binding="${BINDINGS}:HTTP-Redirect"/><saml:Attribute NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic" Name="email" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/></md:IDPSSODescriptor><md:ContactPerson contactType="administrative"/></md:EntityDescriptor>`,
}

const ONELOGIN = 'https://tenant.onelogin.com/trust/saml2'

const oneLogin: Shape = {
  entityID: `https://app.onelogin.com/saml/metadata/${TENANT}`,
  sso: [
    ['HTTP-Redirect', `${ONELOGIN}/http-redirect/sso/${TENANT}`],
    ['HTTP-POST', `${ONELOGIN}/http-post/sso/${TENANT}`],
  ],
  certificates: [IDP],
  xml: `<?xml version="1.0"?>
<EntityDescriptor xmlns="${MD}" entityID="https://app.onelogin.com/saml/metadata/${TENANT}">
  <IDPSSODescriptor xmlns:ds="${DS}" protocolSupportEnumeration="${PROTOCOL}">
    <KeyDescriptor use="signing">
      <ds:KeyInfo xmlns:ds="${DS}">
        <ds:X509Data>
          <ds:X509Certificate>${wrapped}</ds:X509Certificate>
        </ds:X509Data>
      </ds:KeyInfo>
    </KeyDescriptor>
    <SingleLogoutService Binding="${BINDINGS}:HTTP-Redirect" Location="${ONELOGIN}/http-redirect/slo/1234567"/>

      <NameIDFormat>${FORMATS_1_1}:emailAddress</NameIDFormat>

    <SingleSignOnService Binding="${BINDINGS}:HTTP-Redirect" Location="${ONELOGIN}/http-redirect/sso/${TENANT}"/>
    <SingleSignOnService Binding="${BINDINGS}:HTTP-POST" Location="${ONELOGIN}/http-post/sso/${TENANT}"/>
    <SingleSignOnService Binding="${BINDINGS}:SOAP" Location="${ONELOGIN}/soap/sso/${TENANT}"/>
  </IDPSSODescriptor>
</EntityDescriptor>
`,
}

export const SHAPES: Record<string, Shape> = {
  'Entra ID': entraID,
  Okta: okta,
  'Google Workspace': googleWorkspace,
  'AD FS': adfs,
  Keycloak: keycloak,
  Shibboleth: shibboleth,
  PingFederate: pingFederate,
  OneLogin: oneLogin,
}
