// What may be done with tenants and users: who may, is the input good, change and audit in one
// batch.
import { carriesSSO } from '../connections/standing.ts'
import { may, maySee } from '../events/actor.ts'
import { difference } from '../events/store.ts'
import { closedBecause } from '../connections/connection.ts'
import { findConnection } from '../connections/store.ts'
import { isUniqueViolation } from '../platform/db/client.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { type Problem, problem } from '../problem.ts'
import { OPERATORS_TENANT } from '../operators-tenant.ts'
import { ok, type Result } from '../result.ts'
import { createSid } from '../ids.ts'
import {
  findTenant,
  findTenants,
  insertTenant,
  updateTenant,
  type Tenant,
} from './tenants/store.ts'
import {
  findEmails,
  findNamedUser,
  findUser,
  insertUser,
  switchOff,
  switchOn,
  type User,
} from './store/users.ts'
import { findBlocker } from './store/switch-on.ts'
import { checkTenant, withInitial, type TenantFields } from './tenants/fields.ts'
import { readUserRecord } from './user-record.ts'

type TenantInput = {
  name: string
  plan?: string | undefined
  supportContact?: string | null | undefined
}

/**
 * `forOperators`: the one tenant of the operators' own sign-in, which an owner makes. Refuses
 * `forbidden`, `input`, and `already_there` for a second one of those.
 */
export async function createTenant(
  context: OperationContext,
  { forOperators = false, ...input }: TenantInput & { forOperators?: boolean | undefined },
): Promise<Result<Tenant, Problem>> {
  if (!mayOperate(context, null)) return problem('forbidden', 'an operator', context.actor.kind)
  const sid = forOperators ? OPERATORS_TENANT : createSid('TN')
  if (!mayOperate(context, sid)) return problem('forbidden', 'an owner', context.actor.kind)
  const checked = checkTenant(withInitial(input))
  if (!checked.ok) return checked
  const tenant: Tenant = {
    sid,
    ...checked.value,
    suspendedAt: null,
    erasedAt: null,
    createdAt: context.now,
  }
  try {
    await insertTenant(context, tenant)
  } catch (error) {
    if (!forOperators || !isUniqueViolation(error)) throw error
    return problem('already_there', 'no tenant for operators yet', 'one', 'forOperators')
  }
  return ok(tenant)
}

/** Refuses `not_there`. */
export async function getTenant(
  context: OperationContext,
  sid: string,
): Promise<Result<Tenant, Problem>> {
  // A tenant of somebody else's and one that does not exist look alike.
  const isVisible = maySee(context.actor, { tenantSid: sid, connectionSid: null })
  const tenant = isVisible ? await findTenant(context.db, sid) : undefined
  return tenant ? ok(tenant) : problem('not_there', 'a tenant', sid)
}

/** Newest first; with `search`, those whose name contains it. Refuses `forbidden`. */
export async function listTenants(
  context: OperationContext,
  page: PageRequest,
  search?: string,
): Promise<Result<Page<Tenant>, Problem>> {
  if (!may(context.actor, 'view', { tenantSid: null, connectionSid: null }))
    return problem('forbidden', 'an operator', context.actor.kind)
  return ok(toPage(await findTenants(context.db, page, search), page))
}

/**
 * Changes name, plan, support contact or suspension. A plan without SSO ends SSO logins
 * (`plan_required`) and lifts enforcement in the same batch, so that nobody is locked out: enforced
 * users may use their passwords again, also when the plan comes back. Refuses `not_there`,
 * `forbidden` and `input`.
 */
export async function editTenant(
  context: OperationContext,
  sid: string,
  input: { [Field in keyof TenantFields]?: TenantFields[Field] | undefined } & {
    suspended?: boolean | undefined
  },
): Promise<Result<Tenant, Problem>> {
  const found = await getTenant(context, sid)
  if (!found.ok) return found
  if (!mayOperate(context, sid)) return problem('forbidden', 'an operator', context.actor.kind)
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
          ? (before.suspendedAt ?? context.now)
          : null,
  }
  const change = difference(before, after)
  const losesPlan = carriesSSO(before.plan) && !carriesSSO(after.plan)
  if (Object.keys(change.after).length > 0)
    await updateTenant(context, sid, after, change, { liftEnforcement: losesPlan })
  if (losesPlan || (suspended && before.suspendedAt === null))
    context.afterResponse?.add('send_logout_tokens')
  return ok({ ...before, ...after })
}

function mayOperate({ actor }: OperationContext, tenantSid: string | null): boolean {
  return may(actor, 'operate', { tenantSid, connectionSid: null })
}

