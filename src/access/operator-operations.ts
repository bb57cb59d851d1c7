// The operations on operators' accounts. Owners and the command line change them; every operator
// sees them.
import { emailKey } from '../directory/email-key.ts'
import { may } from '../events/actor.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { isRole, mayGive, ROLES, type Role } from '../events/roles.ts'
import { difference } from '../events/store.ts'
import { createSid } from '../ids.ts'
import { limitReached } from '../limits.ts'
import { cut } from '../cut.ts'
import { isUniqueViolation } from '../platform/db/client.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import { isMailAddress } from '../platform/mail/message.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { badName, isName, nameOf } from './shared.ts'
import { findOwnIdps } from './store/console-sessions.ts'
import {
  countKeysOf,
  endSessionsOf,
  findOperator,
  findOperatorOf,
  findOperators,
  hasAnotherOwner,
  insertOperator,
  updateOperator,
  type Operator,
  type OperatorChange,
} from './store/operators.ts'

export type { Operator } from './store/operators.ts'

const NO_TENANT = { tenantSid: null, connectionSid: null }

const SIGN_IN_WAYS = ['any', 'own_idp'] as const

export type OperatorInput = { name: string; email: string; role: Role }

/**
 * Creates an account. The person signs in by a link, Cloudflare Access or the vendor's IdP. Refuses
 * `forbidden`, `input`, `already_there` and `limit_reached`.
 */
export async function addOperator(
  context: OperationContext,
  { name, email, role }: OperatorInput,
): Promise<Result<Operator, Problem>> {
  if (!mayManage(context)) return notOwner(context)
  if (!isName(name)) return badName(name)
  const key = emailKey(email)
  if (key === undefined || !isMailAddress(email))
    return problem('input', 'one e-mail address, such as ann@example.com', cut(email, 254), 'email')
  if (!isRole(role)) return badRole(role)
  const operator: Operator = {
    sid: createSid('OP'),
    name,
    email,
    emailKey: key,
    role,
    signsInBy: 'any',
    idpBinding: null,
    emailVerifiedAt: null,
    createdBy: nameOf(context.actor),
    createdAt: context.now,
    updatedAt: context.now,
    lastSignedInAt: null,
    removedAt: null,
  }
  try {
    return (await insertOperator(context, operator)) ? ok(operator) : limitReached('operators')
  } catch (error) {
    if (!isUniqueViolation(error) || !(await findOperatorOf(context.db, key))) throw error
    return problem('already_there', 'an e-mail that no operator has', email, 'email')
  }
}

/** Newest first, without removed ones. Refuses `forbidden`. */
export async function listOperators(
  context: OperationContext,
  page: PageRequest,
): Promise<Result<Page<Operator>, Problem>> {
  if (!may(context.actor, 'view', NO_TENANT)) return notOperator(context)
  return ok(toPage(await findOperators(context.db, page), page))
}

/** Refuses `forbidden` and `not_there`. */
export async function getOperator(
  context: OperationContext,
  sid: string,
): Promise<Result<Operator, Problem>> {
  if (!may(context.actor, 'view', NO_TENANT)) return notOperator(context)
  const operator = await findOperator(context.db, sid)
  return operator ? ok(operator) : problem('not_there', 'an operator', cut(sid, 100))
}

/**
 * Changes name, role or ways to sign in. A new role ends the sessions of the console, and the API
 * keys that may do more than the new role. Refuses
 * `forbidden`, `not_there`, `input`, `last_owner`, `own_idp_missing` and `revision_changed`.
 */
