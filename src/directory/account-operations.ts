// What may be done with accounts and with who belongs to them. Accounts come from the vendor's
// product: operators write, a tenant's administrators read.
import { may, maySee } from '../events/actor.ts'
import { isUniqueViolation } from '../platform/db/client.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { createSid, isSid } from '../ids.ts'
import { getTenant, getUser } from './operations.ts'
import {
  findAccount,
  findAccounts,
  findAccountsNamed,
  findMembers,
  findMemberships,
  insertAccount,
  renameAccount,
  replaceMemberships,
  type Account,
} from './store/accounts.ts'
import type { User } from './store/users.ts'
import { readAccounts, readID, readText } from './user-record.ts'

/**
 * Refuses `not_there`, `forbidden`, `input`, and `already_there` where the tenant has the external
 * id.
 */
export async function createAccount(
  context: OperationContext,
  tenantSid: string,
  input: { name: string; externalID?: string | number | undefined },
): Promise<Result<Account, Problem>> {
  const allowed = await mayWrite(context, tenantSid)
  if (!allowed.ok) return allowed
  const name = readName(input.name)
  if (!name.ok) return name
  const externalID = readID(input.externalID, 'externalID')
  if (!externalID.ok) return externalID
  const account: Account = {
    sid: createSid('AC'),
    tenantSid,
    externalID: externalID.value ?? null,
    name: name.value,
    createdAt: context.now,
  }
  try {
    await insertAccount(context, account)
  } catch (error) {
    if (isUniqueViolation(error))
      return problem('already_there', 'a new external id', account.externalID ?? '', 'externalID')
    throw error
  }
  return ok(account)
}

/**
 * Names an account of the tenant: one that is there, by SID or external id, or a new one of that
 * external id. Refuses `not_there`, `forbidden` and `input`.
 */
export async function putAccount(
  context: OperationContext,
  tenantSid: string,
  named: string,
  input: { name: string },
): Promise<Result<Account, Problem>> {
  const allowed = await mayWrite(context, tenantSid)
  if (!allowed.ok) return allowed
  const name = readName(input.name)
  if (!name.ok) return name
  const found = await findAccount(context.db, tenantSid, named)
  if (!found) {
    if (isSid(named, 'AC')) return problem('not_there', 'an account', named)
    const created = await createAccount(context, tenantSid, { ...input, externalID: named })
    // Somebody else has just made it: then it is named.
    if (created.ok || created.error.code !== 'already_there') return created
    return putAccount(context, tenantSid, named, input)
  }
  if (found.name !== name.value) await renameAccount(context, found, name.value)
  return ok({ ...found, name: name.value })
}

/** By SID or external id. Refuses `not_there`. */
export async function getAccount(
  context: OperationContext,
  tenantSid: string,
  named: string,
): Promise<Result<Account, Problem>> {
  const tenant = await getTenant(context, tenantSid)
  if (!tenant.ok) return tenant
  const account = await findAccount(context.db, tenantSid, named)
  return account ? ok(account) : problem('not_there', 'an account', named)
}

/** Newest first. Refuses `not_there`. */
export async function listAccounts(
  context: OperationContext,
  tenantSid: string,
  page: PageRequest,
): Promise<Result<Page<Account>, Problem>> {
  const tenant = await getTenant(context, tenantSid)
  if (!tenant.ok) return tenant
  return ok(toPage(await findAccounts(context.db, tenantSid, page), page))
}

/**
 * The members of an account, named by SID or external id, in the order of their SIDs. Those of
 * other tenants are shown to operators alone. Refuses `not_there`.
 */
export async function listAccountUsers(
  context: OperationContext,
  tenantSid: string,
  named: string,
  page: PageRequest,
): Promise<Result<Page<User>, Problem>> {
  const account = await getAccount(context, tenantSid, named)
  if (!account.ok) return account
  const visible = context.actor.kind === 'customer admin' ? tenantSid : undefined
  return ok(toPage(await findMembers(context.db, account.value.sid, visible, page), page))
}

/** The accounts that a user belongs to, as far as the actor may see them. Refuses `not_there`. */
export async function listMemberships(
  context: OperationContext,
  userName: string,
): Promise<Result<Account[], Problem>> {
  const user = await getUser(context, userName)
  if (!user.ok) return user
  const accounts = await findMemberships(context.db, user.value.sid)
  return ok(
    accounts.filter(({ tenantSid }) => maySee(context.actor, { tenantSid, connectionSid: null })),
  )
}

/**
 * Says which accounts a user belongs to: external ids and SIDs of the user's tenant, SIDs of any
 * other (a contractor works in the accounts of several). Refuses `not_there`, `forbidden` and
 * `input`.
 */
export async function setMemberships(
  context: OperationContext,
  userName: string,
  names: readonly (string | number)[],
): Promise<Result<Account[], Problem>> {
  const found = await getUser(context, userName)
  if (!found.ok) return found
  const user = found.value
  if (!mayOperate(context, user.tenantSid))
    return problem('forbidden', 'an operator', context.actor.kind)
  const read = readAccounts(names)
  if (!read.ok) return read
  const wanted = read.value ?? []
  const accounts = await findAccountsNamed(context.db, user.tenantSid, wanted)
  const missing = wanted.find(
    (name) =>
      !accounts.some(
        ({ sid, externalID, tenantSid }) =>
          sid === name || (externalID === name && tenantSid === user.tenantSid),
      ),
  )
  if (missing !== undefined) return problem('not_there', 'accounts', missing, 'accounts')
  const before = await findMemberships(context.db, user.sid)
  const change = { before: before.map(({ sid }) => sid), after: accounts.map(({ sid }) => sid) }
  if (change.before.toSorted().join() !== change.after.toSorted().join())
    await replaceMemberships(context, user, change)
  return ok(accounts)
}

async function mayWrite(
  context: OperationContext,
  tenantSid: string,
): Promise<Result<true, Problem>> {
  const tenant = await getTenant(context, tenantSid)
  if (!tenant.ok) return tenant
  return mayOperate(context, tenantSid)
    ? ok(true)
    : problem('forbidden', 'an operator', context.actor.kind)
}

function mayOperate({ actor }: OperationContext, tenantSid: string | null): boolean {
  return may(actor, 'operate', { tenantSid, connectionSid: null })
}

function readName(value: unknown): Result<string, Problem> {
  const read = readText(value, 'name')
  if (!read.ok) return read
  return read.value ? ok(read.value) : problem('input', '1 to 200 characters', 'none', 'name')
}
