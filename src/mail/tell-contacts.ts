// Writes what src/rollout tells about ways in: to the addresses that it names, and to the security
// contacts of the tenant.
import { findTenant } from '../directory/tenants/store.ts'
import { createSid } from '../ids.ts'
import type { TellContacts } from '../rollout/operations.ts'
import type { MailOffice } from './open-mail.ts'
import { post, type PostContext } from './post/post.ts'
import { findReceivers } from './receivers.ts'
import { writeMail } from './write.ts'

/** Where no mail is sent, the mail log has the words, ready to copy. */
export function contactTeller(context: PostContext, office: MailOffice): TellContacts {
  return async (tenantSid, addresses, { template, data }) => {
    const [tenant, contacts] = await Promise.all([
      findTenant(context.db, tenantSid),
      findReceivers(context.db, tenantSid, 'security', 'security'),
    ])
    const { origin, product, branding } = office
    const at = { product, branding, origin, tenant: tenant ?? null, connection: null }
    const people = new Map<string, string | null>(addresses.map((address) => [address, null]))
    for (const { email, name } of contacts) people.set(email, name)
    const cause = `told ${createSid('ML')}`
    const letters = [...people].map(([address, name]) => ({
      template,
      about: cause,
      tenantSid,
      message: writeMail(
        template,
        data as never,
        { ...at, receiver: { name, role: 'security' } },
        { address },
      ),
    }))
    const mails = await post(context, office, cause, letters)
    return mails.filter(({ outcome }) => outcome !== 'sent' && outcome !== 'copy').length
  }
}
