// What may be done with tenants and users: who may, is the input good, change and audit in one batch.
import { mayTouch } from '../audit/actor.ts'
import { findConnection } from '../connections/store.ts'
import { isUniqueViolation } from '../db/client.ts'
import { done, problem, type Outcome, type Request } from '../outcome.ts'
import { createSid } from '../sid.ts'
import { emailKey } from './email-key.ts'
import {
  findTenant,
  findTenants,
  findUser,
  insertTenant,
  insertUser,
  updateSignIn,
  type Tenant,
  type User,
} from './store.ts'

/** Refuses `forbidden` and `input`. */
export async function createTenant(
  request: Request,
  input: { name: string; plan?: string; supportContact?: string | null },
): Promise<Outcome<Tenant>> {
  if (request.actor.kind !== 'operator')
    return problem('forbidden', 'an operator', request.actor.kind)
  const { plan = 'enterprise' } = input
  if (!isText(input.name, 200)) return problem('input', '1 to 200 characters', input.name, 'name')
  if (plan !== 'enterprise' && plan !== 'standard')
    return problem('input', 'enterprise or standard', plan, 'plan')
  const tenant: Tenant = {
    sid: createSid('TN'),
    name: input.name,
    plan,
    supportContact: input.supportContact ?? null,
    suspendedAt: null,
    createdAt: request.now,
  }
  await insertTenant(request, tenant)
  return done(tenant)
}

/** Refuses `forbidden`. */
export async function listTenants(request: Request): Promise<Outcome<Tenant[]>> {
  if (request.actor.kind !== 'operator')
    return problem('forbidden', 'an operator', request.actor.kind)
  return done(await findTenants(request.db))
}

/** A user with sign-in method `password`. Refuses `not_there`, `input` and `already_there`. */
export async function addUser(
  request: Request,
  tenantSid: string,
  input: { email: string; firstName?: string; lastName?: string; externalID?: string },
): Promise<Outcome<User>> {
  // A tenant of somebody else's and one that does not exist look alike.
  const tenant = mayTouch(request.actor, tenantSid) && (await findTenant(request.db, tenantSid))
  if (!tenant) return problem('not_there', 'a tenant', tenantSid)
  const key = emailKey(input.email)
  if (key === undefined) return problem('input', 'one plain address in ASCII', input.email, 'email')
  const user: User = {
    sid: createSid('US'),
    tenantSid,
    externalID: input.externalID ?? null,
    email: input.email,
    emailKey: key,
    firstName: input.firstName ?? null,
    lastName: input.lastName ?? null,
    signInMethod: 'password',
    connectionSid: null,
    suspendedAt: null,
    createdAt: request.now,
    updatedAt: request.now,
  }
  try {
    await insertUser(request, user)
  } catch (error) {
    if (isUniqueViolation(error))
      return problem('already_there', 'a new login e-mail', input.email, 'email')
    throw error
  }
  return done(user)
}

/**
 * Sets how a user signs in: `password`, or SSO through one connection of the same tenant. Refuses `not_there`.
 */
export async function setSignInMethod(
  request: Request,
  email: string,
  method: { signInMethod: 'password' } | { signInMethod: 'sso_enabled'; connectionSid: string },
): Promise<Outcome<User>> {
  const user = await findUser(request.db, emailKey(email) ?? '')
  if (!user || !mayTouch(request.actor, user.tenantSid))
    return problem('not_there', 'a user', email)
  const connectionSid = method.signInMethod === 'password' ? null : method.connectionSid
  if (connectionSid !== null) {
    const connection = await findConnection(request.db, connectionSid)
    if (connection?.tenantSid !== user.tenantSid)
      return problem('not_there', 'a connection of the user’s tenant', connectionSid)
  }
  await updateSignIn(request, user, method.signInMethod, connectionSid)
  return done({ ...user, signInMethod: method.signInMethod, connectionSid })
}

function isText(text: string, length: number): boolean {
  return text.trim() === text && text.length >= 1 && text.length <= length
}
