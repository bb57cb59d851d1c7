// The expectations that a message is compared with.
import type { AttributeMapping, OptionalNames } from './principal.ts'

/** The expectations of one connection at one moment. No value comes from the message. */
export type Expectations = {
  idpEntityID: string
  spEntityID: string
  acsURL: string
  /** Milliseconds since 1970. */
  now: number
  clockSkewSeconds: number
  /**
   * ID of the outstanding AuthnRequest. Null: there is none, and only an unsolicited Response is
   * accepted.
   */
  inResponseTo: string | null
  /** The NameID format that the request asked for; null: none, or there was no request. */
  nameIDFormat: string | null
  attributeMapping: AttributeMapping
  /** Names that may be left out. */
  optionalNames: OptionalNames
  /** The oldest authentication that is accepted; null: any. */
  maximumAuthnAgeSeconds: number | null
  /**
   * For ForceAuthn: the time of the request, in milliseconds since 1970. The authentication must
   * not be older. Null: the request did not ask for a new one.
   */
  authnNotBefore: number | null
  /** The AuthnContextClassRef must be one of these; null: any. */
  authnContexts: readonly string[] | null
  /** Groups of rows to leave out. Only for judging captured messages offline. */
  ignore: ReadonlySet<IgnorableGroup>
}

export type IgnorableGroup =
  'destination' | 'recipient' | 'audience' | 'inResponseTo' | 'issuer' | 'attributes' | 'time'

export type Clock = Pick<Expectations, 'now' | 'clockSkewSeconds'>
