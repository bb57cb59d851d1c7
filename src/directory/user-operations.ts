// What the vendor's own system says of single users: a record by which its app keeps in step, and edits by hand.
import { may } from '../events/actor.ts'
import { difference } from '../events/store.ts'
import { isForeignKeyViolation, isUniqueViolation } from '../platform/db/client.ts'
import { done, problem, type Outcome, type Request } from '../result.ts'
import type { Known } from './import/judge.ts'
import { judgeRows, TRIES } from './import/operations.ts'
import { changeUsers } from './import/store.ts'
import { getTenant, getUser } from './operations.ts'
import { findUser, recordUserChange, updateUser, type User } from './store.ts'
import { readID, readText, readUserRecord, type UserRecord } from './user-record.ts'

export type PutUser = { result: 'created' | 'updated' | 'unchanged'; user: User }

/**
 * Creates or updates the user of a record, found by external id or else by login e-mail: a row of an import by itself, audited
 * as such. Refuses `not_there`, `forbidden`, `input`, and `already_there` where somebody else has the e-mail.
 */
export async function putUser(
  request: Request,
  tenantSid: string,
  value: unknown,
): Promise<Outcome<PutUser>> {
  const tenant = await getTenant(request, tenantSid)
  if (!tenant.ok) return tenant
  if (!mayOperate(request)) return problem('forbidden', 'an operator', request.actor.kind)
  const read = readUserRecord(value)
  if (!read.ok) return read
  const rows = [{ row: 1, record: read.value }]
  for (let tried = 1; ; tried++) {
    const { verdicts, changes, known } = await judgeRows(request, rows, {
      tenantSid,
      createAccounts: false,
    })
    const { result, userSid, problem: refused } = verdicts[0]!
    if (refused) return { ok: false, problem: refused }
    try {
      if (result === 'created' || result === 'updated')
        await recordUserChange(request, {
          statements: changeUsers(request, tenantSid, null, changes),
          tenantSid,
          action: result === 'created' ? 'user.create' : 'user.edit',
          subjectSid: userSid!,
          ...changeOf(read.value, userSid!, known),
        })
      const user = await findUser(request.db, { sid: userSid! })
      return done({ result: result as PutUser['result'], user: user! })
    } catch (error) {
      if (tried === TRIES || !(isUniqueViolation(error) || isForeignKeyViolation(error)))
        throw error
    }
  }
}

/** What a record changes, for the audit trail: accounts by SID. */
function changeOf(record: UserRecord, userSid: string, known: Known) {
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
}

/**
 * Changes fields of a user, named by SID or login e-mail. A new login e-mail is what the IdP has to send from then on. Refuses
 * `not_there`, `forbidden`, `input`, and `already_there` where somebody else has the e-mail or the external id.
 */
export async function editUser(
  request: Request,
  name: string,
  edit: UserEdit,
): Promise<Outcome<User>> {
  const found = await getUser(request, name)
  if (!found.ok) return found
  if (!mayOperate(request)) return problem('forbidden', 'an operator', request.actor.kind)
  const before = found.value
  const fields = readEdit(before, edit)
  if (!fields.ok) return fields
  const { suspended } = edit
  const suspendedAt =
    suspended === undefined
      ? before.suspendedAt
      : suspended
        ? (before.suspendedAt ?? request.now)
        : null
  const after = { ...fields.value, suspendedAt }
  const change = difference(before, after)
  if (Object.keys(change.after).length === 0) return done(before)
  try {
    await updateUser(request, before, after, change)
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const holder = await findUser(request.db, { emailKey: after.emailKey })
    const field = holder && holder.sid !== before.sid ? 'email' : 'externalID'
    return problem('already_there', 'what nobody else has', after[field] ?? '', field)
  }
  return done({ ...before, ...after, updatedAt: request.now })
}

type Editable = Pick<User, 'email' | 'emailKey' | 'firstName' | 'lastName' | 'externalID'>

/** Refuses `input`. */
function readEdit(before: User, edit: UserEdit): Outcome<Editable> {
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
  return done(fields)
}

function mayOperate({ actor }: Request): boolean {
  return may(actor, 'operate', { tenantSid: null, connectionSid: null })
}
