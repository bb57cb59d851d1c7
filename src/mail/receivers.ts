// Who receives a mail: contacts by role, or in their absence the tenant's other contacts. The
// digest goes to each contact who wants it.
import type { Database } from '../platform/db/client.ts'
import { findContacts, type ContactRow } from './contacts/store.ts'
import { MAIL_KINDS, type MailKind } from './templates/template.ts'

type ReceivingRole = ContactRow['role']

/** Where nobody has the role. */
const INSTEAD: Readonly<Record<ReceivingRole, readonly ReceivingRole[]>> = {
  technical: ['business', 'security'],
  business: ['technical', 'security'],
  security: ['technical', 'business'],
  operator: [],
}

/** An address once, without contacts who do not want this kind. `role` operator: all tenants. */
export async function findReceivers(
  db: Database,
  tenantSid: string | null,
  role: ReceivingRole,
  kind: MailKind,
): Promise<ContactRow[]> {
  const all = await findContacts(db, role === 'operator' ? null : tenantSid)
  const having = (of: ReceivingRole) => all.filter((contact) => contact.role === of)
  const found = [role, ...INSTEAD[role]].map(having).find((some) => some.length > 0) ?? []
  const wanting = found.filter(({ muted }) => !MAIL_KINDS[kind].mayStop || !muted.includes(kind))
  return [...new Map(wanting.map((contact) => [contact.emailKey, contact])).values()]
}

/** Of every role, an address once; `tenantSid` null: operators. */
export async function findDigestReceivers(
  db: Database,
  tenantSid: string | null,
): Promise<ContactRow[]> {
  const all = await findContacts(db, tenantSid)
  const wanting = all.filter(({ muted }) => !muted.includes('digest'))
  return [...new Map(wanting.map((contact) => [contact.emailKey, contact])).values()]
}
