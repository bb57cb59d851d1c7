// Erases a person: what it will do, and doing it.
import { getUser } from '../directory/operations.ts'
import type { User } from '../directory/store/users.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { hashSecret } from '../platform/secret.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import type { Erasure, Removed } from './erasure.ts'
import { addTo } from './erasure.ts'
import { carryOut, mayErase, newErasure, notAllowed } from './operations.ts'
import type { Sought } from './sought.ts'
import { countPerson, erasePerson, findOthersAddresses, readTraces } from './store/people.ts'

/** So many earlier addresses and names are looked for. */
const MOST_WORDS = 20

export type UserErasurePreview = {
  user: User
  /** Rows by table. */
  rows: Removed
  /** SIDs of connections whose IdP provisions the person: it may create them anew. */
  provisionedBy: string[]
}

/** What erasing would remove. Refuses `not_there` and `forbidden`. */
export async function previewUserErasure(
  context: OperationContext,
  name: string,
): Promise<Result<UserErasurePreview, Problem>> {
  const found = await findPerson(context, name)
  if (!found.ok) return found
  const { user, sought, provisionedBy } = found.value
  const { sid: userSid, tenantSid } = user
  const rows = await countPerson(context.db, { userSid, tenantSid, sought })
  return ok({ user, rows, provisionedBy })
}

/**
 * Erases a person, named by SID or login e-mail. `confirm` is the login e-mail. Sessions end, rows
 * go in one batch; details of events, texts and the history of logins follow, here or by the job.
 * Refuses `not_there`, `forbidden`, `input` and `already_there`.
 */
export async function eraseUser(
  context: OperationContext,
  name: string,
  { confirm }: { confirm: string },
): Promise<Result<Erasure, Problem>> {
  const found = await findPerson(context, name)
  if (!found.ok) return found
  const { user, sought } = found.value
  if (confirm.trim().toLowerCase() !== user.emailKey)
    return problem('input', 'the login e-mail of the user', confirm, 'confirm')
  const { sid: subjectSid, tenantSid } = user
  const erasure = newErasure(context, { kind: 'user', subjectSid, tenantSid, sought })
  return carryOut(context, erasure, async () => {
    const removed = await erasePerson(context, { ...erasure, tenantSid, sought })
    return { ...erasure, removed: addTo({}, removed) }
  })
}

type KnownPerson = { user: User; sought: Sought; provisionedBy: string[] }

async function findPerson(
  context: OperationContext,
  name: string,
): Promise<Result<KnownPerson, Problem>> {
  const found = await getUser(context, name)
  if (!found.ok) return found
  if (!mayErase(context, found.value.tenantSid)) return notAllowed(context)
  const { sought, provisionedBy } = await readSought(context, found.value)
  return ok({ user: found.value, sought, provisionedBy })
}

/** What the person is recognised by, earlier addresses and names included. */
export async function readSought(
  { db }: Pick<OperationContext, 'db'>,
  user: User,
): Promise<{ sought: Sought; provisionedBy: string[] }> {
  const traces = await readTraces(db, user.sid, user.tenantSid)
  // An address claim names another person, too.
  const earlier = traces.told
    .filter(({ type }) => type.startsWith('user.'))
    .flatMap(({ personal }) => valuesOf(personal))
  const values = (field: string) =>
    earlier.flatMap((one) => (typeof one[field] === 'string' ? [one[field]] : []))
  const addresses = unique(
    [
      user.emailKey,
      ...traces.aliases.map(({ email }) => email),
      ...traces.listed.map(({ email }) => email),
      ...traces.provisioned.map(({ userName }) => userName).filter((one) => one.includes('@')),
      ...values('email'),
    ].map((email) => email.toLowerCase()),
  )
  const others = await findOthersAddresses(db, user.sid, addresses)
  const emails = addresses.filter((email) => !others.has(email))
  const sought: Sought = {
    emails,
    names: unique([
      ...fullNames(
        [user.firstName, ...values('firstName')],
        [user.lastName, ...values('lastName')],
      ),
      ...traces.provisioned.map(({ displayName }) => displayName).filter(isFullName),
    ]),
    ids: unique([
      ...traces.nameIDs.map(({ nameID }) => nameID),
      user.externalID,
      ...traces.provisioned.flatMap(({ userName, externalID }) => [userName, externalID]),
      ...values('externalID'),
    ]),
    receivers: await Promise.all(emails.map((email) => hashSecret(email))),
    connections: traces.connections.map(({ sid }) => sid),
  }
  return { sought, provisionedBy: traces.provisioners.map(({ sid }) => sid) }
}

/** The values before and after, of the details of an event. */
function valuesOf(personal: string): Record<string, unknown>[] {
  const { before, after } = JSON.parse(personal) as Record<'before' | 'after', unknown>
  return [before, after].filter((one): one is Record<string, unknown> => isObject(one))
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

/** In both orders, since lists have them in either. */
function fullNames(firsts: readonly (string | null)[], lasts: readonly (string | null)[]) {
  return unique(firsts).flatMap((first) =>
    unique(lasts).flatMap((last) => [`${first} ${last}`, `${last}, ${first}`, `${last} ${first}`]),
  )
}

/** One word may be anybody's name. */
function isFullName(name: string | null): boolean {
  return name !== null && name.trim().includes(' ')
}

function unique(texts: readonly (string | null)[]): string[] {
  const found = texts.filter((text): text is string => text !== null && text.trim() !== '')
  return [...new Set(found)].slice(0, MOST_WORDS)
}
