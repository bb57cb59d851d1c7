// A webhook endpoint as it is shown, and the checks of what people enter. Pure.
import { isEndpoint } from '../../endpoint.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { cut } from '../../cut.ts'
import { definitionOf, EVENT_TYPES, isEventType } from '../catalogue.ts'
import type { webhookEndpoints } from './tables.ts'

/** The row. */
type EndpointRow = typeof webhookEndpoints.$inferSelect

/** The row without its secrets, with what it subscribes to. */
export type WebhookEndpoint = Omit<
  EndpointRow,
  'secret' | 'previousSecret' | 'testedMinute' | 'tests'
> & {
  /** Event types; `*`: all of the audit trail. */
  types: string[]
  /** The only tenants whose events it gets; none: all. */
  tenants: string[]
}

export type WebhookEndpointFields = Pick<
  WebhookEndpoint,
  'name' | 'url' | 'types' | 'tenants' | 'isActive'
>

/** Every type of the audit trail, also those of later versions. Others are many: they are named. */
export const ALL_TYPES = '*'
export const MOST_TENANTS = 100
const NAME_LENGTH = 100
const URL_LENGTH = 1024

/** The types that an endpoint may get: a tenant's own gets nothing that is for operators alone. */
export function typesFor(tenantSid: string | null): string[] {
  return EVENT_TYPES.filter(
    (type) => tenantSid === null || definitionOf(type).audience === 'tenant',
  ).toSorted()
}

/** Refuses `input` and `endpoint_url`, naming the field. */
export function checkEndpoint(
  fields: WebhookEndpointFields,
  { tenantSid, allowLocal }: { tenantSid: string | null; allowLocal: boolean },
): Result<WebhookEndpointFields, Problem> {
  const name = fields.name.trim()
  const url = fields.url.trim()
  if (name.length < 1 || name.length > NAME_LENGTH || /\p{Cc}/u.test(name))
    return problem('input', `1 to ${NAME_LENGTH} characters`, cut(name, 200), 'name')
  if (url.length > URL_LENGTH || url.includes('#') || !isEndpoint(url, allowLocal)) {
    const expected = `an https URL of at most ${URL_LENGTH} characters, without user and fragment`
    return problem('endpoint_url', expected, hostOf(url), 'url')
  }
  const types = checkTypes(fields.types, tenantSid)
  if (!types.ok) return types
  const tenants = [...new Set(fields.tenants)].toSorted()
  if (tenants.length > 0 && tenantSid !== null)
    return problem('input', 'no tenants: it gets the events of its own', 'tenants', 'tenants')
  if (tenants.length > MOST_TENANTS)
    return problem('input', `at most ${MOST_TENANTS} tenants`, String(tenants.length), 'tenants')
  return ok({ ...fields, name, url, types: types.value, tenants })
}

function checkTypes(given: readonly string[], tenantSid: string | null): Result<string[], Problem> {
  const choices = typesFor(tenantSid)
  const refuse = (received: string) => {
    const refused = problem('input', 'at least one event type, or all (*)', received, 'types')
    return { ...refused, error: { ...refused.error, choices: [ALL_TYPES, ...choices] } }
  }
  const types = [...new Set(given)].toSorted()
  if (types.length === 0) return refuse('none')
  const named = types.filter((type) => type !== ALL_TYPES)
  const unknown = named.find((type) => !choices.includes(type))
  if (unknown !== undefined) return refuse(cut(unknown, 100))
  return ok(types.includes(ALL_TYPES) ? [ALL_TYPES, ...named.filter(isBesideAll)] : named)
}

/** Whether `*` leaves the type out. */
function isBesideAll(type: string): boolean {
  return isEventType(type) && definitionOf(type).source === 'history'
}

/** Never the whole URL: it may contain a token. */
function hostOf(url: string): string {
  return URL.canParse(url) ? cut(new URL(url).origin) : 'something else'
}