export async function editOperator(
  context: OperationContext,
  sid: string,
  edit: {
    name?: string | undefined
    role?: Role | undefined
    signsInBy?: Operator['signsInBy'] | undefined
  },
): Promise<Result<Operator, Problem>> {
  const found = await getOperator(context, sid)
  if (!found.ok) return found
  if (!mayManage(context)) return notOwner(context)
  const before = found.value
  const { name = before.name, role = before.role, signsInBy = before.signsInBy } = edit
  if (!isName(name)) return badName(name)
  if (!isRole(role)) return badRole(role)
  if (!SIGN_IN_WAYS.includes(signsInBy))
    return problem('input', SIGN_IN_WAYS.join(', '), cut(String(signsInBy), 100), 'signsInBy')
  const now = { name, role, signsInBy }
  const change = difference({ name: before.name, signsInBy: before.signsInBy }, { name, signsInBy })
  const isOtherRole = role !== before.role
  const isEdited = Object.keys(change.after).length > 0
  if (!isOtherRole && !isEdited) return found
  return save(context, before, now, {
    endsSessions: isOtherRole || signsInBy !== before.signsInBy,
    endsKeys: ROLES.filter((one) => !mayGive(role, one)),
    events: [
      ...(isEdited ? [{ type: 'operator.updated', ...change } as const] : []),
      ...(isOtherRole
        ? [
            {
              type: 'operator.role_changed',
              before: { role: before.role },
              after: { role },
            } as const,
          ]
        : []),
    ],
  })
}

/**
 * Ends an account, its sessions, its links and the API keys that the person has made. Refuses
 * `forbidden`, `not_there`, `last_owner` and `revision_changed`.
 */
export async function removeOperator(
  context: OperationContext,
  sid: string,
): Promise<Result<Operator, Problem>> {
  const found = await getOperator(context, sid)
  if (!found.ok) return found
  if (!mayManage(context)) return notOwner(context)
  const { name, email, role } = found.value
  return save(
    context,
    found.value,
    { removedAt: context.now },
    {
      endsSessions: true,
      endsKeys: ROLES,
      events: [{ type: 'operator.removed', before: { name, email, role } }],
    },
  )
}

/** How many valid API keys end with the account. */
export async function countOperatorKeys(
  { db, now }: OperationContext,
  { sid }: Operator,
): Promise<number> {
  return countKeysOf(db, sid, now)
}

/** Ends every session of the console that the actor has. */
export async function endOwnSessions({ db, actor }: OperationContext): Promise<void> {
  if (actor.kind === 'operator') await endSessionsOf(db, actor.id)
}

async function save(
  context: OperationContext,
  before: Operator,
  change: OperatorChange,
  how: Pick<Parameters<typeof updateOperator>[3], 'events' | 'endsSessions' | 'endsKeys'>,
): Promise<Result<Operator, Problem>> {
  const after = { ...before, ...change }
  const isLosing = opensAlways(before) && !opensAlways(after)
  if (isLosing && !(await hasAnotherOwner(context.db, before.sid))) return lastOwner(before)
  const isRestricted = before.signsInBy === 'any' && after.signsInBy === 'own_idp'
  if (isRestricted && (await findOwnIdps(context.db)).length === 0)
    return problem('own_idp_missing', 'a validated connection of the operators’ own', 'none')
  if (await updateOperator(context, before, change, { ...how, isLosing })) return ok(after)
  return isLosing && !(await hasAnotherOwner(context.db, before.sid))
    ? lastOwner(before)
    : problem('revision_changed', 'the account as it was read', 'another')
}

/** An owner whom a broken IdP of the vendor does not lock out. */
function opensAlways({ role, signsInBy, removedAt }: Operator): boolean {
  return role === 'owner' && signsInBy === 'any' && removedAt === null
}

function lastOwner({ name }: Operator) {
  return problem('last_owner', 'another owner who signs in by link or Access', name, 'role')
}

function mayManage({ actor }: OperationContext): boolean {
  return may(actor, 'operators', NO_TENANT)
}

function notOwner({ actor }: OperationContext) {
  return problem('forbidden', 'an owner', actor.kind)
}

function notOperator({ actor }: OperationContext) {
  return problem('forbidden', 'an operator', actor.kind)
}

function badRole(role: unknown) {
  return problem('input', ROLES.join(', '), cut(String(role), 100), 'role')
}
