// SCIM operations of an IdP on the users of its connection: create, link, change, suspend, resume
// and list. They give no membership and accept only addresses in verified domains of the tenant.
// They never reach a user of another connection.
import { domainOf } from '../directory/email-key.ts'
import type { ErrorCode } from '../errors.ts'
import { wordsFor } from '../error-words.ts'
import { difference } from '../events/store.ts'
import { isUniqueViolation } from '../platform/db/client.ts'
import { isAnother } from '../directory/claims/claim.ts'
import { keepClaim } from '../directory/claims/store.ts'
import { findDomain } from '../directory/domains/store.ts'
import { isSid } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import { keysOf, matches, parseFilter, type Key } from './filter.ts'
import { applyPatch } from './patch.ts'
import { auditedOf, changeOf, emailIn, newPerson, userNameKeyOf } from './person.ts'
import { bad, ScimRefusal } from './refusal.ts'
import { draftOf, readDraft, readFields, render, versionOf, type ScimFields } from './resource.ts'
import {
  findCandidates,
  findPeople,
  MOST_LISTED,
  savePerson,
  type ScimContext,
  type Candidate,
  type ScimPerson,
  type SavingAction,
} from './store/people.ts'

const TRIES = 3

/** Refuses `invalidSyntax`, `invalidValue` and `uniqueness`. */
export async function createPerson(
  asked: ScimContext,
  body: Record<string, unknown>,
): Promise<ScimPerson> {
  const fields = readFields(readDraft(body))
  const email = fields.email ?? emailIn(fields.userName)
  if (email === undefined)
    throw bad(
      'invalidValue',
      'The user has no e-mail address. Map it to emails[type eq "work"].value.',
    )
  return again(async () => {
    const keys: Key[] = [
      { by: 'email', value: email },
      { by: 'userName', value: fields.userName },
    ]
    const found = await findCandidates(asked, keys)
    const emailKey = email.toLowerCase()
    const known = found.find(({ user }) => user.emailKey === emailKey)
    // Checked first: an IdP must not learn whether an address outside the tenant’s domains exists.
    if (!known?.isFree) await requireDomain(asked, email)
    const userNameKey = fields.userName.toLowerCase()
    if (found.some((one) => one !== known && one.isVisible && userNameKeyOf(one) === userNameKey))
      throw taken(`userName ${fields.userName}`)
    if (!known) return save(asked, newPerson(asked, email), fields, 'user.created')
    if (!known.isFree || known.link) throw taken(`e-mail ${email}`)
    await refuseAnother(asked, known, fields)
    return save(asked, known, fields, 'user.provisioned')
  })
}

/**
 * The IdP had deleted the user whose address this is, and now sends the address with another
 * externalId: a person decides whether it is the same person. Refuses `uniqueness`.
 */
async function refuseAnother(
  asked: ScimContext,
  { user, deletedExternalID: held }: Candidate,
  { externalID, displayName, firstName, lastName }: ScimFields,
): Promise<void> {
  if (!isAnother(held, externalID)) return
  const { tenantSid, connectionSid } = asked.scope
  await keepClaim(asked, tenantSid, {
    source: connectionSid,
    emailKey: user.emailKey,
    userSid: user.sid,
    heldExternalID: held!,
    externalID: externalID!,
    name: [firstName, lastName].filter(Boolean).join(' ') || (displayName ?? null),
  })
  throw new ScimRefusal(
    409,
    'An earlier user has this address, with another externalId. Support decides whether it is ' +
      'the same person. Provision the user again afterwards.',
    'uniqueness',
  )
}

/**
 * PUT replaces the attributes that it names and keeps the others, as RFC 7644 §3.5.1 permits. PATCH
 * changes the attributes that it names. Refuses as `createPerson`, 404, 412, and for a PATCH
 * `invalidPath`, `noTarget` and `mutability`.
 */
export function changePerson(
  asked: ScimContext,
  sid: string,
  isPatch: boolean,
  body: Record<string, unknown>,
  ifMatch: string | undefined,
): Promise<ScimPerson> {
  return again(async () => {
    const person = await getPerson(asked, sid, ifMatch)
    const draft = isPatch ? draftOf(person) : readDraft(body)
    if (isPatch) applyPatch(draft, body)
    const type = person.link ? 'user.updated' : 'user.provisioned'
    return save(asked, person, readFields(draft), type)
  })
}

/**
 * The fields of a user whom the IdP has deleted. The external id stays: it tells whether the IdP
 * creates the same person again, or gives the address to another one.
 */
const DELETED: ScimFields = {
  userName: '',
  email: undefined,
  externalID: undefined,
  displayName: null,
  firstName: undefined,
  lastName: undefined,
  active: false,
}

