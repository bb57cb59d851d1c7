// The presets that come with a whole directory: Microsoft Entra ID, Google Workspace, JumpCloud.
import type { Preset } from './preset.ts'

const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'

const ENTRA_ID_ACS =
  'Copy our ACS URL into Basic SAML Configuration › Reply URL, and mark it as ' +
  'default if there are several.'

const ENTRA_ID_ISSUER =
  'Copy Microsoft Entra Identifier into the connection, with its trailing slash: https://sts.windows.net/…/'

export const ENTRA_ID: Preset = {
  id: 'entra-id',
  name: 'Microsoft Entra ID',
  recognisedBy: {
    entityID: [/^https:\/\/sts\.(?:windows\.net|chinacloudapi\.cn)\/[^/]+\/?$/i],
    ssoURL: [/^https:\/\/login\.(?:microsoftonline\.(?:com|us)|partner\.microsoftonline\.cn)\//i],
  },
  place: 'Entra admin center › Enterprise apps › the application › Single sign-on › SAML',
  ours: {
    entityID: 'Basic SAML Configuration › Identifier (Entity ID)',
    acsURL: 'Basic SAML Configuration › Reply URL (Assertion Consumer Service URL)',
    upload: 'Upload metadata file, above Basic SAML Configuration',
    signOnURL: 'Basic SAML Configuration › Sign on URL',
  },
  theirs: {
    entityID: 'Set up … › Microsoft Entra Identifier',
    ssoURL: 'Set up … › Login URL',
    certificate: 'SAML Certificates › Certificate (Base64) › Download',
    metadata: 'SAML Certificates › App Federation Metadata Url',
  },
  signOutURL: 'https://login.microsoftonline.com/common/oauth2/v2.0/logout',
  attributesPlace: 'Attributes & Claims',
  // The three that a new application sends from the start.
  attributes: {
    email: { name: `${CLAIMS}/emailaddress`, value: 'user.mail' },
    firstName: { name: `${CLAIMS}/givenname`, value: 'user.givenname' },
    lastName: { name: `${CLAIMS}/surname`, value: 'user.surname' },
  },
  nameID:
    'Attributes & Claims › Unique User Identifier (Name ID): user.objectid with the ' +
    'format Persistent never changes. The default user.userprincipalname works where it is the ' +
    'e-mail. Otherwise, when a user is renamed, release the user on the page “NameIDs”.',
  remedies: {
    signature_missing:
      'In SAML Certificates, edit the signing certificate and choose a Signing Option: ' +
      'Sign SAML assertion is enough.',
    signature_algorithm:
      'In SAML Certificates, edit the signing certificate and set Signing Algorithm to SHA-256.',
    signature_invalid:
      'Download Certificate (Base64) from SAML Certificates and add it here. Of several ' +
      'certificates the one with status Active signs. Each application has its own: take ' +
      'it from ours.',
    encryption_cbc:
      'In SAML Certificates, set Signing Option to Sign SAML response and assertion, or ' +
      'deactivate encryption under Token encryption.',
    encryption_failed:
      'Under Token encryption, import our current certificate and activate it. In SAML ' +
      'Certificates, keep a Signing Option that signs.',
    audience:
      'Copy our Entity ID into Basic SAML Configuration › Identifier (Entity ID). With ' +
      'several identifiers ours must be there exactly.',
    recipient: ENTRA_ID_ACS,
    destination: ENTRA_ID_ACS,
    response_issuer: ENTRA_ID_ISSUER,
    assertion_issuer: ENTRA_ID_ISSUER,
    authn_context:
      'Entra answers with how the user authenticated before. Switch “Ask for authentication ' +
      'every time” on in the connection, or request all contexts that your users have.',
    attribute_missing:
      'Under Attributes & Claims, send emailaddress, givenname and surname. A claim whose ' +
      'source is empty is left out: user.mail is empty for users without a mailbox, such as ' +
      'some guests. Fill in Email in the properties of the user. For members, ' +
      'user.userprincipalname works too. Of a guest it may have #EXT#, and is no address.',
    email_ambiguous:
      'Under Attributes & Claims, keep one claim that carries an e-mail, and remove the others.',
    status:
      'Entra shows most errors on its own page with a number. AADSTS50105: assign the ' +
      'user under Users and groups. AADSTS75011: clear the requested authentication ' +
      'context in the connection.',
  },
  source: [
    'https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/add-application-portal-setup-sso',
    'https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/certificate-signing-options',
    'https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/howto-saml-token-encryption',
    'https://learn.microsoft.com/en-us/entra/external-id/claims-mapping',
    'https://learn.microsoft.com/en-us/troubleshoot/azure/active-directory/error-code-aadsts75011-auth-method-mismatch',
    'https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc#send-a-sign-out-request',
  ],
}

const GOOGLE_WORKSPACE_ACS = 'Copy our ACS URL into Service provider details › ACS URL.'

export const GOOGLE_WORKSPACE: Preset = {
  id: 'google-workspace',
  name: 'Google Workspace',
  recognisedBy: {
    entityID: [/^https:\/\/accounts\.google\.com\/o\/saml2\?idpid=\w+$/i],
    ssoURL: [/^https:\/\/accounts\.google\.com\/o\/saml2\/idp\?/i],
  },
  place: 'Admin console › Apps › Web and mobile apps › the custom SAML app',
  ours: {
    entityID: 'Service provider details › Entity ID',
    acsURL: 'Service provider details › ACS URL',
    upload: 'Metadata is not taken: copy the Entity ID and the ACS URL',
    signOnURL: 'Service provider details › Start URL',
  },
  theirs: {
    entityID: 'Google Identity Provider details › Entity ID',
    ssoURL: 'Google Identity Provider details › SSO URL',
    certificate: 'Google Identity Provider details › Certificate',
    metadata: 'Download metadata, a file',
  },
  signOutURL: null,
  attributesPlace: 'SAML attribute mapping › App attributes',
  attributes: {
    email: { name: 'email', value: 'Basic Information › Primary email' },
    firstName: { name: 'firstName', value: 'Basic Information › First name' },
    lastName: { name: 'lastName', value: 'Basic Information › Last name' },
  },
  nameID:
    'Service provider details › Name ID format EMAIL, Name ID Basic Information › ' +
    'Primary email. A user whose primary address changes signs in as before once the login ' +
    'e-mail here changes too.',
  remedies: {
    signature_missing: 'Tick Signed response in Service provider details.',
    signature_invalid:
      'Download the certificate that the app uses from Google Identity Provider details ' +
      'and add it here: an app can be on another certificate than the newest.',
    audience: 'Copy our Entity ID into Service provider details › Entity ID: case counts.',
    recipient: GOOGLE_WORKSPACE_ACS,
    destination: GOOGLE_WORKSPACE_ACS,
    attribute_missing:
      'In SAML attribute mapping, map Primary email to email, First name to firstName ' +
      'and Last name to lastName. New mappings can take up to 24 hours.',
    status:
      'Google shows most errors on its own page. app_not_enabled_for_user: turn the app ' +
      'ON under User access for the user’s organizational unit. app_not_configured and ' +
      'app_not_configured_for_user: our Entity ID is not exactly that of the app, or the ' +
      'user is signed in to another Google account.',
  },
  source: [
    'https://support.google.com/a/answer/6087519',
    'https://support.google.com/a/answer/6301076',
  ],
}

const JUMPCLOUD_ACS = 'Copy our ACS URL into ACS URLs, as the first.'

const JUMPCLOUD_ISSUER = 'Copy IdP Entity ID into the connection: it is free text and case counts.'

export const JUMPCLOUD: Preset = {
  id: 'jumpcloud',
  name: 'JumpCloud',
  recognisedBy: {
    // The administrator chooses the IdP Entity ID; these are the usual choices.
    entityID: [/^https:\/\/sso\.(?:\w+\.)?jumpcloud\.com(?:\/|$)/i, /^jumpcloud$/i],
    ssoURL: [/^https:\/\/sso\.(?:\w+\.)?jumpcloud\.com\//i],
  },
  place: 'Admin Portal › SSO Applications › the custom application › SSO',
  ours: {
    entityID: 'SP Entity ID',
    acsURL: 'ACS URLs',
    upload: 'Service Provider Metadata › Upload Metadata; the certificate alone: SP Certificate',
    signOnURL: 'Login URL',
  },
  theirs: {
    entityID: 'IdP Entity ID, which you choose',
    ssoURL: 'IDP URL',
    certificate: 'IDP Certificate Valid › Download Certificate, once the application is activated',
    metadata: 'JumpCloud Metadata › Copy Metadata URL, or Export Metadata for a file',
  },
  signOutURL: null,
  attributesPlace: 'Attributes › User Attribute Mapping › Service Provider Attribute Name',
  attributes: {
    email: { name: 'email', value: 'email' },
    firstName: { name: 'firstName', value: 'firstname' },
    lastName: { name: 'lastName', value: 'lastname' },
  },
  nameID:
    'SAMLSubject NameID: email, SAMLSubject NameID Format: emailAddress. A user whose ' +
    'address changes signs in as before once the login e-mail here changes too.',
  remedies: {
    signature_missing: 'Choose under Sign what is signed: the Assertion or the Response.',
    signature_algorithm: 'Set Signature Algorithm to RSA-SHA256.',
    signature_invalid:
      'Download the certificate of this application, or export its metadata again, and ' +
      'add it here. Every application has its own.',
    audience: 'Copy our Entity ID into SP Entity ID: case counts.',
    recipient: JUMPCLOUD_ACS,
    destination: JUMPCLOUD_ACS,
    response_issuer: JUMPCLOUD_ISSUER,
    assertion_issuer: JUMPCLOUD_ISSUER,
    attribute_missing:
      'Add email, firstName and lastName under User Attribute Mapping: none of them is ' +
      'sent otherwise.',
    status: 'Give one of the user’s groups access on the tab User Groups.',
  },
  source: [
    'https://jumpcloud.com/support/sso-application-connector-fields',
    'https://jumpcloud.com/support/sso-using-custom-saml-application-connectors',
    // Signing out by the menu of the User Portal, which has no address of its own.
    'https://jumpcloud.com/support/get-started-user-portal',
  ],
}
