// A user as a SCIM resource (RFC 7643 §4.1), and the attributes that we store. Nothing here reads
// roles, groups, entitlements or passwords: the IdP never grants permissions in the app. Pure.
import { readText } from '../directory/user-record.ts'
import { normalizeEmail } from '../saml/response/principal.ts'
import { cut } from '../cut.ts'
import { get, isObject, USER_SCHEMA } from './filter.ts'
import { bad } from './refusal.ts'
import type { ScimPerson } from './store/people.ts'

/** Each change may compare all of them. */
const MAX_EMAILS = 100

/** The attributes that we store. Undefined: the IdP sent none, and the stored value stays. */
export type ScimFields = {
  userName: string
  email: string | undefined
  externalID: string | null | undefined
  displayName: string | null | undefined
  firstName: string | null | undefined
  lastName: string | null | undefined
  active: boolean | undefined
}

/**
 * The attributes that we read, unchecked: from a request body, or from a user with a PATCH applied.
 */
export type Draft = {
  /** The login e-mail as an element of `emails`: unless a PATCH changes it, nobody has sent it. */
  ownEmail?: object
  userName?: unknown
  externalId?: unknown
  displayName?: unknown
  active?: unknown
  name?: unknown
  emails?: unknown
}

/** The attributes of a body that we read. The case of their names does not matter. */
export function readDraft(body: Record<string, unknown>): Draft {
  const names = ['userName', 'externalId', 'displayName', 'active', 'name', 'emails']
  return Object.fromEntries(names.map((name) => [name, get(body, name.toLowerCase())]))
}

/** Refuses `invalidValue`. */
export function readFields(draft: Draft): ScimFields {
  const userName = text(draft.userName, 'userName')
  if (!userName)
    throw bad(
      'invalidValue',
      'userName is missing. Map it to the name that people sign in with at the IdP.',
    )
  const name = draft.name === undefined || draft.name === null ? {} : draft.name
  if (!isObject(name))
    throw bad('invalidValue', 'name must be an object with givenName and familyName.')
  return {
    userName,
    email: readEmail(draft),
    externalID: text(draft.externalId, 'externalId'),
    displayName: text(draft.displayName, 'displayName'),
    firstName: text(get(name, 'givenname'), 'name.givenName'),
    lastName: text(get(name, 'familyname'), 'name.familyName'),
    active: readActive(draft.active),
  }
}

function text(value: unknown, field: string): string | null | undefined {
  const read = readText(value, field)
  if (!read.ok) throw bad('invalidValue', `${field} must be ${read.error.expected}.`)
  return read.value
}

/** Entra ID writes `"False"` (without its flag aadOptscim062020). */
function readActive(value: unknown): boolean | undefined {
  if (value === undefined || value === null) return undefined
  const word = String(value).toLowerCase()
  if (word !== 'true' && word !== 'false')
    throw bad('invalidValue', 'active must be true or false.')
  return word === 'true'
}

/**
 * The primary address, else the work address, else the first. Undefined: the request names none, or
 * only the one that the user has already.
 */
function readEmail({ emails, ownEmail }: Draft): string | undefined {
  const list = readEmails(emails)
  const chosen = list.find(isPrimary) ?? list.find(isForWork) ?? list[0]
  const value = chosen && get(chosen, 'value')
  if (chosen === ownEmail || value === undefined || value === null || value === '') return undefined
  const email = typeof value === 'string' ? normalizeEmail(value) : undefined
  if (email === undefined) throw unreadable('e-mail', value)
  return email
}

/** Refuses `invalidValue` for what is no e-mail: to ignore it would keep another address. */
export function readEmails(value: unknown): Record<string, unknown>[] {
  if (value === undefined || value === null) return []
  const list = Array.isArray(value) ? (value as unknown[]) : [value]
  if (list.length > MAX_EMAILS)
    throw bad('invalidValue', `A user has at most ${MAX_EMAILS} e-mails.`)
  if (!list.every(isObject)) throw unreadable('list of e-mails', value)
  return list
}

export function unreadable(what: 'e-mail' | 'list of e-mails' | 'userName', value: unknown) {
  return bad(
    'invalidValue',
    `The ${what} ${cut(JSON.stringify(value), 100)} is not a plain e-mail address in ASCII. ` +
      'Correct it at the IdP, or map another attribute to emails[type eq "work"].value.',
  )
}

export function isPrimary(email: Record<string, unknown>): boolean {
  return String(get(email, 'primary')).toLowerCase() === 'true'
}

function isForWork(email: Record<string, unknown>): boolean {
  return String(get(email, 'type')).toLowerCase() === 'work'
}

/** The user before a PATCH. */
export function draftOf(person: ScimPerson): Draft {
  const { externalId, userName, displayName, name, emails, active } = render(person, '')
  const [ownEmail] = emails
  return { externalId, userName, displayName, name: { ...name }, emails, ownEmail, active }
}

/** `base`: the URL of the connection's SCIM service. */
export function render(person: ScimPerson, base: string) {
  const { user, link } = person
  const { firstName, lastName } = user
  const formatted = [firstName, lastName].filter(Boolean).join(' ')
  return {
    schemas: [USER_SCHEMA],
    id: user.sid,
    ...(link?.externalID && { externalId: link.externalID }),
    userName: link?.userName ?? user.email,
    ...(link?.displayName && { displayName: link.displayName }),
    name: {
      ...(formatted && { formatted }),
      ...(lastName && { familyName: lastName }),
      ...(firstName && { givenName: firstName }),
    },
    emails: [{ value: user.email, type: 'work', primary: true }] as const,
    active: isActive(person),
    meta: {
      resourceType: 'User',
      created: new Date(user.createdAt).toISOString(),
      lastModified: new Date(updatedAt(person)).toISOString(),
      location: `${base}/Users/${user.sid}`,
      version: versionOf(person),
    },
  }
}

/**
 * `active` as the IdP sent it. A suspension by support does not make a user inactive here: the IdP
 * would only try to correct it.
 */
export function isActive({ user, link }: ScimPerson): boolean {
  return link ? link.active : user.suspendedAt === null
}

export function updatedAt({ user, link }: ScimPerson): number {
  return Math.max(user.updatedAt, link?.updatedAt ?? 0)
}

/** A weak ETag (RFC 7644 §3.14): two representations of one version may differ in bytes. */
export function versionOf(person: ScimPerson): string {
  return `W/"${updatedAt(person)}"`
}

/**
 * The attributes that the client asks for (RFC 7644 §3.9). `id` and `schemas` are always returned.
 * Names are in lower case.
 */
export function project(
  resource: unknown,
  [wanted, unwanted]: readonly [wanted: readonly string[], unwanted: readonly string[]],
): unknown {
  const names = wanted.length > 0 ? wanted : unwanted
  const keeps = (path: string) =>
    path === 'id' ||
    path === 'schemas' ||
    (wanted.length === 0
      ? !names.includes(path)
      : names.some((name) => `${path}.`.startsWith(`${name}.`) || name.startsWith(`${path}.`)))
  const prune = (value: unknown, path: string): unknown =>
    Array.isArray(value)
      ? value.map((one) => prune(one, path))
      : isObject(value)
        ? Object.fromEntries(
            Object.entries(value)
              .map(([name, one]) => [name, one, path + name.toLowerCase()] as const)
              .filter(([, , at]) => keeps(at))
              .map(([name, one, at]) => [name, prune(one, `${at}.`)]),
          )
        : value
  return prune(resource, '')
}
