// What a chunk of rows does to the directory: one verdict a row, and the changes they add up to.
// Pure: the rows are judged in order against what was read, each as if those before it had
// happened.
import type { Problem } from '../../problem.ts'
import { createTimedSid, isSid } from '../../ids.ts'
import { IMPORT_SOURCE, isAnother, type AddressClaim } from '../claims/claim.ts'
import type { User } from '../store/users.ts'
import type { UserRecord } from '../user-record.ts'

export type KnownUser = Pick<
  User,
  | 'sid'
  | 'tenantSid'
  | 'externalID'
  | 'email'
  | 'emailKey'
  | 'firstName'
  | 'lastName'
  | 'suspendedAt'
  | 'importSid'
  | 'importRow'
>

/** What the directory has of everything that the rows name. */
export type KnownRecords = {
  users: readonly KnownUser[]
  /** Of the tenant: SID and external id. */
  accounts: readonly { sid: string; externalID: string | null }[]
  /** Of those users, in accounts of the tenant. */
  memberships: readonly { userSid: string; accountSid: string }[]
}

export type ImportRow = { row: number; record: UserRecord } | { row: number; problem: Problem }

export type RowVerdict = {
  /** From 1, without a header. */
  row: number
  result: 'created' | 'updated' | 'unchanged' | 'refused'
  userSid: string | null
  problem?: Problem
}

/** A user as it is to be. Of an update, fields that the row does not have are missing. */
export type UserWrite = Pick<User, 'sid' | 'email' | 'emailKey'> &
  Partial<Pick<User, 'firstName' | 'lastName' | 'externalID'>> & {
    suspended?: boolean
    /** Undefined outside an import. */
    importRow: number | undefined
    /** False where only the import's mark is set. */
    changed: boolean
  }

export type Changes = {
  accounts: { sid: string; externalID: string }[]
  inserts: UserWrite[]
  updates: UserWrite[]
  /**
   * Users whose login e-mail changes: each lets go of the old one before anybody takes a new one.
   */
  movers: string[]
  /** Users whom the rows call suspended, also those who were so before. */
  suspended: string[]
  joins: { userSid: string; accountSid: string }[]
  leaves: { userSid: string; accountSid: string }[]
}

export type ImportJudgement = {
  verdicts: RowVerdict[]
  changes: Changes
  /** Addresses of users whom the rows call by another external id. */
  claims: AddressClaim[]
}

export type JudgeOptions = {
  tenantSid: string
  /** SIDs of what is made begin with it: their rows then lie side by side in the database. */
  now: number
  /** Undefined outside an import. */
  importSid?: string
  /** Accounts that are not there are made, with their id for a name. */
  createAccounts: boolean
}

export function judge(
  rows: readonly ImportRow[],
  known: KnownRecords,
  options: JudgeOptions,
): ImportJudgement {
  const state = toState(known, options.tenantSid)
  const changes: Changes = {
    accounts: [],
    inserts: [],
    updates: [],
    movers: [],
    suspended: [],
    joins: [],
    leaves: [],
  }
  const claims: AddressClaim[] = []
  const verdicts = rows.map((row): RowVerdict => {
    if ('problem' in row) return refuse(row.row, row.problem)
    const found = find(row.row, row.record, state, options)
    if ('claim' in found) {
      claims.push(found.claim)
      return refuse(row.row, waiting(found.claim))
    }
    if ('problem' in found) return refuse(row.row, found.problem)
    const missing = row.record.accounts?.find((name) => !isKnown(name, state, options))
    if (missing !== undefined)
      return refuse(row.row, {
        code: 'not_there',
        field: 'accounts',
        expected: 'accounts of the tenant',
        received: missing,
      })
    const accounts = (row.record.accounts ?? []).map((name) => accountOf(name, state, options))
    return apply(row.row, row.record, found.user, accounts, state, changes, options)
  })
  changes.accounts = [...state.newAccounts.values()]
  return { verdicts, changes, claims }
}

function refuse(row: number, problem: Problem): RowVerdict {
  return { row, result: 'refused', userSid: null, problem }
}

type JudgingState = {
  byEmail: Map<string, KnownUser>
  byExternalID: Map<string, KnownUser>
  accounts: Map<string, string>
  newAccounts: Map<string, { sid: string; externalID: string }>
  memberships: Map<string, Set<string>>
}

function toState({ users, accounts, memberships }: KnownRecords, tenantSid: string): JudgingState {
  const own = users.filter((user) => user.tenantSid === tenantSid && user.externalID !== null)
  return {
    byEmail: new Map(users.map((user) => [user.emailKey, user])),
    byExternalID: new Map(own.map((user) => [user.externalID!, user])),
    accounts: new Map(
      accounts.flatMap(({ sid, externalID }) => [
        [sid, sid] as const,
        ...(externalID === null ? [] : [[externalID, sid] as const]),
      ]),
    ),
    newAccounts: new Map(),
    memberships: new Map(
      [...Map.groupBy(memberships, ({ userSid }) => userSid)].map(([userSid, of]) => [
        userSid,
        new Set(of.map(({ accountSid }) => accountSid)),
      ]),
    ),
  }
}

/**
 * The user that a row is about: by the vendor's id where it has one, else by the login e-mail;
 * undefined: a new one.
 */
