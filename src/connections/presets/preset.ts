// The facts about an IdP product: how to recognise it, and the names on its own screens.
import type { ErrorCode } from '../../errors.ts'
import type { PersonField } from '../../saml/response/principal.ts'

export type PresetID =
  | 'entra-id'
  | 'okta'
  | 'google-workspace'
  | 'adfs'
  | 'keycloak'
  | 'shibboleth'
  | 'pingone'
  | 'pingfederate'
  | 'onelogin'
  | 'jumpcloud'
  | 'auth0'
  | 'generic'

/**
 * An attribute as it has to be set up: the name that is sent, and what the IdP calls the value it
 * takes.
 */
export type PresetAttribute = { name: string; value: string }

export type Preset = {
  id: PresetID
  /** As people know it. */
  name: string
  /** Patterns of its entityIDs and SSO URLs. */
  recognisedBy: { entityID: readonly RegExp[]; ssoURL: readonly RegExp[] }
  /** Where the settings of our application are. */
  place: string
  /** What its screens call what is ours. */
  ours: {
    entityID: string
    acsURL: string
    /** Where our metadata or certificate is given to it. */
    upload: string
    /** The address at which a login starts on our side; null where it has no such field. */
    signOnURL: string | null
  }
  /** Where its own values are found, in the words of its screens. */
  theirs: { entityID: string; ssoURL: string; certificate: string; metadata: string }
  /**
   * Where people sign out of it, relative to its SSO URL. Null: its documentation names no address
   * that works without more.
   */
  signOutURL: string | null
  /** Where attributes are set up. */
  attributesPlace: string
  attributes: Readonly<Record<PersonField, PresetAttribute>>
  /** Which NameID to choose, and where. */
  nameID: string
  /** Only where the preset has something more to say than the catalogue. */
  remedies: Readonly<Partial<Record<ErrorCode, string>>>
  /** Where the words were looked up. */
  source: readonly string[]
}
