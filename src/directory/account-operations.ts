// What may be done with accounts and with who belongs to them. Accounts come from the vendor's product: operators write, a
// tenant's administrators read.
import { may, maySee } from '../events/actor.ts'
import { isUniqueViolation } from '../platform/db/client.ts'
import { toPage, type Page, type PageRequest } from '../platform/db/page.ts'
import { done, problem, type Outcome, type Request } from '../result.ts'
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
  type User,
} from './store.ts'
import { readAccounts, readID, readText } from './user-record.ts'

/** Refuses `not_there`, `forbidden`, `input`, and `already_there` where the tenant has the external id. */
export async function createAccount(
  request: Request,
  tenantSid: string,
  input: { name: string; externalID?: string | number | undefined },
): Promise<Outcome<Account>> {
  const allowed = await mayWrite(request, tenantSid)
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
    createdAt: request.now,
  }
  try {
    await insertAccount(request, account)
  } catch (error) {
    if (isUniqueViolation(error))
      return problem('already_there', 'a new external id', account.externalID ?? '', 'externalID')
    throw error
  }
  return done(account)
}

/**
 * Names an account of the tenant: one that is there, by SID or external id, or a new one of that external id. Refuses
 * `not_there`, `forbidden` and `input`.
 */
export async function putAccount(
  request: Request,
  tenantSid: string,
  named: string,
  input: { name: string },
): Promise<Outcome<Account>> {
  const allowed = await mayWrite(request, tenantSid)
  if (!allowed.ok) return allowed
  const name = readName(input.name)
  if (!name.ok) return name
  const found = await findAccount(request.db, tenantSid, named)
  if (!found) {
    if (isSid(named, 'AC')) return problem('not_there', 'an account', named)
    const created = await createAccount(request, tenantSid, { ...input, externalID: named })
    // Somebody else has just made it: then it is named.
    if (created.ok || created.problem.code !== 'already_there') return created
    return putAccount(request, tenantSid, named, input)
  }
  if (found.name !== name.value) await renameAccount(request, found, name.value)
  return done({ ...found, name: name.value })
}

/** By SID or external id. Refuses `not_there`. */
export async function getAccount(
  request: Request,
  tenantSid: string,
  named: string,
): Promise<Outcome<Account>> {
  const tenant = await getTenant(request, tenantSid)
  if (!tenant.ok) return tenant
  const account = await findAccount(request.db, tenantSid, named)
  return account ? done(account) : problem('not_there', 'an account', named)
}

/** Newest first. Refuses `not_there`. */
export async function listAccounts(
  request: Request,
  tenantSid: string,
  page: PageRequest,
): Promise<Outcome<Page<Account>>> {
  const tenant = await getTenant(request, tenantSid)
  if (!tenant.ok) return tenant
  return done(toPage(await findAccounts(request.db, tenantSid, page), page))
}

/**
 * The members of an account, named by SID or external id, in the order of their SIDs. Those of other tenants are shown to
 * operators alone. Refuses `not_there`.
 */
export async function listAccountUsers(
  request: Request,
  tenantSid: string,
  named: string,
  page: PageRequest,
): Promise<Outcome<Page<User>>> {
  const account = await getAccount(request, tenantSid, named)
  if (!account.ok) return account
  const visible = request.actor.kind === 'customer admin' ? tenantSid : undefined
  return done(toPage(await findMembers(request.db, account.value.sid, visible, page), page))
}

/** The accounts that a user belongs to, as far as the actor may see them. Refuses `not_there`. */
export async function listMemberships(
  request: Request,
  userName: string,
): Promise<Outcome<Account[]>> {
  const user = await getUser(request, userName)
  if (!user.ok) return user
  const accounts = await findMemberships(request.db, user.value.sid)
  return done(
    accounts.filter(({ tenantSid }) => maySee(request.actor, { tenantSid, connectionSid: null })),
  )
}

/**
 * Says which accounts a user belongs to: external ids and SIDs of the user's tenant, SIDs of any other (a contractor works in
 * the accounts of several). Refuses `not_there`, `forbidden` and `input`.
 */
export async function setMemberships(
  request: Request,
  userName: string,
  names: readonly (string | number)[],
): Promise<Outcome<Account[]>> {
  const found = await getUser(request, userName)
  if (!found.ok) return found
  if (!mayOperate(request)) return problem('forbidden', 'an operator', request.actor.kind)
  const user = found.value
  const read = readAccounts(names)
  if (!read.ok) return read
  const wanted = read.value ?? []
  const accounts = await findAccountsNamed(request.db, user.tenantSid, wanted)
  const missing = wanted.find(
    (name) =>
      !accounts.some(
        ({ sid, externalID, tenantSid }) =>
          sid === name || (externalID === name && tenantSid === user.tenantSid),
      ),
  )
  if (missing !== undefined) return problem('not_there', 'accounts', missing, 'accounts')
  const before = await findMemberships(request.db, user.sid)
  const change = { before: before.map(({ sid }) => sid), after: accounts.map(({ sid }) => sid) }
  if (change.before.toSorted().join() !== change.after.toSorted().join())
    await replaceMemberships(request, user, change)
  return done(accounts)
}

async function mayWrite(request: Request, tenantSid: string): Promise<Outcome<true>> {
  const tenant = await getTenant(request, tenantSid)
  if (!tenant.ok) return tenant
  return mayOperate(request) ? done(true) : problem('forbidden', 'an operator', request.actor.kind)
}

function mayOperate({ actor }: Request): boolean {
  return may(actor, 'operate', { tenantSid: null, connectionSid: null })
}

function readName(value: unknown): Outcome<string> {
  const read = readText(value, 'name')
  if (!read.ok) return read
  return read.value ? done(read.value) : problem('input', '1 to 200 characters', 'none', 'name')
}
