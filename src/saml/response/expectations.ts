// What a message is compared with: the expectations of one connection at one moment.
import type { AttributeMapping } from './principal.ts'

/** What one connection expects of a message, at one moment. Every value comes from our side. */
export type Expectations = {
  idpEntityID: string
  spEntityID: string
  acsURL: string
  /** Milliseconds since 1970. */
  now: number
  clockSkewSeconds: number
  /**
   * ID of the outstanding AuthnRequest; null: none is, and only an unsolicited response may come.
   */
  inResponseTo: string | null
  attributeMapping: AttributeMapping
  /** The oldest AuthnInstant that is taken. */
  maximumAuthnAgeSeconds: number
  /**
   * With ForceAuthn: when the request was made. The authentication must not be older. Milliseconds
   * since 1970.
   */
  authnNotBefore?: number | undefined
  /** Rows left out whole. Only for judging captures offline. */
  ignore: ReadonlySet<IgnorableGroup>
}

export type IgnorableGroup =
  'destination' | 'recipient' | 'audience' | 'inResponseTo' | 'issuer' | 'attributes' | 'time'

export type Clock = Pick<Expectations, 'now' | 'clockSkewSeconds'>
