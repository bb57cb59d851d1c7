// The channel of mail: one event to its receivers, one mail each. The outbox calls again until
// every mail is done; the mail log knows which are.
import { presetOf } from '../connections/presets/presets.ts'
import { findConnection } from '../connections/store.ts'
import { findTenant } from '../directory/tenants/store.ts'
import { ConfigError, readConfig, type Env } from '../env.ts'
import type { Channel, ChannelContext } from '../events/outbox/channel.ts'
import type { EventRow } from '../events/store.ts'
import type { Database } from '../platform/db/client.ts'
import { findRollout } from '../rollout/cohort/store.ts'
import type { ContactRow } from './contacts/store.ts'
import { openMail, type MailOffice } from './open-mail.ts'
import { isDone, post, type PostedMail } from './post/post.ts'
import { findReceivers } from './receivers.ts'
import { mailOf, type EventMail } from './event-mails.ts'
import type { MailedConnection, TemplateContext } from './templates/template.ts'
import { TEMPLATES } from './templates/templates.ts'
import { writeMail } from './write.ts'

export function openMailChannel({ env, db }: ChannelContext): Channel {
  const office = officeOf(env)
  return async ({ sid }, _target, now, event) => {
    if (!event) return { delivered: false, code: 'event_deleted', gone: true }
    if (!office) return { delivered: false, code: 'not_configured' }
    const mail = await mailOfEvent(db, event)
    if (!mail) return { delivered: true }
    const letters = await lettersOf(db, office, event, mail)
    const mails = await post({ db, now }, office, sid, letters)
    const open = mails.find((row) => !isDone(row))
    return open ? { delivered: false, code: open.code ?? 'sending' } : { delivered: true }
  }
}

/** Undefined: half of the settings are there. Then no event is read further. */
function officeOf(env: Env): MailOffice | undefined {
  try {
    return openMail(env, readConfig(env))
  } catch (error) {
    if (error instanceof ConfigError) return undefined
    throw error
  }
}

async function mailOfEvent(db: Database, event: EventRow): Promise<EventMail | null> {
  const isOfRollout = event.subjectSid.startsWith('RO')
  const rollout = isOfRollout ? await findRollout(db, event.subjectSid) : undefined
  return mailOf(event, rollout ? { sid: rollout.sid, name: rollout.name } : null)
}

async function lettersOf(
  db: Database,
  office: MailOffice,
  event: EventRow,
  { template, role, data, about, also = [] }: EventMail,
): Promise<PostedMail[]> {
  const { tenantSid, connectionSid } = event
  const receivers = await findReceivers(db, tenantSid, role, TEMPLATES[template].kind)
  if (receivers.length === 0 && also.length === 0) return []
  const [tenant, connection] = await Promise.all([
    tenantSid === null ? undefined : findTenant(db, tenantSid),
    connectionSid === null ? undefined : mailedConnection(db, connectionSid),
  ])
  const { origin, product, branding } = office
  const context = {
    origin,
    product,
    branding,
    tenant: tenant ?? null,
    connection: connection ?? null,
  }
  const write = (receiver: TemplateContext['receiver'], address: string, key?: string) => ({
    template,
    about,
    tenantSid: role === 'operator' ? null : tenantSid,
    message: writeMail(
      template,
      data as never,
      { ...context, receiver },
      {
        address,
        unsubscribeURL: key && unsubscribeURL(origin, key, TEMPLATES[template].kind),
      },
    ),
  })
  const known = new Set(receivers.map(({ emailKey }) => emailKey))
  return [
    ...receivers.map((contact) =>
      write(receiverOf(contact), contact.email, contact.unsubscribeKey),
    ),
    ...also
      .filter(({ email }) => !known.has(email.toLowerCase()))
      .map(({ name, email }) => write({ name, role }, email)),
  ]
}

const receiverOf = ({ name, role }: ContactRow) => ({ name, role })

export function unsubscribeURL(origin: string, key: string, kind: string): string {
  return `${origin}/mail/unsubscribe/${key}/${kind}`
}

/** What mails say of a connection, with the words of its IdP's screens. */
export async function mailedConnection(
  db: Database,
  sid: string,
): Promise<MailedConnection | undefined> {
  const connection = await findConnection(db, sid)
  if (!connection) return undefined
  const { id, name, place, theirs } = presetOf(connection)
  const isKnown = id !== 'generic'
  return {
    sid,
    name: connection.name,
    idp: {
      name: isKnown ? name : 'your identity provider',
      place: isKnown ? place : null,
      certificate: isKnown ? theirs.certificate : null,
      metadata: isKnown ? theirs.metadata : null,
    },
  }
}
