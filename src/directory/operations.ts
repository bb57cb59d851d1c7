// What may be done with tenants and users: who may, is the input good, change and audit in one batch.
import { may, maySee } from '../events/actor.ts'
import { difference } from '../events/store.ts'
import { findConnection } from '../connections/store.ts'
import { isUniqueViolation } from '../platform/db/client.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import { done, problem, type Outcome, type Request } from '../result.ts'
import { createSid, isSid } from '../ids.ts'
import { emailKey } from './email-key.ts'
import {
  findTenant,
  findTenants,
  findEmails,
  findUser,
  findUsers,
  findUsersNamed,
  insertTenant,
  insertUser,
  updateSignIn,
  updateTenant,
  type Tenant,
  type User,
} from './store.ts'
import { readUserRecord } from './user-record.ts'

export type TenantFields = {
  name: string
  plan: 'enterprise' | 'standard'
  supportContact: string | null
}

/** Refuses `forbidden` and `input`. */
export async function createTenant(
  request: Request,
  input: { name: string; plan?: string | undefined; supportContact?: string | null | undefined },
): Promise<Outcome<Tenant>> {
  if (!mayOperate(request)) return problem('forbidden', 'an operator', request.actor.kind)
  const checked = checkTenant({
    plan: 'enterprise',
    supportContact: null,
    ...defined(input),
  } as TenantFields)
  if (!checked.ok) return checked
  const tenant: Tenant = {
    sid: createSid('TN'),
    ...checked.value,
    suspendedAt: null,
    createdAt: request.now,
  }
  await insertTenant(request, tenant)
  return done(tenant)
}

/** Refuses `not_there`. */
export async function getTenant(request: Request, sid: string): Promise<Outcome<Tenant>> {
  // A tenant of somebody else's and one that does not exist look alike.
  const isVisible = maySee(request.actor, { tenantSid: sid, connectionSid: null })
  const tenant = isVisible ? await findTenant(request.db, sid) : undefined
  return tenant ? done(tenant) : problem('not_there', 'a tenant', sid)
}

/** Newest first; with `search`, those whose name contains it. Refuses `forbidden`. */
export async function listTenants(
  request: Request,
  page: PageRequest,
  search?: string,
): Promise<Outcome<Page<Tenant>>> {
  if (!mayOperate(request)) return problem('forbidden', 'an operator', request.actor.kind)
  return done(toPage(await findTenants(request.db, page, search), page))
}

/**
 * Changes name, plan, support contact or suspension. A plan without SSO ends SSO logins (`plan_required`) and lifts
 * enforcement in the same batch, so that nobody is locked out: enforced users may use their passwords again, also when the
 * plan comes back. Refuses `not_there`, `forbidden` and `input`.
 */
export async function editTenant(
  request: Request,
  sid: string,
  input: { [Field in keyof TenantFields]?: TenantFields[Field] | undefined } & {
    suspended?: boolean | undefined
  },
): Promise<Outcome<Tenant>> {
  const found = await getTenant(request, sid)
  if (!found.ok) return found
  if (!mayOperate(request)) return problem('forbidden', 'an operator', request.actor.kind)
  const { suspended, ...fields } = defined(input)
  const before = found.value
  const checked = checkTenant({ ...before, ...fields } as TenantFields)
  if (!checked.ok) return checked
  const after = {
    ...checked.value,
    suspendedAt:
      suspended === undefined
        ? before.suspendedAt
        : suspended
          ? (before.suspendedAt ?? request.now)
          : null,
  }
  const change = difference(before, after)
  if (Object.keys(change.after).length > 0)
    await updateTenant(request, sid, after, change, {
      liftEnforcement: before.plan === 'enterprise' && after.plan !== 'enterprise',
    })
  return done({ ...before, ...after })
}

function mayOperate({ actor }: Request): boolean {
  return may(actor, 'operate', { tenantSid: null, connectionSid: null })
}

function checkTenant({ name, plan, supportContact }: TenantFields): Outcome<TenantFields> {
  if (!isText(name, 200)) return problem('input', '1 to 200 characters', name, 'name')
  if (plan !== 'enterprise' && plan !== 'standard')
    return problem('input', 'enterprise or standard', plan, 'plan')
  if (supportContact !== null && !isText(supportContact, 200))
    return problem('input', '1 to 200 characters, or none', supportContact, 'supportContact')
  return done({ name, plan, supportContact })
}

