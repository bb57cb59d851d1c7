// What an IdP may do with the users of its connection by SCIM: create and link, change, suspend and let in again, look. It gives nobody
// a membership, takes no address outside of the tenant's verified domains, and reaches nobody of another connection.
import { difference } from '../audit/store.ts'
import { isUniqueViolation } from '../db/client.ts'
import { findDomain } from '../directory/domains/store.ts'
import type { User } from '../directory/store.ts'
import type { Request } from '../outcome.ts'
import { createSid, isSid } from '../sid.ts'
import { keysOf, matches, parseFilter, type Key } from './filter.ts'
import { applyPatch } from './patch.ts'
import { bad, ScimRefusal } from './refusal.ts'
import {
  draftOf,
  isActive,
  readDraft,
  readFields,
  render,
  updatedAt,
  versionOf,
  type Fields,
} from './resource.ts'
import {
  findCandidates,
  findPeople,
  insertPerson,
  MOST_LISTED,
  updatePerson,
  type Candidate,
  type Link,
  type Person,
  type Scope,
} from './store.ts'

/** Who asks, and of which connection. */
export type Asked = { request: Request; scope: Scope }

const TRIES = 3

/** Refuses `invalidSyntax`, `invalidValue` and `uniqueness`. */
export async function createPerson(asked: Asked, body: unknown): Promise<Person> {
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
    const found = await findCandidates(asked.request.db, asked.scope, keys)
    const emailKey = email.toLowerCase()
    const known = found.find(({ user }) => user.emailKey === emailKey)
    const userNameKey = fields.userName.toLowerCase()
    if (found.some((one) => one !== known && one.isVisible && userNameOf(one) === userNameKey))
      throw taken(`userName ${fields.userName}`)
    if (!known) return insert(asked, fields, email)
    if (!known.isFree || known.link) throw taken(`e-mail ${email}`)
    return save(asked, known, fields, 'user.provision')
  })
}

/** Replaces what is said; what is not said stays (RFC 7644 §3.5.1 leaves that to us). Refuses as `createPerson`, 404 and 412. */
export function replacePerson(
  asked: Asked,
  sid: string,
  body: unknown,
  ifMatch: string | undefined,
): Promise<Person> {
  const fields = readFields(readDraft(body))
  return again(async () => {
    const person = await getCandidate(asked, sid, ifMatch)
    return save(asked, person, fields, 'user.edit')
  })
}

/** Refuses as `createPerson`, 404, 412, and `invalidPath`, `noTarget` and `mutability`. */
export function patchPerson(
  asked: Asked,
  sid: string,
  body: unknown,
  ifMatch: string | undefined,
): Promise<Person> {
  return again(async () => {
    const person = await getCandidate(asked, sid, ifMatch)
    const draft = draftOf(person)
    applyPatch(draft, body)
    return save(asked, person, readFields(draft), 'user.edit')
  })
}

/** Suspends the user and forgets what the IdP said of them. Refuses 404 and 412. */
export async function deletePerson(
  asked: Asked,
  sid: string,
  ifMatch: string | undefined,
): Promise<void> {
  const { request, scope } = asked
  const { now } = request
  const person = await getCandidate(asked, sid, ifMatch)
  const { user, link } = person
  const suspendedAt = user.suspendedAt ?? now
  await updatePerson(
    request,
    scope,
    {
      user: { sid, suspendedAt },
      link: {
        ...newLink(person, scope, now),
        userName: '',
        // No userName begins with a space.
        userNameKey: ` ${sid}`,
        externalID: null,
        displayName: null,
        active: false,
        suspendedAt: user.suspendedAt === null ? now : (link?.suspendedAt ?? null),
        updatedAt: now,
      },
    },
    {
      action: 'user.deprovision',
      before: { userName: link?.userName ?? user.email, suspendedAt: user.suspendedAt },
      after: { suspendedAt },
    },
  )
}

/** Refuses 404. */
export async function getPerson(asked: Asked, sid: string): Promise<Person> {
  return getCandidate(asked, sid, undefined)
}

export type Listing = { people: Person[]; total: number; startIndex: number }

/** Refuses `invalidFilter` and `tooMany`. */
export async function listPeople(
  { request, scope }: Asked,
  { filter, startIndex, count }: { filter: string | undefined; startIndex: number; count: number },
): Promise<Listing> {
  const offset = startIndex - 1
  if (filter === undefined) {
    if (offset >= MOST_LISTED)
      throw bad(
        'tooMany',
        `Lists end after ${MOST_LISTED} users. Match users by userName instead of importing all of them.`,
      )
    return { ...(await findPeople(request.db, scope, { offset, limit: count })), startIndex }
  }
  const parsed = parseFilter(filter)
  const keys = keysOf(parsed)
  if (!keys)
    throw bad(
      'tooMany',
      'This filter takes reading every user. Filter by userName, externalId, emails.value or id with eq; more conditions may follow by and.',
    )
  const found = await findCandidates(request.db, scope, keys)
  const people = found.filter((one) => one.isVisible && matches(render(one, ''), parsed))
  return { people: people.slice(offset, offset + count), total: people.length, startIndex }
}

async function getCandidate(
  { request, scope }: Asked,
  sid: string,
  ifMatch: string | undefined,
): Promise<Candidate> {
  const [person] = isSid(sid, 'US')
    ? await findCandidates(request.db, scope, [{ by: 'id', value: sid }])
    : []
  if (!person?.isVisible)
    throw new ScimRefusal(
      404,
      'There is no such user here. Restart provisioning at the IdP, so that it matches its users again.',
    )
  if (ifMatch !== undefined && !isMatch(ifMatch, versionOf(person)))
    throw new ScimRefusal(412, 'The user has changed since. Read it again, and repeat the change.')
  return person
}

