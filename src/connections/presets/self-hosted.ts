// The presets that customers host themselves: AD FS, Keycloak, Shibboleth.
import type { Preset } from './preset.ts'

const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'

const ADFS_ACS =
  'In the trust’s Properties, on the tab Endpoints, enter our ACS URL as SAML ' +
  'Assertion Consumer with the binding POST.'

const ADFS_ISSUER =
  'Copy Federation Service identifier into the connection. It begins with http:// even where AD FS is reached by https.'

export const ADFS: Preset = {
  id: 'adfs',
  name: 'Microsoft AD FS',
  recognisedBy: {
    entityID: [/^https?:\/\/[^/]+\/adfs\/services\/trust$/i],
    ssoURL: [/^https?:\/\/[^/]+\/adfs\/ls\/?(?:\?|$)/i],
  },
  place: 'AD FS Management › Relying Party Trusts › the trust › Properties',
  ours: {
    entityID: 'Relying party trust identifier; later Identifiers › Relying party identifier',
    acsURL:
      'Relying party SAML 2.0 SSO service URL; later Endpoints › SAML Assertion ' +
      'Consumer, binding POST',
    upload:
      'Add Relying Party Trust › Claims aware › Import data about the relying party from ' +
      'a file, or published online',
    signOnURL: null,
  },
  theirs: {
    entityID: 'Edit Federation Service Properties › Federation Service identifier',
    ssoURL: 'https://(Federation Service name)/adfs/ls/',
    certificate:
      'Service › Certificates › Token-signing › View Certificate › Details › Copy to File',
    metadata: 'https://(Federation Service name)/FederationMetadata/2007-06/FederationMetadata.xml',
  },
  signOutURL: '/adfs/ls/?wa=wsignout1.0',
  attributesPlace: 'Edit Claim Issuance Policy › Add Rule › Send LDAP Attributes as Claims',
  attributes: {
    email: { name: `${CLAIMS}/emailaddress`, value: 'E-Mail-Addresses › E-Mail Address' },
    firstName: { name: `${CLAIMS}/givenname`, value: 'Given-Name › Given Name' },
    lastName: { name: `${CLAIMS}/surname`, value: 'Surname › Surname' },
  },
  nameID:
    'AD FS sends none by itself. Add a rule Transform an Incoming Claim after the first: ' +
    'from E-Mail Address to Name ID, format Email. A user whose address changes signs in as ' +
    'before once the login e-mail here changes too.',
  remedies: {
    name_id:
      'Edit Claim Issuance Policy › Add Rule › Transform an Incoming Claim: from E-Mail ' +
      'Address to Name ID, format Email, after the rule that sends the e-mail.',
    signature_missing:
      'On the server: Set-AdfsRelyingPartyTrust -TargetName "…" -SamlResponseSignature ' +
      'MessageAndAssertion',
    signature_algorithm:
      'In the trust’s Properties, on the tab Advanced, set Secure hash algorithm to SHA-256.',
    signature_invalid:
      'AD FS has rolled its token-signing certificate over. Export the primary one under ' +
      'Service › Certificates and add it here, best together with the secondary one.',
    encryption_cbc:
      'On the server: Set-AdfsRelyingPartyTrust -TargetName "…" -SamlResponseSignature ' +
      'MessageAndAssertion, or -EncryptClaims $false',
    encryption_failed:
      'In the trust’s Properties, on the tab Encryption, enter our current certificate. ' +
      'On the server, set -SamlResponseSignature MessageAndAssertion.',
    audience: 'In the trust’s Properties, on the tab Identifiers, add our Entity ID.',
    recipient: ADFS_ACS,
    destination: ADFS_ACS,
    response_issuer: ADFS_ISSUER,
    assertion_issuer: ADFS_ISSUER,
    attribute_missing:
      'Under Edit Claim Issuance Policy, send E-Mail-Addresses as E-Mail Address, ' +
      'Given-Name as Given Name and Surname as Surname, and fill them for the user in ' +
      'Active Directory.',
    status:
      'The reason is on the server: Event Viewer › Applications and Services Logs › AD ' +
      'FS › Admin. InvalidNameIDPolicy: no rule sends a Name ID in the format that the ' +
      'connection asks for. Otherwise look at the trust’s Access Control Policy.',
    not_before:
      'Set the clocks (NTP), or on the server: Set-AdfsRelyingPartyTrust -TargetName "…" ' +
      '-NotBeforeSkew 2',
  },
  source: [
    'https://learn.microsoft.com/en-us/previous-versions/windows/powershell/jj590799(v=wps.630)',
    'https://learn.microsoft.com/en-us/windows-server/identity/ad-fs/operations/create-a-relying-party-trust',
    'https://social.technet.microsoft.com/wiki/contents/articles/1439.ad-fs-how-to-invoke-a-ws-federation-sign-out.aspx',
  ],
}

