// Which mail an event causes, and what of the event is in it. Pure.
import { definitionOf } from '../events/catalogue.ts'
import type { EventRow } from '../events/store.ts'
import { DAY } from '../durations.ts'
import { isTurnStep } from '../rollout/turns/turn.ts'
import type { ContactRow } from './contacts/store.ts'
import { isTemplateName, type DataOf, type TemplateName } from './templates/templates.ts'
import { roleOfStep } from './templates/turns.ts'

export type EventMail<Name extends TemplateName = TemplateName> = {
  template: Name
  role: ContactRow['role']
  data: DataOf<Name>
  /** The same about the same thing is mailed once within some hours. */
  about: string
  /** People who are no contacts any more. */
  also?: readonly { name: string; email: string }[]
}

const GB = 1e9

type NamedRollout = { sid: string; name: string } | null

/** Null: none after all, such as for what only concerns the side that did it. */
export function mailOf(event: EventRow, rollout: NamedRollout): EventMail | null {
  const { type, subjectSid, sid } = event
  const { mail } = definitionOf(type)
  const after = event.after ?? {}
  if (!mail) return null
  if (type === 'turn.began') {
    const step = text(after['step'])
    if (!isTurnStep(step)) return null
    const template = `turn_${step}` as const
    const data = { rollout } as never
    return { template, role: roleOfStep(step), data, about: `${subjectSid} ${step}` }
  }
  if (mail.to === 'by_step' || !isTemplateName(mail.template)) return null
  const { template, to: role } = mail
  const data = dataOf(event, after, rollout)
  // Its details are gone, or cannot be read: its numbers too.
  if (data === null || Object.values(data).some(Number.isNaN)) return null
  // Each use of a code, and each change of a contact, is another one.
  const about = role === 'security' ? sid : aboutOf(event, data)
  const mailed = { template, role, data: data as never, about }
  if (type !== 'contact.updated' && type !== 'contact.removed') return mailed
  return { ...mailed, also: [personOf(event.before ?? {})] }
}

/** An import may claim many addresses: a mail for the tenant. */
function aboutOf({ type, subjectSid, tenantSid }: EventRow, data: object): string {
  if (type === 'address_claim.created') return tenantSid ?? subjectSid
  return `${subjectSid} ${JSON.stringify(data)}`.slice(0, 200)
}

function dataOf(
  event: EventRow,
  after: Record<string, unknown>,
  rollout: NamedRollout,
): Record<string, unknown> | null {
  const { type, createdAt, actor, before } = event
  switch (type) {
    case 'certificate.expiring':
    case 'certificate.expired': {
      const notAfter = Number(after['notAfter'])
      return { notAfter, days: Math.max(0, Math.ceil((notAfter - createdAt) / DAY)) }
    }
    case 'key.expiring':
    case 'key.expired':
    case 'key.rotation_due':
      return { state: type.slice('key.'.length), notAfter: Number(after['notAfter']) }
    case 'scim.storm_detected':
      return { count: Number(after['count']) }
    case 'connection.failures_unusual':
      return { count: Number(after['count']), usual: Number(after['usual']) }
    case 'connection.newcomer_limit_reached':
      return { limit: Number(after['newcomersPerHour']) }
    case 'sweep.fell_behind':
      return { table: text(after['table']), count: Number(after['count']) }
    case 'database.near_limit':
      return {
        gigabytes: (Number(after['bytes']) / GB).toFixed(2),
        limit: Number(after['limitGB']),
      }
    case 'job.fell_silent':
      return { job: text(after['job']), at: createdAt }
    case 'connection.signed_off':
      // The customer's own result is a step of support, who have a mail for it.
      return after['side'] === 'customer'
        ? null
        : { verdict: after['verdict'] === 'pass' ? 'pass' : 'fail', side: 'operator' }
    case 'domain.record_lost':
      return { domain: text(after['domain']) }
    case 'recovery_code.refused':
      return { at: createdAt, owner: null }
    case 'recovery_code.used':
      return { at: createdAt, owner: null, left: numberOf(after['codesLeft']) }
    case 'contact.created':
    case 'contact.updated':
    case 'contact.removed': {
      const person = before ?? after
      const isSecurity = [before?.['role'], after['role']].includes('security')
      const change = { created: 'added', updated: 'changed', removed: 'removed' } as const
      const word = change[type.slice('contact.'.length) as keyof typeof change]
      return isSecurity
        ? { by: actor, change: word, name: text(person['name']), role: text(person['role']) }
        : null
    }
    default:
      return type.startsWith('rollout.') ? { rollout } : {}
  }
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')

const numberOf = (value: unknown) => (typeof value === 'number' ? value : null)

const personOf = (before: Record<string, unknown>) => ({
  name: text(before['name']),
  email: text(before['email']),
})
