// What the vendor's own system says of single users: a record by which its app keeps in step, and
// edits by hand.
import { may } from '../events/actor.ts'
import { difference } from '../events/store.ts'
import { isForeignKeyViolation, isUniqueViolation } from '../platform/db/client.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { keepClaim } from './claims/store.ts'
import type { KnownRecords } from './import/judge.ts'
import { judgeRows, TRIES } from './import/operations.ts'
import { changeUsers } from './import/store/changes.ts'
import { getTenant, getUser } from './operations.ts'
import { findUser, recordUserChange, endKeptWay, updateUser, type User } from './store/users.ts'
import { readID, readText, readUserRecord, type UserRecord } from './user-record.ts'

export type PutUser = { result: 'created' | 'updated' | 'unchanged'; user: User }

/**
 * Creates or updates the user of a record, found by external id or else by login e-mail: a row of
 * an import by itself, audited as such. Refuses `not_there`, `forbidden`, `input`,
 * `already_there` where somebody else has the e-mail, and `address_waits` where that is a user of
 * another external id: a person decides.
 */
export async function putUser(
  context: OperationContext,
  tenantSid: string,
  value: unknown,
): Promise<Result<PutUser, Problem>> {
  const tenant = await getTenant(context, tenantSid)
  if (!tenant.ok) return tenant
  if (!mayOperate(context, tenantSid))
    return problem('forbidden', 'an operator', context.actor.kind)
  const read = readUserRecord(value)
  if (!read.ok) return read
  const rows = [{ row: 1, record: read.value }]
  for (let tried = 1; ; tried++) {
    const { verdicts, changes, claims, known } = await judgeRows(context, rows, {
      tenantSid,
      createAccounts: false,
    })
    const { result, userSid, problem: refused } = verdicts[0]!
    if (claims[0]) await keepClaim(context, tenantSid, claims[0])
    if (refused) return { ok: false, error: refused }
    try {
      if (result === 'created' || result === 'updated')
        await recordUserChange(context, {
          statements: changeUsers(context, tenantSid, null, changes),
          tenantSid,
          type: result === 'created' ? 'user.created' : 'user.updated',
          subjectSid: userSid!,
          ...changeOf(read.value, userSid!, known),
        })
      const user = await findUser(context.db, { sid: userSid! })
      if (result === 'unchanged' && read.value.suspended) await endKeptWay(context, user!)
      return ok({ result: result as PutUser['result'], user: user! })
    } catch (error) {
      if (tried === TRIES || !(isUniqueViolation(error) || isForeignKeyViolation(error)))
        throw error
    }
  }
}

/** What a record changes, for the audit trail: accounts by SID. */
function changeOf(record: UserRecord, userSid: string, known: KnownRecords) {
  const { accounts } = record
  const fields = Object.fromEntries(
    Object.entries(record).filter(([field]) => field !== 'emailKey' && field !== 'accounts'),
  )
  const sids = known.accounts
    .filter(({ sid, externalID }) => accounts?.some((name) => name === sid || name === externalID))
    .map(({ sid }) => sid)
  const after = { ...fields, ...(accounts && { accounts: sids.toSorted() }) }
  const user = known.users.find(({ sid }) => sid === userSid)
  if (!user) return { after }
  const before = known.memberships
    .filter((membership) => membership.userSid === userSid)
    .map(({ accountSid }) => accountSid)
  return difference(
    {
      ...user,
      suspended: user.suspendedAt !== null,
      accounts: [...new Set(before)].toSorted(),
    },
    after,
  )
}

export type UserEdit = {
  /** The login e-mail. */
  email?: string | undefined
  firstName?: string | null | undefined
  lastName?: string | null | undefined
  externalID?: string | number | null | undefined
  /** A suspended user signs in nowhere, and sessions that are open stop counting. */
  suspended?: boolean | undefined
  /** Whether the vendor's app has a password for the user. */
  hasPassword?: boolean | undefined
}

/**
 * Changes fields of a user, named by SID or login e-mail. A new login e-mail is what the IdP has to
 * send from then on. Refuses `not_there`, `forbidden`, `input`, and `already_there` where somebody
 * else has the e-mail or the external id.
 */
export async function editUser(
  context: OperationContext,
  name: string,
  edit: UserEdit,
): Promise<Result<User, Problem>> {
  const found = await getUser(context, name)
  if (!found.ok) return found
  if (!mayOperate(context, found.value.tenantSid))
    return problem('forbidden', 'an operator', context.actor.kind)
  const before = found.value
  const fields = readEdit(before, edit)
  if (!fields.ok) return fields
  const { suspended } = edit
  const suspendedAt =
    suspended === undefined
      ? before.suspendedAt
      : suspended
        ? (before.suspendedAt ?? context.now)
        : null
  const { hasPassword = before.hasPassword } = edit
  const after = { ...fields.value, suspendedAt, hasPassword }
  const change = difference(before, after)
  // Of an owner whom the IdP has deactivated before: an operator's word ends the way in at once.
  const endsKeptWay = suspended === true
  if (Object.keys(change.after).length === 0) {
    if (endsKeptWay) await endKeptWay(context, before)
    return ok(before)
  }
  try {
    await updateUser(context, before, after, { ...change, endsKeptWay })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const holder = await findUser(context.db, { emailKey: after.emailKey })
    const field = holder && holder.sid !== before.sid ? 'email' : 'externalID'
    return problem('already_there', 'what nobody else has', after[field] ?? '', field)
  }
  if (suspended && before.suspendedAt === null) context.afterResponse?.add('send_logout_tokens')
  return ok({ ...before, ...after, updatedAt: context.now })
}

type Editable = Pick<User, 'email' | 'emailKey' | 'firstName' | 'lastName' | 'externalID'>

/** Refuses `input`. */
function readEdit(before: User, edit: UserEdit): Result<Editable, Problem> {
  const fields: Editable = {
    email: before.email,
    emailKey: before.emailKey,
    firstName: before.firstName,
    lastName: before.lastName,
    externalID: before.externalID,
  }
  if (edit.email !== undefined) {
    const record = readUserRecord({ email: edit.email })
    if (!record.ok) return record
    fields.email = record.value.email
    fields.emailKey = record.value.emailKey
  }
  for (const field of ['firstName', 'lastName'] as const) {
    const read = readText(edit[field], field)
    if (!read.ok) return read
    if (read.value !== undefined) fields[field] = read.value
  }
  if (edit.externalID !== undefined) {
    const read = readID(edit.externalID, 'externalID')
    if (!read.ok) return read
    fields.externalID = read.value ?? null
  }
  return ok(fields)
}

function mayOperate({ actor }: OperationContext, tenantSid: string | null): boolean {
  return may(actor, 'operate', { tenantSid, connectionSid: null })
}
