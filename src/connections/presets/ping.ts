// The presets of Ping Identity: PingOne and PingFederate.
import type { Preset } from './preset.ts'

const PINGONE_ACS =
  'Copy our ACS URL into Configuration › ACS URLs, as the first: it is the default.'

export const PINGONE: Preset = {
  id: 'pingone',
  name: 'PingOne',
  recognisedBy: {
    entityID: [
      /^https:\/\/auth\.pingone\.(?:com|eu|ca|asia|sg|com\.au)\/[\w-]+$/i,
      /^https:\/\/pingone\.com\/idp\/\S+$/i,
    ],
    ssoURL: [
      /^https:\/\/auth\.pingone\.(?:com|eu|ca|asia|sg|com\.au)\//i,
      /^https:\/\/sso\.connect\.pingidentity\.com\//i,
      /^https:\/\/[^/]+\/(?:[\w-]+\/)?saml20\/idp\/sso$/i,
    ],
  },
  place: 'Admin console › Applications › Applications › the application',
  ours: {
    entityID: 'Configuration › Entity ID',
    acsURL: 'Configuration › ACS URLs',
    upload:
      'SAML Configuration › Import Metadata or Import From URL, when the application is added',
    signOnURL: 'Overview › Signon URL',
  },
  theirs: {
    entityID: 'Configuration › Issuer ID',
    ssoURL: 'Configuration › Single Signon Service',
    certificate: 'Configuration › Download Signing Certificate',
    metadata: 'Configuration › IDP Metadata URL, or Download Metadata for a file',
  },
  signOutURL: '../../as/signoff',
  attributesPlace: 'Attribute Mappings',
  attributes: {
    email: { name: 'email', value: 'Email Address' },
    firstName: { name: 'firstName', value: 'Given Name' },
    lastName: { name: 'lastName', value: 'Family Name' },
  },
  nameID:
    'Attribute Mappings › saml_subject: User ID, which never changes. Configuration › ' +
    'Subject NameID Format: persistent.',
  remedies: {
    signature_missing:
      'On the tab Configuration, choose Sign Assertion, Sign Response or Sign Assertion ' +
      '& Response under the signing key.',
    signature_algorithm: 'On the tab Configuration, set the signing algorithm to RSA_SHA256.',
    signature_invalid:
      'On the tab Configuration, download the signing certificate that is selected as ' +
      'Signing Key and add it here.',
    encryption_cbc:
      'On the tab Configuration, choose Sign Response or Sign Assertion & Response, or ' +
      'clear Encryption.',
    audience: 'Copy our Entity ID into Configuration › Entity ID.',
    recipient: PINGONE_ACS,
    destination: PINGONE_ACS,
    attribute_missing:
      'On the tab Attribute Mappings, map email to Email Address, firstName to Given ' +
      'Name and lastName to Family Name.',
    status:
      'Switch the application on with its toggle, and give one of the user’s groups ' +
      'access on the tab Access.',
  },
  source: [
    'https://docs.pingidentity.com/r/en-us/pingone/pingone_p1tutorial_add_a_saml_app',
    'https://docs.pingidentity.com/r/en-us/pingone/pingone_edit_application_saml',
    'https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2/signoff.html',
  ],
}

const PINGFEDERATE_ACS =
  'Copy our ACS URL into Browser SSO › Protocol Settings › Assertion Consumer ' +
  'Service URL, with the binding POST.'

const PINGFEDERATE_ISSUER =
  'Copy SAML 2.0 Entity ID into the connection; where General Info has a Virtual ' +
  'Server ID, that is the issuer.'

export const PINGFEDERATE: Preset = {
  id: 'pingfederate',
  name: 'PingFederate',
  recognisedBy: {
    // The administrator chooses the entityID.
    entityID: [],
    ssoURL: [/^https?:\/\/[^/]+\/(?:[^?#]*\/)?idp\/SSO\.saml2(?:\?|$)/i],
  },
  place: 'Applications › Integration › SP Connections › the connection',
  ours: {
    entityID: 'General Info › Partner’s Entity ID (Connection ID)',
    acsURL: 'Browser SSO › Protocol Settings › Assertion Consumer Service URL, binding POST',
    upload: 'Import Metadata, when the connection is created',
    signOnURL: null,
  },
  theirs: {
    entityID: 'Protocol Settings › Federation Info › SAML 2.0 Entity ID',
    ssoURL: 'The server’s base URL with /idp/SSO.saml2',
    certificate: 'Security › Signing & Decryption Keys & Certificates › Export',
    metadata: 'SP Connections › Select Action › Export Metadata, a file',
  },
  signOutURL: null,
  attributesPlace: 'Browser SSO › Assertion Creation › Attribute Contract › Extend the Contract',
  attributes: {
    email: { name: 'email', value: 'the directory’s mail' },
    firstName: { name: 'firstName', value: 'the directory’s givenName' },
    lastName: { name: 'lastName', value: 'the directory’s sn' },
  },
  nameID:
    'Assertion Creation › Attribute Contract Fulfillment › SAML_SUBJECT: a value that ' +
    'never changes, such as the directory’s objectGUID, or the e-mail address.',
  remedies: {
    signature_missing:
      'Under Browser SSO › Protocol Settings › Signature Policy, select Always Sign ' +
      'Assertion or Sign Response As Required.',
    signature_algorithm:
      'Under Credentials › Digital Signature Settings, set the signing algorithm to RSA SHA256.',
    signature_invalid:
      'Under Credentials › Digital Signature Settings, see which certificate signs, ' +
      'export it and add it here.',
    encryption_cbc:
      'Under Browser SSO › Protocol Settings › Signature Policy, select Sign Response As ' +
      'Required, or set Encryption Policy to None.',
    encryption_failed:
      'Under Credentials › Select XML Encryption Certificate, choose our current ' +
      'certificate, and keep a Signature Policy that signs.',
    audience: 'Copy our Entity ID into General Info › Partner’s Entity ID (Connection ID).',
    recipient: PINGFEDERATE_ACS,
    destination: PINGFEDERATE_ACS,
    response_issuer: PINGFEDERATE_ISSUER,
    assertion_issuer: PINGFEDERATE_ISSUER,
    attribute_missing:
      'Under Assertion Creation, extend the Attribute Contract by email, firstName and ' +
      'lastName and fulfil each under Attribute Contract Fulfillment.',
    status:
      'The reason is in the server’s log. Often the Issuance Criteria refuse the user, ' +
      'or our certificate is missing under Signature Verification Settings.',
  },
  source: [
    'https://docs.pingidentity.com/r/en-us/pingfederate-103/help_spprotocolsettingstasklet_spsignaturepolicystate',
    'https://docs.pingidentity.com/r/en-us/solution-guides/qcq1629413750583',
    'https://docs.pingidentity.com/integrations/scim/setup/pf_scim_connector_pf_sso_details_for_the_service_provider.html',
  ],
}