/**
 * Adds a user, who signs in as newcomers of their domain do. Refuses `not_there`, `forbidden`,
 * `input` and `already_there`.
 */
export async function addUser(
  context: OperationContext,
  tenantSid: string,
  input: {
    email: string
    firstName?: string | undefined
    lastName?: string | undefined
    externalID?: string | undefined
  },
): Promise<Result<User, Problem>> {
  const tenant = await getTenant(context, tenantSid)
  if (!tenant.ok) return tenant
  if (!mayOperate(context, tenantSid))
    return problem('forbidden', 'an operator', context.actor.kind)
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
    hasPassword: true,
    signedIn: false,
    importSid: null,
    importRow: null,
    createdAt: context.now,
    updatedAt: context.now,
  }
  try {
    await insertUser(context, user)
  } catch (error) {
    if (isUniqueViolation(error)) {
      const field = (await findUser(context.db, { emailKey: user.emailKey }))
        ? 'email'
        : 'externalID'
      return problem('already_there', 'what nobody else has', user[field] ?? '', field)
    }
    throw error
  }
  return ok((await findUser(context.db, { sid: user.sid })) ?? user)
}

/** Login e-mails of users whom a connection’s logins name by SID. Refuses `not_there`. */
export async function listEmails(
  { db, actor }: OperationContext,
  resource: { tenantSid: string; connectionSid: string },
  userSids: readonly (string | null)[],
): Promise<Result<ReadonlyMap<string, string>, Problem>> {
  if (!maySee(actor, resource)) return problem('not_there', 'a tenant', resource.tenantSid)
  const sids = [...new Set(userSids)].filter((sid) => sid !== null)
  return ok(sids.length > 0 ? await findEmails(db, resource.tenantSid, sids) : new Map())
}

/** A user, named by SID or login e-mail. Refuses `not_there`. */
export async function getUser(
  context: OperationContext,
  name: string,
): Promise<Result<User, Problem>> {
  const user = await findNamedUser(context.db, name)
  return user && maySee(context.actor, user) ? ok(user) : problem('not_there', 'a user', name)
}

/**
 * Sets how a user, named by SID or login e-mail, signs in: `password`, or SSO through one
 * connection of the same tenant. SSO beside the password is no way to give an enforced person the
 * password back. Refuses `not_there`, `forbidden`, `user_enforced`, the codes of a connection that
 * people cannot sign in through, each blocker of switch-on.ts, and `revision_changed`.
 */
export async function setSignInMethod(
  context: OperationContext,
  name: string,
  method: { signInMethod: 'password' } | { signInMethod: 'sso_enabled'; connectionSid: string },
): Promise<Result<User, Problem>> {
  const found = await getUser(context, name)
  if (!found.ok) return found
  const user = found.value
  if (!mayOperate(context, user.tenantSid))
    return problem('forbidden', 'an operator', context.actor.kind)
  if (method.signInMethod === 'password') {
    if (user.signInMethod === 'password' && user.connectionSid === null) return found
    await switchOff(context, user)
    context.afterResponse?.add('send_logout_tokens')
    return ok({ ...user, signInMethod: 'password', connectionSid: null })
  }
  const { connectionSid } = method
  const allowed = await maySwitchOn(context, user, connectionSid)
  if (!allowed.ok) return allowed
  // Repeated, it is a decision of its own: a tester who is withdrawn keeps SSO then.
  if (await switchOn(context, user, connectionSid))
    return ok({ ...user, signInMethod: 'sso_enabled', connectionSid })
  const now = await maySwitchOn(context, user, connectionSid)
  return now.ok ? problem('revision_changed', 'the user as it was read', 'another') : now
}

async function maySwitchOn(
  { db }: OperationContext,
  user: User,
  connectionSid: string,
): Promise<Result<true, Problem>> {
  const { tenantSid } = user
  const connection = await findConnection(db, connectionSid)
  if (connection?.tenantSid !== tenantSid)
    return problem('not_there', 'a connection of the user’s tenant', connectionSid)
  const closed = closedBecause(connection)
  if (closed) return problem(closed, 'a connection people can log in through', connection.state)
  const blocker = await findBlocker(db, user.sid, { tenantSid, connectionSid })
  if (blocker) return problem(blocker, 'a person without blockers', blocker)
  return user.signInMethod === 'sso_enforced'
    ? problem('user_enforced', 'a person with a password', user.signInMethod)
    : ok(true)
}

/** Without the fields that say nothing. */
function defined<T extends object>(input: T): T {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as T
}
