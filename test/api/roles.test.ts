// Roles of API keys: every route × every role. What a role may is shown by the matrix, with the
// least role that may; here each role without the permission is refused.
import { describe, expect, it } from 'vitest'
import { ROUTES } from '../../src/api/routes.ts'
import { hasPermission, PERMISSIONS, ROLES } from '../../src/events/roles.ts'
import { createWorld } from '../support/world.ts'
import { callerWithKey, type Caller } from './caller.ts'

/** The routes that the caller is refused for the role alone; nothing else of a request is right. */
async function refusedTo(call: Caller): Promise<string[]> {
  const refused: string[] = []
  for (const { method, path, operationId, permission } of ROUTES) {
    // Those who may would change something: the matrix does that on a stage.
    const answer = await call(method, path.replaceAll(/\{\w+\}/g, 'none'))
    if (answer.status === 403 && answer.body.code === 'role') refused.push(operationId)
    else if (permission !== 'view' && answer.status < 300) throw new Error(operationId)
  }
  return refused
}

const without = (role: (typeof ROLES)[number], routes = ROUTES) =>
  routes
    .filter(({ permission }) => !hasPermission(role, permission))
    .map(({ operationId }) => operationId)

describe('the permission table', () => {
  it('gives to each role whatever the next one may', () => {
    for (const [permission, roles] of Object.entries(PERMISSIONS))
      expect([permission, roles]).toEqual([permission, ROLES.slice(0, roles.length)])
  })

  it('lets read-only read, and support neither make keys nor delete', () => {
    const ofSupport = without('support')
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      for (const route of ROUTES.filter((one) => one.method === method))
        if (route.operationId !== 'listSignInDecisions')
          expect([route.operationId, route.permission]).not.toEqual([route.operationId, 'view'])
    for (const one of ['createApiKey', 'rotateClientSecret', 'createScimToken', 'removeDomain'])
      expect(ofSupport).toContain(one)
    for (const one of ['addBreakGlass', 'inviteOperator', 'createSignInLink'])
      expect(ofSupport).toContain(one)
    expect(without('owner')).toEqual([])
  })
})

describe('role: a key of operators', () => {
  it.each(['read-only', 'support', 'admin'] as const)('with the role %s', async (role) => {
    const call = await callerWithKey(null, {}, role)
    const isSafe = ROUTES.filter(({ permission }) => !hasPermission(role, permission))
    const refused: string[] = []
    for (const { method, path, operationId } of isSafe) {
      const answer = await call(method, path.replaceAll(/\{\w+\}/g, 'none'))
      if (answer.status === 403 && answer.body.code === 'role') refused.push(operationId)
    }
    expect(refused).toEqual(without(role))
  })
})

describe('role: a key of a tenant', () => {
  it('with the role read-only reads alone', async () => {
    const { tenantSid } = await createWorld()
    const refused = await refusedTo(await callerWithKey(tenantSid, {}, 'read-only'))
    expect(refused).toEqual(without('read-only'))
  })
})
