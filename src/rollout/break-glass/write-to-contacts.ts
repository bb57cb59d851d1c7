// Writes to the people of a customer whom a change of the ways in concerns: its break-glass owners,
// and its support contact, where that is an address. src/mail has the words, and adds the security
// contacts.
import { findTenant } from '../../directory/tenants/store.ts'
import type { Database } from '../../platform/db/client.ts'
import { normalizeEmail } from '../../saml/response/principal.ts'
import type { ReturnScope, Target } from '../enforcement/store/returning.ts'
import type { KeptOwner } from './store/kept.ts'
import { findBreakGlass } from './store/owners.ts'

/** What is told, by the name of its template. */
export type WaysNews =
  | {
      template: 'owner_kept_way'
      data: Pick<KeptOwner, 'email' | 'keptUntil' | 'keptBecause'>
    }
  | {
      template: 'passwords_given_back'
      data: {
        by: string
        rollout: string
        to: Target
        scope: ReturnScope
        /** How many, where they were named one by one. */
        users: number | null
      }
    }

/**
 * Writes `news` of a tenant to these addresses and to its security contacts. Returns how many could
 * not be sent. Does not reject.
 */
export type TellContacts = (
  tenantSid: string,
  addresses: readonly string[],
  news: WaysNews,
) => Promise<number>

/** Each message costs one of the few requests that an invocation may make. */
const MOST_MESSAGES = 20

/** Returns how many could not be sent. A message that cannot be sent stops nothing. */
export async function writeToContacts(
  { db, now }: { db: Database; now: number },
  tenantSid: string,
  news: WaysNews,
  tell: TellContacts,
): Promise<number> {
  const [owners, tenant] = await Promise.all([
    findBreakGlass(db, tenantSid),
    findTenant(db, tenantSid),
  ])
  const inForce = owners.filter(({ endedAt, expiresAt }) => endedAt === null && expiresAt > now)
  const addresses = new Set([
    normalizeEmail(tenant?.supportContact ?? ''),
    ...inForce.map(({ email }) => email),
  ])
  const known = [...addresses].filter((address) => address !== undefined)
  return tell(tenantSid, known.slice(0, MOST_MESSAGES), news)
}
