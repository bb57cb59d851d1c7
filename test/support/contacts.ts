// A contact in the database. No event is recorded, so that no mail is caused.
import { createSid } from '../../src/ids.ts'
import { contacts } from '../../src/platform/db/schema.ts'
import { createSecret } from '../../src/platform/secret.ts'
import { db } from './world.ts'

/** `tenantSid`: null for an address of the operators. */
export async function addContactRow(tenantSid: string | null): Promise<string> {
  const sid = createSid('CT')
  const email = `${sid.toLowerCase()}@customer.example`
  await db.insert(contacts).values({
    sid,
    tenantSid,
    role: tenantSid === null ? 'operator' : 'technical',
    name: 'Ann',
    email,
    emailKey: email,
    muted: [],
    unsubscribeKey: createSecret(),
    createdAt: Date.now(),
    updatedAt: Date.now(),
  })
  return sid
}
