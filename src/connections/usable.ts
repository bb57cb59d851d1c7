// Whether logins can work with what a connection holds. A connection that is open has all of it:
// the lifecycle asks before it opens one, and an edit that takes a part away makes it a draft. So
// the sign-in decision, the begin of a login and the view connection_standing ask the state alone.
// Pure.
import type { connections } from './tables.ts'

/** What it holds. */
export type UsableFacts = Pick<
  typeof connections.$inferSelect,
  'entityID' | 'ssoRedirectURL' | 'ssoPostURL' | 'idpInitiated'
> & { certificates: readonly unknown[] }

export type Missing = { expected: string; received: string }

/** What logins cannot do without and the connection does not have. Empty: it is usable. */
export function missingFrom(facts: UsableFacts): Missing[] {
  const { entityID, certificates, ssoRedirectURL, ssoPostURL, idpInitiated } = facts
  const parts = [
    {
      isThere: entityID !== '',
      expected: 'the IdP’s identifier',
      received: 'no identifier',
    },
    {
      isThere: certificates.length > 0,
      expected: 'at least one signing certificate',
      received: 'no certificate',
    },
    {
      isThere: Boolean(ssoRedirectURL || ssoPostURL || idpInitiated === 'accept'),
      expected: 'an SSO URL, or IdP-initiated logins accepted',
      received: 'no SSO URL',
    },
  ]
  return parts
    .filter(({ isThere }) => !isThere)
    .map(({ expected, received }) => ({ expected, received }))
}