const KEYCLOAK_ACS =
  'Copy our ACS URL into Settings › Master SAML Processing URL and into Valid redirect URIs.'

export const KEYCLOAK: Preset = {
  id: 'keycloak',
  name: 'Keycloak',
  recognisedBy: {
    entityID: [/^https?:\/\/[^/]+\/(?:[^?#]*\/)?realms\/[^/?#]+$/i],
    ssoURL: [/^https?:\/\/[^/]+\/(?:[^?#]*\/)?realms\/[^/?#]+\/protocol\/saml$/i],
  },
  place: 'Admin console › the realm › Clients › the client',
  ours: {
    entityID: 'Settings › Client ID',
    acsURL:
      'Settings › Master SAML Processing URL, and the same among Valid redirect URIs; or ' +
      'Advanced › Assertion Consumer Service POST Binding URL',
    upload: 'Clients › Import client',
    signOnURL: 'Settings › Home URL',
  },
  theirs: {
    entityID: 'The realm’s address, which ends with /realms/ and its name',
    ssoURL: 'The realm’s address with /protocol/saml',
    certificate: 'Realm settings › Keys › RS256 › Certificate',
    metadata: 'Realm settings › General › Endpoints › SAML 2.0 Identity Provider Metadata',
  },
  signOutURL: 'openid-connect/logout',
  attributesPlace:
    'Client scopes › the client’s own (dedicated) scope › Add mapper › From predefined mappers',
  attributes: {
    email: { name: 'urn:oid:1.2.840.113549.1.9.1', value: 'X500 email' },
    firstName: { name: 'urn:oid:2.5.4.42', value: 'X500 givenName' },
    lastName: { name: 'urn:oid:2.5.4.4', value: 'X500 surname' },
  },
  nameID: 'Settings › Name ID format persistent, with Force name ID format on. It never changes.',
  remedies: {
    signature_missing:
      'In the client’s Settings, under Signature and Encryption, switch Sign documents ' +
      'or Sign assertions on.',
    signature_algorithm:
      'In the client’s Settings, under Signature and Encryption, set Signature algorithm ' +
      'to RSA_SHA256.',
    signature_invalid:
      'Copy the certificate of the active RS256 key from Realm settings › Keys and add it here.',
    signature_transform:
      'In the client’s Settings, under Signature and Encryption, set Canonicalization ' +
      'method to EXCLUSIVE.',
    encryption_algorithm:
      'In the client’s Settings, set Encryption algorithm to AES_256_GCM and Key ' +
      'transport algorithm to RSA-OAEP-11. Older versions: switch Encrypt assertions off ' +
      'on the tab Keys.',
    encryption_cbc:
      'In the client’s Settings, set Encryption algorithm to AES_256_GCM. Older ' +
      'versions: switch Sign documents on.',
    encryption_failed:
      'On the tab Keys, import our current certificate under Encrypt assertions, and ' +
      'switch Sign documents on.',
    audience: 'The Client ID must be our Entity ID.',
    recipient: KEYCLOAK_ACS,
    destination: KEYCLOAK_ACS,
    attribute_missing:
      'Add the predefined mappers X500 email, X500 givenName and X500 surname to the ' +
      'client’s own scope, and fill the user’s profile.',
    email_ambiguous: 'Two mappers send an e-mail: keep one in the client’s scopes.',
    authn_statement: 'In the client’s Settings, switch Include AuthnStatement on.',
    method_not_allowed: 'In the client’s Settings, switch Force POST binding on.',
    status:
      'Keycloak shows most errors on its own page. Invalid requester: import our ' +
      'certificate on the tab Keys, or switch Client signature required off. Invalid ' +
      'redirect URI: add our ACS URL to Valid redirect URIs.',
  },
  source: [
    'https://www.keycloak.org/docs/latest/server_admin/#_client-saml-configuration',
    'https://www.keycloak.org/docs/latest/server_admin/#_oidc-logout',
  ],
}

const SHIBBOLETH_ACS =
  'Load our current metadata in conf/metadata-providers.xml: it has the ACS URL that is used.'

export const SHIBBOLETH: Preset = {
  id: 'shibboleth',
  name: 'Shibboleth IdP',
  recognisedBy: {
    entityID: [/^https?:\/\/[^/]+\/(?:[^?#]*\/)?idp\/shibboleth$/i],
    ssoURL: [/^https?:\/\/[^/]+\/(?:[^?#]*\/)?idp\/profile\/(?:SAML2|Shibboleth)\//i],
  },
  // It is set up in files; the names of their parts stand for those of screens.
  place: 'The files in conf/ of the IdP',
  ours: {
    entityID: 'entityID in our metadata',
    acsURL: 'AssertionConsumerService in our metadata',
    upload: 'A MetadataProvider in conf/metadata-providers.xml that reads our metadata',
    signOnURL: null,
  },
  theirs: {
    entityID: 'idp.entityID in conf/idp.properties',
    ssoURL: 'SingleSignOnService in the IdP’s metadata, …/idp/profile/SAML2/Redirect/SSO',
    certificate: 'credentials/idp-signing.crt',
    metadata: 'metadata/idp-metadata.xml, or the URL that is the entityID where it is published',
  },
  signOutURL: '../../Logout',
  attributesPlace: 'An AttributeFilterPolicy for our Entity ID in conf/attribute-filter.xml',
  attributes: {
    email: { name: 'urn:oid:0.9.2342.19200300.100.1.3', value: 'mail' },
    firstName: { name: 'urn:oid:2.5.4.42', value: 'givenName' },
    lastName: { name: 'urn:oid:2.5.4.4', value: 'sn' },
  },
  nameID:
    'A persistent generator in conf/saml-nameid.xml, and nameIDFormatPrecedence for our ' +
    'Entity ID in conf/relying-party.xml. The default, transient, is another at every ' +
    'login.',
  remedies: {
    name_id:
      'Release to our Entity ID the attribute that the NameID generator in ' +
      'conf/saml-nameid.xml is made from, and switch encryptNameIDs off.',
    signature_missing:
      'In conf/relying-party.xml, set signResponses (the default) or signAssertions for ' +
      'SAML2.SSO to true.',
    signature_invalid:
      'Add the certificate in credentials/idp-signing.crt here: idp.signing.cert names ' +
      'the one in use.',
    encryption_no_key:
      'Set idp.encryption.optional to true in conf/idp.properties, or encryptAssertions ' +
      'to false for our Entity ID in conf/relying-party.xml.',
    encryption_cbc:
      'Set idp.encryption.config to shibboleth.EncryptionConfiguration.GCM in ' +
      'conf/idp.properties, or signResponses for SAML2.SSO to true.',
    encryption_failed:
      'Load our current metadata in conf/metadata-providers.xml: it has the certificate ' +
      'to encrypt with. Keep signResponses for SAML2.SSO at true.',
    audience: 'Load our metadata unchanged in conf/metadata-providers.xml: entityID must be ours.',
    recipient: SHIBBOLETH_ACS,
    destination: SHIBBOLETH_ACS,
    attribute_missing:
      'In conf/attribute-filter.xml, release mail, givenName and sn to our Entity ID, ' +
      'then reload the filter.',
    email_ambiguous:
      'An attribute with several values, such as two addresses in mail, must be reduced ' +
      'to one in conf/attribute-resolver.xml.',
    email:
      'Where mail has several addresses, reduce it to the login e-mail in ' +
      'conf/attribute-resolver.xml.',
    status: 'The reason is in logs/idp-process.log on the server.',
  },
  source: [
    'https://shibboleth.atlassian.net/wiki/spaces/IDP4/pages/1265631694',
    'https://shibboleth.atlassian.net/wiki/spaces/IDP4/pages/1265631684/ProfileConfiguration-SAML2',
    'https://shibboleth.atlassian.net/wiki/spaces/IDP5/pages/3199508797',
    'https://wiki.shibboleth.net/confluence/display/IDP30/LogoutConfiguration',
  ],
}