/**
 * Suspends the user and deletes the attributes that the IdP sent, but the external id. Refuses 404
 * and 412.
 */
export async function deletePerson(
  asked: ScimContext,
  sid: string,
  ifMatch: string | undefined,
): Promise<void> {
  await save(asked, await getPerson(asked, sid, ifMatch), DELETED, 'user.deprovisioned')
}

export type Listing = { people: ScimPerson[]; total: number; startIndex: number }

/** Refuses `invalidFilter` and `tooMany`. */
export async function listPeople(
  asked: ScimContext,
  { filter, startIndex, count }: { filter: unknown; startIndex: number; count: number },
): Promise<Listing> {
  const offset = startIndex - 1
  if (filter === undefined) {
    if (offset >= MOST_LISTED)
      throw bad(
        'tooMany',
        `Lists end after ${MOST_LISTED} users. Match users by userName instead of ` +
          'importing all of them.',
      )
    return { ...(await findPeople(asked, { offset, limit: count })), startIndex }
  }
  if (typeof filter !== 'string') throw bad('invalidFilter', 'filter must be text.')
  const parsed = parseFilter(filter)
  const keys = keysOf(parsed)
  if (!keys)
    throw bad(
      'tooMany',
      'This filter would read every user. Filter by userName, externalId, emails.value or id ' +
        'with eq. Add other conditions with and.',
    )
  const found = await findCandidates(asked, keys)
  const people = found.filter((one) => one.isVisible && matches(render(one, ''), parsed))
  return { people: people.slice(offset, offset + count), total: people.length, startIndex }
}

/** Refuses 404 and 412. */
export async function getPerson(
  asked: ScimContext,
  sid: string,
  ifMatch?: string | undefined,
): Promise<Candidate> {
  const [person] = isSid(sid, 'US') ? await findCandidates(asked, [{ by: 'id', value: sid }]) : []
  if (!person?.isVisible)
    throw new ScimRefusal(
      404,
      'This user does not exist here. Restart provisioning at the IdP, so that it matches its ' +
        'users again.',
    )
  if (ifMatch !== undefined && !isMatch(ifMatch, versionOf(person)))
    throw new ScimRefusal(
      412,
      'The user changed after it was read. Read it again and repeat the change.',
    )
  return person
}

function isMatch(ifMatch: string, version: string): boolean {
  return ifMatch.split(',').some((tag) => ['*', version].includes(tag.trim()))
}

/** Writes only differences. A person who is linked and does not differ costs no write. */
async function save(
  asked: ScimContext,
  person: Candidate,
  fields: ScimFields,
  type: SavingAction,
): Promise<ScimPerson> {
  const { user } = person
  const { before, after } = changeOf(person, fields, asked)
  // Deactivating them would shut them out of another customer's accounts.
  if (!person.link && person.blocker) throw blocked(person.blocker)
  if (after.user.emailKey !== user.emailKey) await requireDomain(asked, after.user.email)
  const change = difference(auditedOf(before), auditedOf(after))
  if (person.link && Object.keys(change.after).length === 0) return person
  if (!person.link) {
    const { userName, externalID } = after.link
    change.after = { userName, externalID, ...change.after }
  }
  if (!(await savePerson(asked, person, after, { type, ...change }))) throw full()
  if (user.suspendedAt === null && after.user.suspendedAt !== null)
    asked.afterResponse?.add('send_logout_tokens')
  return after
}

/** Refuses `invalidValue`. */
async function requireDomain({ db, scope }: ScimContext, email: string): Promise<void> {
  const domain = domainOf(email)
  const row = await findDomain(db, scope.tenantSid, domain)
  if (!row || row.verifiedAt === null)
    throw bad(
      'invalidValue',
      `${email} is not in a verified domain. Verify ${domain} on the Domains page of the ` +
        'setup portal, or use an address in a verified domain.',
    )
}

function blocked(code: ErrorCode): ScimRefusal {
  const { title, remedy } = wordsFor({ code }, 'customer', 'provisioning')
  return new ScimRefusal(409, `${title}. ${remedy}`, 'uniqueness')
}

function full(): ScimRefusal {
  const { most, things, remedy } = LIMITS.scimUsers
  return new ScimRefusal(403, `At most ${most.toLocaleString('en')} ${things}. ${remedy}`)
}

function taken(what: string): ScimRefusal {
  return new ScimRefusal(
    409,
    `Another user already has the ${what}. Match users by userName, or correct it at the ` +
      'IdP. If no user there has it, ask support.',
    'uniqueness',
  )
}

/**
 * A concurrent request can take the userName or e-mail first. Then the work reads the users again
 * and either changes one or refuses.
 */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++)
    try {
      return await work()
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
      if (tried === TRIES) throw taken('userName or e-mail')
    }
}
