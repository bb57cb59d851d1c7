// The presets that are identity services of their own: Okta, OneLogin, Auth0.
import type { Preset } from './preset.ts'

const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'

const OKTA_ACS =
  'Copy our ACS URL into Single sign-on URL and tick Use this for Recipient URL and ' +
  'Destination URL.'

export const OKTA: Preset = {
  id: 'okta',
  name: 'Okta',
  recognisedBy: {
    entityID: [/^https?:\/\/www\.okta(?:preview|-emea|-gov)?\.com\/\w+$/i],
    ssoURL: [
      /^https:\/\/[^/]+\.okta(?:preview|-emea|-gov)?\.com\//i,
      // Under a domain of the customer's own.
      /^https:\/\/[^/]+\/app\/[^?#]*\/exk\w+\/sso\/saml$/i,
    ],
  },
  place: 'Admin Console › Applications › Applications › the application › General › SAML Settings',
  ours: {
    entityID: 'Audience URI (SP Entity ID)',
    acsURL: 'Single sign-on URL, with Use this for Recipient URL and Destination URL ticked',
    upload: 'Show Advanced Settings › Signature Certificate, and Encryption Certificate',
    signOnURL: null,
  },
  theirs: {
    entityID: 'Sign On › Metadata details › More details › Issuer',
    ssoURL: 'Sign On › Metadata details › More details › Sign on URL',
    certificate: 'Sign On › Metadata details › More details › Signing Certificate',
    metadata: 'Sign On › Metadata details › Metadata URL',
  },
  signOutURL: '/login/signout',
  attributesPlace: 'Attribute Statements',
  attributes: {
    email: { name: 'email', value: 'user.email' },
    firstName: { name: 'firstName', value: 'user.firstName' },
    lastName: { name: 'lastName', value: 'user.lastName' },
  },
  nameID:
    'Name ID format Persistent with the Application username Custom, ' +
    'user.getInternalProperty("id"), never changes. EmailAddress with Email works too: a ' +
    'user whose address changes signs in as before once the login e-mail here changes too.',
  remedies: {
    signature_missing:
      'Under Show Advanced Settings, set Response or Assertion Signature to Signed.',
    signature_algorithm:
      'Under Show Advanced Settings, set Signature Algorithm to RSA-SHA256 and Digest ' +
      'Algorithm to SHA256.',
    signature_invalid:
      'Under Sign On › SAML Signing Certificates, download the certificate whose status ' +
      'is Active and add it here.',
    encryption_cbc:
      'Under Show Advanced Settings, set Response to Signed, or Encryption Algorithm to ' +
      'one with GCM.',
    encryption_failed:
      'Under Show Advanced Settings, upload our current certificate as Encryption ' +
      'Certificate, and set Response or Assertion Signature to Signed.',
    audience: 'Copy our Entity ID into Audience URI (SP Entity ID).',
    authn_not_forced: 'Under Show Advanced Settings, set Honor Force Authentication to Yes.',
    authn_context:
      'Under Show Advanced Settings, choose the Authentication context class that the ' +
      'connection requests.',
    recipient: OKTA_ACS,
    destination: OKTA_ACS,
    attribute_missing:
      'Add Attribute Statements: email as user.email, firstName as user.firstName, ' +
      'lastName as user.lastName. None is sent otherwise.',
    status:
      'Okta shows most errors on its own page. 403 App Not Assigned: assign the user, or ' +
      'a group of theirs, on the tab Assignments.',
  },
  source: [
    'https://help.okta.com/en-us/Content/Topics/Apps/aiw-saml-reference.htm',
    'https://developer.okta.com/docs/guides/update-oin-app/saml2/main/',
    'https://support.okta.com/help/s/article/when-does-saml-honor-force-authentication-apply',
    'https://support.okta.com/help/s/article/App-Sign-on-Error-403-User-attempted-unauthorized-access-to-app',
    // Used with SAML, and ends at Okta's sign-in page. Not found in Okta's own documentation.
    'https://github.com/Sustainsys/Saml2/issues/481',
  ],
}

export const ONELOGIN: Preset = {
  id: 'onelogin',
  name: 'OneLogin',
  recognisedBy: {
    entityID: [/^https:\/\/app\.onelogin\.com\/saml\/metadata\/[\w-]+$/i],
    ssoURL: [/^https:\/\/[^/]+\.onelogin\.com\/trust\/saml2\//i],
  },
  place:
    'Administration › Applications › Applications › SAML Custom Connector (Advanced) › ' +
    'Configuration',
  ours: {
    entityID: 'Audience (EntityID)',
    acsURL:
      'ACS (Consumer) URL, and the same in Recipient and, as a pattern, ACS (Consumer) ' +
      'URL Validator',
    upload: 'Metadata is not taken: copy the Entity ID and the ACS URL',
    signOnURL: 'Login URL',
  },
  theirs: {
    entityID: 'SSO › Issuer URL',
    ssoURL: 'SSO › SAML 2.0 Endpoint (HTTP)',
    certificate: 'SSO › X.509 Certificate › View Details',
    metadata: 'More Actions › SAML Metadata, a file',
  },
  signOutURL: '/oidc/2/logout',
  attributesPlace: 'Parameters, each with Include in SAML assertion ticked',
  attributes: {
    email: { name: 'email', value: 'Email' },
    firstName: { name: 'firstName', value: 'First Name' },
    lastName: { name: 'lastName', value: 'Last Name' },
  },
  nameID:
    'Parameters › NameID value: UUID with SAML nameID format Persistent never changes. ' +
    'Email works too: a user whose address changes signs in as before once the login ' +
    'e-mail here changes too.',
  remedies: {
    signature_missing:
      'On the tab Configuration, set SAML signature element to Assertion, Response or Both.',
    signature_algorithm: 'On the tab SSO, set SAML Signature Algorithm to SHA-256.',
    signature_invalid:
      'On the tab SSO, open X.509 Certificate › View Details, download the certificate ' +
      'as X.509 PEM and add it here.',
    encryption_cbc:
      'On the tab Configuration, set SAML signature element to Response or Both, or ' +
      'untick Encrypt assertion.',
    audience: 'Copy our Entity ID into Configuration › Audience (EntityID).',
    recipient: 'Copy our ACS URL into Configuration › Recipient and into ACS (Consumer) URL.',
    destination: 'Copy our ACS URL into Configuration › ACS (Consumer) URL.',
    attribute_missing:
      'On the tab Parameters, add email, firstName and lastName and tick Include in SAML ' +
      'assertion for each.',
    status: 'Give the user the application, or a role that has it, on the tab Access or Users.',
  },
  // The vendor’s own pages could not be read; these two customers’ guides show the same screens.
  source: [
    'https://support.workstars.com/hc/en-gb/articles/8166534041873',
    'https://www.cryptr.co/documentation/integrations/sso-saml-onelogin',
    'https://developers.onelogin.com/openid-connect/api/logout',
  ],
}

export const AUTH0: Preset = {
  id: 'auth0',
  name: 'Auth0',
  recognisedBy: {
    entityID: [/^urn:[\w-]+(?:\.[\w-]+)?\.auth0\.com$/i],
    ssoURL: [
      /^https:\/\/[^/]+\.auth0\.com\/samlp\//i,
      // Under a domain of the customer's own, by the length of a client ID.
      /^https:\/\/[^/]+\/samlp\/\w{32}(?:\?|$)/i,
    ],
  },
  place: 'Dashboard › Applications › Applications › the application › Addons › SAML2 Web App',
  ours: {
    entityID: 'Settings › "audience" in the JSON; without it, the Issuer of our request',
    acsURL: 'Settings › Application Callback URL',
    upload: 'Metadata is not taken; our certificate: Settings › "signingCert" in the JSON',
    signOnURL: 'Application › Settings › Application Login URI',
  },
  theirs: {
    entityID: 'Usage › Issuer',
    ssoURL: 'Usage › Identity Provider Login URL',
    certificate: 'Usage › Identity Provider Certificate',
    metadata: 'Usage › Identity Provider Metadata: the address of Download',
  },
  signOutURL: '/v2/logout',
  attributesPlace: 'Settings › "mappings" in the JSON',
  // The mapping that applies where none is entered.
  attributes: {
    email: { name: `${CLAIMS}/emailaddress`, value: 'email' },
    firstName: { name: `${CLAIMS}/givenname`, value: 'given_name' },
    lastName: { name: `${CLAIMS}/surname`, value: 'family_name' },
  },
  nameID: 'The default, the user ID of Auth0, never changes: leave "nameIdentifierProbes" out.',
  remedies: {
    signature_missing:
      'Auth0 signs the assertion by default. In the Settings JSON, "signResponse": true ' +
      'signs the Response instead.',
    signature_algorithm:
      'Auth0 signs with SHA-1 by default. In the Settings JSON, set ' +
      '"signatureAlgorithm": "rsa-sha256" and "digestAlgorithm": "sha256".',
    signature_invalid:
      'On the tab Usage, download Identity Provider Certificate and add it here: the ' +
      'tenant’s signing key was rotated, or it is another tenant.',
    encryption_cbc: 'In the Settings JSON, set "signResponse": true.',
    audience: 'In the Settings JSON, set "audience" to our Entity ID, or leave it out.',
    recipient:
      'Copy our ACS URL into Settings › Application Callback URL, and take "recipient" ' +
      'out of the JSON.',
    destination:
      'Copy our ACS URL into Settings › Application Callback URL, and take "destination" ' +
      'out of the JSON.',
    attribute_missing:
      'Auth0 sends what the user’s profile has: given_name and family_name are empty for ' +
      'users who signed up with e-mail and password. Fill them, or set "mappings" in the ' +
      'Settings JSON.',
  },
  source: [
    'https://auth0.com/docs/authenticate/protocols/saml/saml-sso-integrations/enable-saml2-web-app-addon',
    'https://auth0.com/docs/authenticate/protocols/saml/saml-configuration/customize-saml-assertions',
    'https://github.com/auth0/docs/blob/1225fc15fc7057fc468eeb3c28f5f5b77ed92e96/articles/api/authentication/_logout.md',
  ],
}
