// Whether the values of an edit fit the fields of a connection. Pure.
import { writtenURL } from '../endpoint.ts'
import { checkField } from '../platform/fields/check-field.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import type { ConnectionFields } from './field.ts'
import { CONNECTION_FIELDS, type ConnectionFieldName } from './fields.ts'

/**
 * Returns them with URLs as a browser writes them. Refuses `input`, `identifier` and
 * `endpoint_url`, naming the field, and unknown fields too.
 */
export function checkFields(
  fields: Partial<ConnectionFields>,
  allowLocal: boolean,
): Result<Partial<ConnectionFields>, Problem> {
  const checked: Record<string, unknown> = {}
  for (const [name, given] of Object.entries(fields)) {
    if (!Object.hasOwn(CONNECTION_FIELDS, name))
      return problem('input', 'a field of a connection', name, name)
    const field = CONNECTION_FIELDS[name as ConnectionFieldName]
    const isURL = field.shape.kind === 'url' && typeof given === 'string'
    const value = isURL ? writtenURL(given) : given
    const wrong = checkField(name, field, value, allowLocal)
    if (wrong) return { ok: false, error: wrong }
    checked[name] = value
  }
  return ok(checked as Partial<ConnectionFields>)
}