/** A user with sign-in method `password`. Refuses `not_there`, `forbidden`, `input` and `already_there`. */
export async function addUser(
  request: Request,
  tenantSid: string,
  input: {
    email: string
    firstName?: string | undefined
    lastName?: string | undefined
    externalID?: string | undefined
  },
): Promise<Outcome<User>> {
  const tenant = await getTenant(request, tenantSid)
  if (!tenant.ok) return tenant
  if (!mayOperate(request)) return problem('forbidden', 'an operator', request.actor.kind)
  const read = readUserRecord(input)
  if (!read.ok) return read
  const { email, firstName = null, lastName = null, externalID = null } = read.value
  const user: User = {
    sid: createSid('US'),
    tenantSid,
    externalID,
    email,
    emailKey: read.value.emailKey,
    firstName,
    lastName,
    signInMethod: 'password',
    connectionSid: null,
    suspendedAt: null,
    importSid: null,
    importRow: null,
    createdAt: request.now,
    updatedAt: request.now,
  }
  try {
    await insertUser(request, user)
  } catch (error) {
    if (isUniqueViolation(error)) {
      const field = (await findUser(request.db, { emailKey: user.emailKey }))
        ? 'email'
        : 'externalID'
      return problem('already_there', 'what nobody else has', user[field] ?? '', field)
    }
    throw error
  }
  return done(user)
}

/** Newest first; of one connection where it is named. Refuses `not_there`. */
export async function listUsers(
  request: Request,
  tenantSid: string,
  page: PageRequest,
  connectionSid?: string,
): Promise<Outcome<Page<User>>> {
  const resource = { tenantSid, connectionSid: connectionSid ?? null }
  if (!maySee(request.actor, resource)) return problem('not_there', 'a tenant', tenantSid)
  return done(toPage(await findUsers(request.db, tenantSid, connectionSid, page), page))
}

/** Those of the tenant who have that SID, login e-mail or external id, as a whole. Refuses `not_there`. */
export async function searchUsers(
  request: Request,
  tenantSid: string,
  name: string,
): Promise<Outcome<User[]>> {
  const tenant = await getTenant(request, tenantSid)
  if (!tenant.ok) return tenant
  const key = emailKey(name)
  const named = isSid(name, 'US')
    ? { sid: name }
    : { externalID: name, ...(key !== undefined && { emailKey: key }) }
  return done(await findUsersNamed(request.db, tenantSid, named))
}

/** Login e-mails of users whom a connection’s logins name by SID. Refuses `not_there`. */
export async function listEmails(
  { db, actor }: Request,
  resource: { tenantSid: string; connectionSid: string },
  userSids: readonly (string | null)[],
): Promise<Outcome<ReadonlyMap<string, string>>> {
  if (!maySee(actor, resource)) return problem('not_there', 'a tenant', resource.tenantSid)
  const sids = [...new Set(userSids)].filter((sid) => sid !== null)
  return done(sids.length > 0 ? await findEmails(db, resource.tenantSid, sids) : new Map())
}

/** A user, named by SID or login e-mail. Refuses `not_there`. */
export async function getUser(request: Request, name: string): Promise<Outcome<User>> {
  const by = isSid(name, 'US') ? { sid: name } : { emailKey: emailKey(name) ?? '' }
  const user = await findUser(request.db, by)
  return user && maySee(request.actor, user) ? done(user) : problem('not_there', 'a user', name)
}

/**
 * Sets how a user, named by SID or login e-mail, signs in: `password`, or SSO through one connection of the same tenant.
 * Refuses `not_there` and `forbidden`.
 */
export async function setSignInMethod(
  request: Request,
  name: string,
  method: { signInMethod: 'password' } | { signInMethod: 'sso_enabled'; connectionSid: string },
): Promise<Outcome<User>> {
  const found = await getUser(request, name)
  if (!found.ok) return found
  const user = found.value
  if (!mayOperate(request)) return problem('forbidden', 'an operator', request.actor.kind)
  const connectionSid = method.signInMethod === 'password' ? null : method.connectionSid
  if (connectionSid !== null) {
    const connection = await findConnection(request.db, connectionSid)
    if (connection?.tenantSid !== user.tenantSid)
      return problem('not_there', 'a connection of the user’s tenant', connectionSid)
  }
  await updateSignIn(request, user, method.signInMethod, connectionSid)
  return done({ ...user, signInMethod: method.signInMethod, connectionSid })
}

/** Without the fields that say nothing. */
function defined<T extends object>(input: T): T {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as T
}

function isText(text: unknown, length: number): boolean {
  return (
    typeof text === 'string' && text.trim() === text && text.length >= 1 && text.length <= length
  )
}
