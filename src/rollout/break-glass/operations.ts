// Owners who keep their password whatever is enforced, for the day the IdP is down, and their
// one-time recovery codes.
import { checkTemporary } from '../../directory/temporary.ts'
import { describeActor, may, maySee } from '../../events/actor.ts'
import { emailKey } from '../../directory/email-key.ts'
import { findTenant } from '../../directory/tenants/store.ts'
import { findNamedUser, type User } from '../../directory/store/users.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { HOUR } from '../../durations.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { countGuess, findGuesses, isGuessing, type Guess } from '../../platform/guesses/store.ts'
import { writeLine } from '../../platform/log/write-line.ts'
import { hashSecret } from '../../platform/secret.ts'
import { drillState, type DrillState } from './drill.ts'
import { createRecoveryCode, normalizeRecoveryCode } from './recovery-code.ts'
import {
  replaceRecoveryCodes,
  spendCode,
  spendHandover,
  type Opened,
  type SpentCode,
} from './store/codes.ts'
import {
  endBreakGlassRow,
  findBreakGlass,
  insertBreakGlass,
  type OwnerRow,
} from './store/owners.ts'
import { noteWrongCode } from './store/wrong-codes.ts'

/** An owner, and the last minute in which somebody tried wrong codes for their e-mail. */
export type Owner = OwnerRow & {
  wrongCodeAt: number | null
  wrongCodes: number
  drill: DrillState
}

/** After a deactivation by the IdP: a long weekend, and two weeks at most. */
const GRACE_HOURS = 72
const MOST_GRACE_HOURS = 336

/** Codes that nobody has tried for longer are not known to work. */
const DRILL_DAYS = 90
const MOST_DRILL_DAYS = 366

const CODES_IN_A_SET = 10

/**
 * How long the password counts after a code was spent, and how long the app may take its hand-over.
 */
const OPEN_FOR = HOUR
const HANDOVER_FOR = 600_000

/**
 * Exempts an owner, named by SID or login e-mail, from enforcement until then. Where he is enforced
 * already, his password counts again. After that time nothing happens by itself: the next
 * enforcement may take him. Refuses `not_there`, `forbidden` and `input`.
 */
export async function addBreakGlass(
  context: OperationContext,
  tenantSid: string,
  input: {
    user: string
    reason: string
    expiresAt: number
    graceHours?: number | undefined
    drillDays?: number | undefined
    drillAt?: number | undefined
  },
): Promise<Result<Owner, Problem>> {
  const user = await getOwner(context, tenantSid, input.user)
  if (!user.ok) return user
  const checked = checkTemporary(input, context.now)
  if (!checked.ok) return checked
  const { reason, expiresAt } = checked.value
  const { graceHours = GRACE_HOURS } = input
  if (!Number.isSafeInteger(graceHours) || graceHours < 0 || graceHours > MOST_GRACE_HOURS)
    return problem('input', `0 to ${MOST_GRACE_HOURS} hours`, `${graceHours}`, 'graceHours')
  const { drillDays = DRILL_DAYS, drillAt } = input
  if (!Number.isSafeInteger(drillDays) || drillDays < 0 || drillDays > MOST_DRILL_DAYS)
    return problem('input', `0 to ${MOST_DRILL_DAYS} days`, `${drillDays}`, 'drillDays')
  if (drillAt !== undefined && !(Number.isSafeInteger(drillAt) && drillAt > context.now))
    return problem('input', 'a time to come', `${drillAt}`, 'drillAt')
  if (drillAt !== undefined && drillAt > expiresAt)
    return problem('input', 'a time before the exemption ends', `${drillAt}`, 'drillAt')
  if (user.value.suspendedAt !== null)
    return problem('input', 'a user who may sign in', 'a suspended one', 'user')
  await insertBreakGlass(context, user.value, {
    reason,
    expiresAt,
    graceHours,
    drillDays,
    ...(drillAt !== undefined && { drillAt }),
  })
  return getRow(context, user.value)
}

