// Which settings the connection to another IdP, or to another identifier of the same one, begins
// with. Pure.
import type { Connection } from '../../connections/connection.ts'
import type { ConnectionFields } from '../../connections/field.ts'
import { CONNECTION_FIELDS } from '../../connections/fields.ts'

/** What the tenant wants, whatever its IdP. */
const OF_TENANT = [
  'forceAuthn',
  'requestedAuthnContext',
  'requireAuthnContext',
  'maximumAuthnAgeMinutes',
  'logoutRedirectURL',
  'attributeMapping',
  'endSessionsOn',
  'newcomers',
  'preset',
] as const satisfies readonly (keyof ConnectionFields)[]

/** Of the same IdP everything: it is to differ by its identifier. */
const OF_SAME_IDP = Object.keys(CONNECTION_FIELDS) as (keyof ConnectionFields)[]

export function copiedSettings(
  connection: Connection,
  { isSameIdP }: { isSameIdP: boolean },
): Partial<ConnectionFields> {
  const names: readonly (keyof ConnectionFields)[] = isSameIdP ? OF_SAME_IDP : OF_TENANT
  return Object.fromEntries(names.map((name) => [name, connection[name]]))
}
