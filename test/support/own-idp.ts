// The operators' own tenant, whose connection leads to the fake IdP.
import { OPERATORS_TENANT } from '../../src/operators-tenant.ts'
import { createWorld, type WorldSettings } from './world.ts'

export function createOwnIdp(connection: WorldSettings['connection'] = {}) {
  return createWorld({
    tenant: { sid: OPERATORS_TENANT, name: 'Operators' },
    connection: { tenantSid: OPERATORS_TENANT, idpInitiated: 'refuse', ...connection },
  })
}