/** Those of a tenant, also expired and ended ones. Refuses `not_there`. */
export async function listBreakGlass(
  context: OperationContext,
  tenantSid: string,
): Promise<Result<Owner[], Problem>> {
  const { actor } = context
  // Administrators of one connection see who keeps the way in when it is down.
  const connectionSid = actor.kind === 'customer admin' ? actor.connectionSid : null
  if (!maySee(actor, { tenantSid, connectionSid }) || !(await findTenant(context.db, tenantSid)))
    return problem('not_there', 'a tenant', tenantSid)
  return ok(await findOwners(context, tenantSid))
}

/**
 * Ends an exemption and takes back the codes that are left. Refuses `not_there` and `forbidden`.
 */
export async function endBreakGlass(
  context: OperationContext,
  tenantSid: string,
  name: string,
): Promise<Result<Owner, Problem>> {
  const user = await getOwner(context, tenantSid, name)
  if (!user.ok) return user
  const row = await getRow(context, user.value)
  if (!row.ok || row.value.endedAt !== null) return row
  await endBreakGlassRow(context, tenantSid, user.value.sid)
  return getRow(context, user.value)
}

/**
 * The exemption of somebody who is signed in. Undefined: they have none in force. For their own
 * page alone: nobody else sees or makes recovery codes.
 */
export async function findOwnExemption(
  { db, now }: Pick<OperationContext, 'db' | 'now'>,
  user: Pick<User, 'sid' | 'tenantSid'>,
): Promise<Owner | undefined> {
  const owners = await findOwners({ db, now }, user.tenantSid)
  const owner = owners.find(({ userSid }) => userSid === user.sid)
  return owner && owner.endedAt === null && owner.expiresAt > now ? owner : undefined
}

/**
 * Ten codes for a break-glass owner who is signed in, shown once: they are kept as hashes. Those of
 * the set before no longer work. Refuses `break_glass_missing`.
 */
export async function createOwnCodes(
  { db, now }: Pick<OperationContext, 'db' | 'now'>,
  user: Pick<User, 'sid' | 'tenantSid'>,
): Promise<Result<{ codes: string[] }, Problem>> {
  if (!(await findOwnExemption({ db, now }, user)))
    return problem('break_glass_missing', 'an exemption in force', 'none', 'user')
  const codes = Array.from({ length: CODES_IN_A_SET }, createRecoveryCode)
  const hashes = await Promise.all(codes.map(hashSecret))
  await replaceRecoveryCodes({ db, now }, user, hashes)
  return ok({ codes })
}

/**
 * Spends a code of a user, once, and tells the audit trail and the log. The caller lets the
 * user in; if not, the password counts for an hour. Takes the code of a hand-over too. Refuses
 * `recovery_code`, the same for a wrong code, a wrong user, and an owner who is none any more.
 * After ten wrong codes for the e-mail by this caller in a minute it refuses `too_many_requests`,
 * the right code too, but never a hand-over: an owner whom strangers lock out here uses our page.
 */
export async function spendRecoveryCode(
  { db, actor, now }: Pick<OperationContext, 'db' | 'actor' | 'now'>,
  input: { email: string; code: string },
): Promise<Result<Opened, Problem>> {
  const code = await readCode(input)
  const handedOver =
    code && (await spendHandover(db, { ...code, now, opensUntil: now + OPEN_FOR - HANDOVER_FOR }))
  if (handedOver) return ok(handedOver)
  return guessing({ db, now }, { email: input.email, client: describeActor(actor) }, async () => {
    const spent = code && (await spendCode(db, { ...code, ...opening(now), handoverHash: null }))
    if (!spent) return REFUSED
    warn(spent)
    const { userSid, tenantSid, codesLeft, passwordUntil } = spent
    return ok({ userSid, tenantSid, codesLeft, passwordUntil })
  })
}

/**
 * The same for somebody who is not known yet and has to go on to the app. The code that is returned
 * is good once within ten minutes, for `spendRecoveryCode`: the one on paper gets into no address.
 * Refuses `too_many_requests` after ten wrong codes for the e-mail from this client in a minute,
 * the right code too.
 */
