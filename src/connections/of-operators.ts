// What a connection of the operators' own tenant may not be set to: an operator has an account, and
// a login begins at the console. Pure.
import { type Problem, problem } from '../problem.ts'
import { OPERATORS_TENANT } from '../operators-tenant.ts'
import type { ConnectionFields } from './field.ts'

/** Refuses `operators_tenant`, naming the field. Undefined: it fits, or is a customer's. */
export function refuseForOperators(
  tenantSid: string,
  fields: Partial<ConnectionFields>,
): { ok: false; error: Problem } | undefined {
  if (tenantSid !== OPERATORS_TENANT) return undefined
  const { idpInitiated = 'refuse', newcomers = 'password', newcomersPerHour = null } = fields
  const refuse = (field: string, expected: string, received: string) =>
    problem('operators_tenant', expected, received, field)
  if (idpInitiated !== 'refuse') return refuse('idpInitiated', 'refuse', idpInitiated)
  if (newcomers !== 'password') return refuse('newcomers', 'password', newcomers)
  return newcomersPerHour === null
    ? undefined
    : refuse('newcomersPerHour', 'none', String(newcomersPerHour))
}