function isMatch(ifMatch: string, version: string): boolean {
  return ifMatch.split(',').some((tag) => ['*', version].includes(tag.trim()))
}

async function insert(asked: Asked, fields: Fields, email: string): Promise<Person> {
  const { request, scope } = asked
  const { now } = request
  await requireDomain(asked, email)
  const isSuspended = fields.active === false
  const user: User = {
    sid: createSid('US'),
    tenantSid: scope.tenantSid,
    externalID: null,
    email,
    emailKey: email.toLowerCase(),
    firstName: fields.firstName ?? null,
    lastName: fields.lastName ?? null,
    signInMethod: 'password',
    connectionSid: null,
    suspendedAt: isSuspended ? now : null,
    importSid: null,
    importRow: null,
    createdAt: now,
    updatedAt: now,
  }
  const link: Link = {
    ...newLink({ user, link: null }, scope, now),
    ...saidOf(fields),
    active: !isSuspended,
    suspendedAt: user.suspendedAt,
  }
  const { userName, externalID } = link
  await insertPerson(request, { user, link }, { email, userName, externalID, active: link.active })
  return { user, link }
}

/** Writes what differs; where nothing does, nothing. */
async function save(
  asked: Asked,
  person: Candidate,
  fields: Fields,
  action: 'user.provision' | 'user.edit',
): Promise<Person> {
  const { request, scope } = asked
  const { user } = person
  const now = Math.max(request.now, updatedAt(person) + 1)
  const email = fields.email ?? user.email
  const emailKey = email.toLowerCase()
  if (emailKey !== user.emailKey) await requireDomain(asked, email)
  const active = fields.active ?? (person.link ? person.link.active : true)
  const suspension = suspend(person, active, now)
  const changed = {
    email,
    emailKey,
    firstName: fields.firstName === undefined ? user.firstName : fields.firstName,
    lastName: fields.lastName === undefined ? user.lastName : fields.lastName,
    suspendedAt: suspension.ofUser,
  }
  const before = newLink(person, scope, now)
  const link: Link = {
    ...before,
    ...saidOf(fields),
    active,
    suspendedAt: suspension.ofLink,
    updatedAt: now,
  }
  const shown = (one: typeof changed, of: Link) => ({
    email: one.email,
    firstName: one.firstName,
    lastName: one.lastName,
    suspendedAt: one.suspendedAt,
    userName: of.userName,
    externalID: of.externalID,
    displayName: of.displayName,
    active: of.active,
  })
  const change = difference(shown(user, before), shown(changed, link))
  const isNew = person.link === null
  if (!isNew && Object.keys(change.after).length === 0) return person
  const names = isNew ? { userName: link.userName, externalID: link.externalID } : {}
  await updatePerson(
    request,
    scope,
    { user: { sid: user.sid, ...changed }, link },
    {
      action: isNew ? 'user.provision' : action,
      before: change.before,
      after: { ...change.after, ...names },
    },
  )
  return { user: { ...user, ...changed, updatedAt: now }, link }
}

/** Whom SCIM has suspended it lets in again; whom somebody else has suspended it does not. */
function suspend(
  { user, link, isSuspendedBySCIM }: Candidate,
  active: boolean,
  now: number,
): { ofUser: number | null; ofLink: number | null } {
  const { suspendedAt } = user
  if (active) return { ofUser: isSuspendedBySCIM ? null : suspendedAt, ofLink: null }
  if (suspendedAt === null) return { ofUser: now, ofLink: now }
  return {
    ofUser: suspendedAt,
    ofLink: isSuspendedBySCIM ? suspendedAt : (link?.suspendedAt ?? null),
  }
}

/** The link as it is; of a user whom the IdP is told of for the first time, as it would be. */
function newLink({ user, link }: Person, { connectionSid }: Scope, now: number): Link {
  return (
    link ?? {
      connectionSid,
      userSid: user.sid,
      userName: user.email,
      userNameKey: user.emailKey,
      externalID: null,
      displayName: null,
      active: isActive({ user, link }),
      suspendedAt: null,
      createdAt: now,
      updatedAt: now,
    }
  )
}

/** As the IdP is shown it, to be compared. */
function userNameOf({ user, link }: Person): string {
  return link?.userNameKey ?? user.emailKey
}

function saidOf({ userName, externalID, displayName }: Fields) {
  return {
    userName,
    userNameKey: userName.toLowerCase(),
    ...(externalID !== undefined && { externalID }),
    ...(displayName !== undefined && { displayName }),
  }
}

/** Refuses `invalidValue`. */
async function requireDomain({ request, scope }: Asked, email: string): Promise<void> {
  const domain = email.slice(email.lastIndexOf('@') + 1)
  const row = await findDomain(request.db, scope.tenantSid, domain)
  if (!row || row.verifiedAt === null)
    throw bad(
      'invalidValue',
      `${email} is not in a verified domain. Verify ${domain} on the page Domains of the setup portal, or give the person an address in one that is.`,
    )
}

function taken(what: string): ScimRefusal {
  return new ScimRefusal(
    409,
    `Somebody has the ${what} already. Match users by userName, or correct it at the IdP; if nobody there has it, ask support.`,
    'uniqueness',
  )
}

/** Somebody else may have been faster: what is there is looked at again, and then refused or changed. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++)
    try {
      return await work()
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
      if (tried === TRIES) throw taken('userName or e-mail')
    }
}