export async function exchangeRecoveryCode(
  { db, now }: Pick<OperationContext, 'db' | 'now'>,
  input: { email: string; code: string; client: string },
): Promise<Result<SpentCode & { handover: string }, Problem>> {
  return guessing({ db, now }, input, () => exchangeCode(db, input, now))
}

/** Written for every e-mail: the cost tells nobody whether an owner has it. */
const traceOf = (key: string): Guess => ({ kind: 'recovery_code_of', client: key })

async function findOwners(
  { db, now }: Pick<OperationContext, 'db' | 'now'>,
  tenantSid: string,
): Promise<Owner[]> {
  const rows = await findBreakGlass(db, tenantSid)
  const guesses = rows.map(({ email }) => traceOf(email.toLowerCase()))
  const traces = await findGuesses(db, guesses)
  return rows.map((row, at) => ({
    ...row,
    wrongCodeAt: traces[at]?.at ?? null,
    wrongCodes: traces[at]?.wrong ?? 0,
    drill: drillState(row, now),
  }))
}

/** Counts a wrong code, and takes none after ten in a minute. */
async function guessing<T>(
  { db, now }: Pick<OperationContext, 'db' | 'now'>,
  { email, client }: { email: string; client: string },
  open: () => Promise<Result<T, Problem>>,
): Promise<Result<T, Problem>> {
  const key = emailKey(email) ?? email
  const guess: Guess = { kind: 'recovery_code', client: `${client} ${key}` }
  if (await isGuessing(db, guess, now)) return GUESSING
  const opened = await open()
  if (opened.ok) return opened
  if (!(await countGuess(db, guess, now))) return GUESSING
  await countGuess(db, traceOf(key), now)
  await noteWrongCode(db, key, now)
  return opened
}

async function exchangeCode(
  db: OperationContext['db'],
  input: { email: string; code: string },
  now: number,
): Promise<Result<SpentCode & { handover: string }, Problem>> {
  const code = await readCode(input)
  if (!code) return REFUSED
  const handover = createRecoveryCode()
  const handoverHash = await hashSecret(handover)
  const spent = await spendCode(db, { ...code, ...opening(now), handoverHash })
  if (!spent) return REFUSED
  warn(spent)
  return ok({ ...spent, handover })
}

const GUESSING = problem('too_many_requests', 'ten wrong codes in a minute', 'more', 'code')
const REFUSED = problem('recovery_code', 'an unspent code of this user', 'another text', 'code')

const opening = (now: number) => ({ now, passwordUntil: now + OPEN_FOR })

async function readCode(input: { email: string; code: string }) {
  const key = emailKey(input.email)
  const code = normalizeRecoveryCode(input.code)
  return key && code && { emailKey: key, codeHash: await hashSecret(code) }
}

/** For alerts: somebody has come in past the IdP. */
function warn({ userSid, tenantSid, codesLeft, isDrill }: SpentCode): void {
  writeLine('recovery_code_spent', { userSid, tenantSid, codesLeft, isDrill })
}

/** A user of the tenant whom the actor may make an owner. Refuses `not_there` and `forbidden`. */
async function getOwner(
  context: OperationContext,
  tenantSid: string,
  name: string,
): Promise<Result<User, Problem>> {
  const resource = { tenantSid, connectionSid: null }
  const user = maySee(context.actor, resource) ? await findNamedUser(context.db, name) : undefined
  if (user?.tenantSid !== tenantSid)
    return problem('not_there', 'a user of this tenant', name, 'user')
  return may(context.actor, 'codes', resource)
    ? ok(user)
    : problem('forbidden', 'an operator', context.actor.kind)
}

async function getRow(context: OperationContext, user: User): Promise<Result<Owner, Problem>> {
  const owners = await findOwners(context, user.tenantSid)
  const owner = owners.find(({ userSid }) => userSid === user.sid)
  return owner ? ok(owner) : problem('not_there', 'a break-glass owner', user.sid, 'user')
}
