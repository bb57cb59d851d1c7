// Writes the demo IdP's metadata.
import { idpURL, type IdpConfig } from './config.ts'
import { escapeMarkup } from './pages.ts'

export const emailAddress = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'

/** The IdP's metadata. XML. */
export function renderMetadata(config: IdpConfig): string {
  const service = (binding: string) =>
    `    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${idpURL(config, '/sso')}"/>`
  return `<?xml version="1.0" encoding="UTF-8"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${escapeMarkup(config.entityID)}">
  <IDPSSODescriptor WantAuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing">
      <KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${config.certificate}</X509Certificate></X509Data></KeyInfo>
    </KeyDescriptor>
    <NameIDFormat>${emailAddress}</NameIDFormat>
${service('HTTP-Redirect')}
${service('HTTP-POST')}
  </IDPSSODescriptor>
</EntityDescriptor>
`
}
