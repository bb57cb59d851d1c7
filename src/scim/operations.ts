// What an IdP may do with the users of its connection by SCIM: create and link, change, suspend and
// let in again, look. It gives nobody a membership, takes no address outside of the tenant's
// verified domains, and reaches nobody of another connection.
import { difference } from '../events/store.ts'
import { isUniqueViolation } from '../platform/db/client.ts'
import { findDomain } from '../directory/domains/store.ts'
import { isSid } from '../ids.ts'
import { keysOf, matches, parseFilter, type Key } from './filter.ts'
import { applyPatch } from './patch.ts'
import { auditedOf, changeOf, newPerson, userNameKeyOf } from './person.ts'
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
} from './store.ts'

const TRIES = 3

/** Refuses `invalidSyntax`, `invalidValue` and `uniqueness`. */
export async function createPerson(
  asked: ScimContext,
  body: Record<string, unknown>,
): Promise<ScimPerson> {
  const fields = readFields(readDraft(body))
  if (fields.email === undefined)
    throw bad(
      'invalidValue',
      'The user has no e-mail address. Map it to emails[type eq "work"].value.',
    )
  const { email } = fields
  return again(async () => {
    const keys: Key[] = [
      { by: 'email', value: email },
      { by: 'userName', value: fields.userName },
    ]
    const found = await findCandidates(asked, keys)
    const emailKey = email.toLowerCase()
    const known = found.find(({ user }) => user.emailKey === emailKey)
    // First of all: whether somebody elsewhere has an address that is none of the tenant's is not
    // this IdP's to learn.
    if (!known?.isFree) await requireDomain(asked, email)
    const userNameKey = fields.userName.toLowerCase()
    if (found.some((one) => one !== known && one.isVisible && userNameKeyOf(one) === userNameKey))
      throw taken(`userName ${fields.userName}`)
    if (!known) return save(asked, newPerson(asked, email), fields, 'user.create')
    if (!known.isFree || known.link) throw taken(`e-mail ${email}`)
    return save(asked, known, fields, 'user.provision')
  })
}

/**
 * Replaces what is said; what is not said stays (RFC 7644 §3.5.1 leaves that to us). Or changes
 * what a PATCH names. Refuses as `createPerson`, 404, 412, and of a PATCH `invalidPath`, `noTarget`
 * and `mutability`.
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
    const action = person.link ? 'user.edit' : 'user.provision'
    return save(asked, person, readFields(draft), action)
  })
}

/** Of a user whom the IdP has deleted. */
const DELETED: ScimFields = {
  userName: '',
  email: undefined,
  externalID: null,
  displayName: null,
  firstName: undefined,
  lastName: undefined,
  active: false,
}

/** Suspends the user and forgets what the IdP said of them. Refuses 404 and 412. */
export async function deletePerson(
  asked: ScimContext,
  sid: string,
  ifMatch: string | undefined,
): Promise<void> {
  await save(asked, await getPerson(asked, sid, ifMatch), DELETED, 'user.deprovision')
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
  if (typeof filter !== 'string') throw bad('invalidFilter', 'filter is text.')
  const parsed = parseFilter(filter)
  const keys = keysOf(parsed)
  if (!keys)
    throw bad(
      'tooMany',
      'This filter takes reading every user. Filter by userName, externalId, ' +
        'emails.value or id with eq; more conditions may follow by and.',
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
      'There is no such user here. Restart provisioning at the IdP, so that it matches ' +
        'its users again.',
    )
  if (ifMatch !== undefined && !isMatch(ifMatch, versionOf(person)))
    throw new ScimRefusal(412, 'The user has changed since. Read it again, and repeat the change.')
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
  action: SavingAction,
): Promise<ScimPerson> {
  const { user } = person
  const { before, after } = changeOf(person, fields, asked)
  if (after.user.emailKey !== user.emailKey) await requireDomain(asked, after.user.email)
  const change = difference(auditedOf(before), auditedOf(after))
  if (person.link && Object.keys(change.after).length === 0) return person
  if (!person.link) {
    const { userName, externalID } = after.link
    change.after = { userName, externalID, ...change.after }
  }
  await savePerson(asked, person, after, { action, ...change })
  if (user.suspendedAt === null && after.user.suspendedAt !== null)
    asked.afterResponse?.add('send_logout_tokens')
  return after
}

/** Refuses `invalidValue`. */
async function requireDomain({ db, scope }: ScimContext, email: string): Promise<void> {
  const domain = email.slice(email.lastIndexOf('@') + 1)
  const row = await findDomain(db, scope.tenantSid, domain)
  if (!row || row.verifiedAt === null)
    throw bad(
      'invalidValue',
      `${email} is not in a verified domain. Verify ${domain} on the page Domains of the ` +
        'setup portal, or give the person an address in one that is.',
    )
}

function taken(what: string): ScimRefusal {
  return new ScimRefusal(
    409,
    `Somebody has the ${what} already. Match users by userName, or correct it at the ` +
      'IdP; if nobody there has it, ask support.',
    'uniqueness',
  )
}

/**
 * Somebody else may have been faster: what is there is looked at again, and then refused or
 * changed.
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