function find(
  row: number,
  record: UserRecord,
  state: JudgingState,
  { tenantSid, importSid }: JudgeOptions,
): { user: KnownUser | undefined } | { problem: Problem } | { claim: AddressClaim } {
  const { externalID, emailKey, email } = record
  const byID = externalID === undefined ? undefined : state.byExternalID.get(externalID)
  const byEmail = state.byEmail.get(emailKey)
  const user = byID ?? byEmail
  const field = byID ? 'externalID' : 'email'
  if (user && importSid !== undefined && user.importSid === importSid && user.importRow !== row)
    return {
      problem: {
        code: 'row_repeated',
        field,
        expected: 'each user once',
        received: `the user of row ${user.importRow}`,
      },
    }
  const isOther =
    byEmail !== undefined &&
    (byEmail.tenantSid !== tenantSid || (byID !== undefined && byID !== byEmail))
  if (isOther) {
    const where = byEmail.tenantSid === tenantSid ? '' : ' in another tenant'
    return {
      problem: {
        code: 'already_there',
        field: 'email',
        expected: 'a login e-mail that nobody else has',
        received: `${email}, of ${byEmail.sid}${where}`,
      },
    }
  }
  // The vendor says that it is somebody else: a person decides.
  if (!byID && byEmail && isAnother(byEmail.externalID, externalID)) {
    const name = [record.firstName, record.lastName].filter(Boolean).join(' ') || null
    const { sid: userSid, externalID: heldExternalID } = byEmail
    const held = { userSid, heldExternalID: heldExternalID!, externalID: externalID! }
    return { claim: { source: IMPORT_SOURCE, emailKey, name, ...held } }
  }
  return { user }
}

function waiting({ emailKey, userSid, heldExternalID }: AddressClaim): Problem {
  return {
    code: 'address_waits',
    field: 'email',
    expected: `the external ID ${heldExternalID}, which ${userSid} has`,
    received: emailKey,
  }
}

/** A SID names what is there; an account that is made has the vendor's id. */
function isKnown(name: string, state: JudgingState, { createAccounts }: JudgeOptions): boolean {
  return state.accounts.has(name) || (createAccounts && !isSid(name, 'AC'))
}

function accountOf(name: string, state: JudgingState, { now }: JudgeOptions): string {
  const known = state.accounts.get(name) ?? state.newAccounts.get(name)?.sid
  if (known !== undefined) return known
  const account = { sid: createTimedSid('AC', now), externalID: name }
  state.newAccounts.set(name, account)
  return account.sid
}

function apply(
  row: number,
  record: UserRecord,
  user: KnownUser | undefined,
  accounts: readonly string[],
  state: JudgingState,
  changes: Changes,
  { tenantSid, importSid, now: at }: JudgeOptions,
): RowVerdict {
  const { accounts: named, ...fields } = record
  const sid = user?.sid ?? createTimedSid('US', at)
  const moved = named !== undefined && joinAndLeave(sid, accounts, state, changes)
  const differs = !user || differsFrom(user, record)
  const importRow = importSid === undefined ? undefined : row
  const write: UserWrite = { sid, ...fields, importRow, changed: differs || moved }
  if (!user) changes.inserts.push(write)
  else if (write.changed || importSid !== undefined) changes.updates.push(write)
  if (user && record.suspended) changes.suspended.push(sid)
  if (user && user.emailKey !== record.emailKey) {
    changes.movers.push(sid)
    state.byEmail.delete(user.emailKey)
  }
  const now: KnownUser = {
    sid,
    tenantSid,
    email: record.email,
    emailKey: record.emailKey,
    externalID: record.externalID ?? user?.externalID ?? null,
    firstName: record.firstName ?? null,
    lastName: record.lastName ?? null,
    suspendedAt: user?.suspendedAt ?? null,
    importSid: importSid ?? null,
    importRow: row,
  }
  state.byEmail.set(now.emailKey, now)
  if (now.externalID !== null) state.byExternalID.set(now.externalID, now)
  return {
    row,
    result: user ? (write.changed ? 'updated' : 'unchanged') : 'created',
    userSid: sid,
  }
}

function differsFrom(user: KnownUser, record: UserRecord): boolean {
  return (
    user.email !== record.email ||
    (record.firstName !== undefined && user.firstName !== record.firstName) ||
    (record.lastName !== undefined && user.lastName !== record.lastName) ||
    (record.externalID !== undefined && user.externalID !== record.externalID) ||
    (record.suspended !== undefined && (user.suspendedAt !== null) !== record.suspended)
  )
}

/** True where memberships change. */
function joinAndLeave(
  userSid: string,
  accounts: readonly string[],
  state: JudgingState,
  changes: Changes,
): boolean {
  const before = state.memberships.get(userSid) ?? new Set<string>()
  const after = new Set(accounts)
  const joins = [...after]
    .filter((sid) => !before.has(sid))
    .map((accountSid) => ({ userSid, accountSid }))
  const leaves = [...before]
    .filter((sid) => !after.has(sid))
    .map((accountSid) => ({ userSid, accountSid }))
  changes.joins.push(...joins)
  changes.leaves.push(...leaves)
  state.memberships.set(userSid, after)
  return joins.length + leaves.length > 0
}
