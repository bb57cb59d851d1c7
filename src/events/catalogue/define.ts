// What a row of the catalogue says of an event type.
import type { DataField } from './data-fields.ts'

export type EventDefinition = {
  /** Its title on pages and in mails. */
  words: string
  /** An event of an operator's type belongs to no tenant: customers never see it. */
  audience: 'operator' | 'tenant'
  /** The side that must act now. */
  asks: 'operator' | 'customer' | null
  /** The mail that it causes: its template, and the role of the contacts who get it. */
  mail: { template: string; to: MailRole } | null
  /** Where an event asks for action without a mail of its own: the step whose mail asks for it. */
  step: string | null
  /**
   * Where it is kept: the audit trail, the history of logins, or the session itself. Only `audit`
   * is recorded; the others enter the outbox while an endpoint names the type.
   */
  source: 'audit' | 'history' | 'session'
  /** What leaves Gatepost with it, besides the names of the changed fields. Nothing personal. */
  data: readonly DataField[]
}

/**
 * `operator`: the operators' own addresses. `by_step`: the side whose turn it is. The others are
 * roles of a tenant's contacts.
 */
export type MailRole = 'operator' | 'technical' | 'business' | 'security' | 'by_step'

/** Of the audit trail, for the tenant that it concerns, without a mail and asking nobody. */
export function define(
  words: string,
  more: Partial<Omit<EventDefinition, 'words'>> = {},
): EventDefinition {
  return {
    words,
    audience: 'tenant',
    asks: null,
    mail: null,
    step: null,
    source: 'audit',
    data: [],
    ...more,
  }
}

/** For the customer's administrator to know or to do. `asks`: the side that must act. */
export function asking(
  asks: 'operator' | 'customer',
  template: string,
): Pick<EventDefinition, 'asks' | 'mail'> {
  return { asks, mail: { template, to: 'technical' } }
}

/** For operators, who get the mail. */
export function alarming(template: string): Pick<EventDefinition, 'asks' | 'mail'> {
  return { asks: 'operator', mail: { template, to: 'operator' } }
}

/** The step that waits after it has the mail: `turn.began` sends it, once. */
export function handing(
  asks: 'operator' | 'customer',
  step: string,
): Pick<EventDefinition, 'asks' | 'step'> {
  return { asks, step }
}
