// The catalogue: every event type, once. Its type decides what may be recorded.
import { ACCESS } from './catalogue/access.ts'
import { CONNECTIONS } from './catalogue/connections.ts'
import { define, type EventDefinition } from './catalogue/define.ts'
import { DIRECTORY } from './catalogue/directory.ts'
import { ROLLOUTS } from './catalogue/rollouts.ts'
import { SERVICE } from './catalogue/service.ts'
import { WEBHOOKS } from './catalogue/webhooks.ts'

export const CATALOGUE = {
  ...DIRECTORY,
  ...CONNECTIONS,
  ...ROLLOUTS,
  ...ACCESS,
  ...SERVICE,
  ...WEBHOOKS,
}

export type EventType = keyof typeof CATALOGUE

/** Those that `recordEvent` takes. Logins and sessions are kept elsewhere. */
export type RecordedType = Exclude<EventType, 'login.succeeded' | 'login.refused' | 'session.ended'>

export const EVENT_TYPES = Object.keys(CATALOGUE) as EventType[]

export function isEventType(text: string): text is EventType {
  return Object.hasOwn(CATALOGUE, text)
}

/** Of a release before or after this one, or written by hand. */
const UNKNOWN = define('Unknown event', { audience: 'operator' })

/** A row of the audit trail may have a type that this release does not know. */
export function definitionOf(type: EventType): EventDefinition {
  return isEventType(type) ? CATALOGUE[type] : UNKNOWN
}
