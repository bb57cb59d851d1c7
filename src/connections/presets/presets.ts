// The IdP products that customers bring: how to recognise each, and the names on its own screens. A
// preset chooses words and has no effect on trust.
import type { ErrorCode } from '../../errors.ts'
import type { Reader } from '../../errors/entry.ts'
import { wordsFor } from '../../error-words.ts'
import type { SignOut } from '../../platform/http/refused.ts'
import type { Preset, PresetID } from './preset.ts'
import { AUTH0, OKTA, ONELOGIN } from './identity-services.ts'
import { PINGFEDERATE, PINGONE } from './ping.ts'
import { ADFS, KEYCLOAK, SHIBBOLETH } from './self-hosted.ts'
import { ENTRA_ID, GOOGLE_WORKSPACE, JUMPCLOUD } from './suites.ts'

/** For an IdP that is none of the others: SAML’s own words. */
const GENERIC: Preset = {
  id: 'generic',
  name: 'Another SAML 2.0 identity provider',
  recognisedBy: { entityID: [], ssoURL: [] },
  place: 'The settings of a SAML 2.0 application, also called service provider or relying party',
  ours: {
    entityID: 'Entity ID, Audience or SP Issuer',
    acsURL: 'Assertion Consumer Service (ACS) URL, Reply URL or Recipient',
    upload: 'SP metadata, as a file or by its URL',
    signOnURL: 'Login URL or Start URL',
  },
  theirs: {
    entityID: 'Entity ID or Issuer',
    ssoURL: 'Single Sign-On URL or Login URL',
    certificate: 'The signing certificate, X.509',
    metadata: 'IdP metadata, as a file or by its URL',
  },
  signOutURL: null,
  attributesPlace: 'The attributes or claims of the application',
  attributes: {
    email: { name: 'email', value: 'the login e-mail' },
    firstName: { name: 'firstName', value: 'the first name' },
    lastName: { name: 'lastName', value: 'the last name' },
  },
  nameID: 'A value that stays with the user for good, format persistent. The e-mail address works.',
  remedies: {},
  source: [
    'https://docs.oasis-open.org/security/saml/v2.0/saml-metadata-2.0-os.pdf',
    'https://docs.oasis-open.org/security/saml/v2.0/saml-core-2.0-os.pdf',
  ],
}

/** Every preset, in the order in which they are tried. */
export const PRESETS: Readonly<Record<PresetID, Preset>> = {
  'entra-id': ENTRA_ID,
  okta: OKTA,
  'google-workspace': GOOGLE_WORKSPACE,
  onelogin: ONELOGIN,
  jumpcloud: JUMPCLOUD,
  auth0: AUTH0,
  pingone: PINGONE,
  // Those that customers host themselves are known by paths alone, so after those known by their
  // hosts.
  adfs: ADFS,
  keycloak: KEYCLOAK,
  shibboleth: SHIBBOLETH,
  pingfederate: PINGFEDERATE,
  generic: GENERIC,
}

/**
 * The preset of an IdP: the one that somebody has chosen, or else by its entityID, or else by its
 * SSO URLs; `generic` where nothing is recognised.
 */
export function presetOf(idp: {
  entityID: string
  ssoRedirectURL: string | null
  ssoPostURL: string | null
  preset?: string | null
}): Preset {
  const presets = Object.values(PRESETS)
  const chosen = presets.find(({ id }) => id === idp.preset)
  if (chosen) return chosen
  const urls = [idp.ssoRedirectURL, idp.ssoPostURL].filter((url) => url !== null)
  return (
    presets.find(({ recognisedBy }) => matches(recognisedBy.entityID, idp.entityID)) ??
    presets.find(({ recognisedBy }) => urls.some((url) => matches(recognisedBy.ssoURL, url))) ??
    GENERIC
  )
}

/** How to mend a sign-in in the words of that IdP’s screens, or in those of the catalogue. */
export function remedyFor(preset: Preset, code: ErrorCode, reader: Reader): string {
  return preset.remedies[code] ?? wordsFor({ code }, reader, 'sign_in').remedy
}

function matches(patterns: readonly RegExp[], text: string): boolean {
  return patterns.some((pattern) => pattern.test(text))
}

/** What the people of an IdP sign out of, and where, if its documentation says so. */
export function signOutOf(idp: Parameters<typeof presetOf>[0]): SignOut {
  const { id, name, signOutURL } = presetOf(idp)
  const product = id === 'generic' ? null : name
  const base = idp.ssoRedirectURL ?? idp.ssoPostURL
  if (signOutURL === null || base === null || !URL.canParse(signOutURL, base))
    return { product, url: null }
  const url = new URL(signOutURL, base)
  return { product, url: url.protocol === 'https:' ? url.href : null }
}
