// A person before and after a change by the IdP: user, SCIM link and suspension. Pure.
import type { User } from '../directory/store/users.ts'
import { createSid } from '../ids.ts'
import { normalizeEmail } from '../saml/response/principal.ts'
import { isActive, unreadable, updatedAt, type ScimFields } from './resource.ts'
import type { Candidate, Link, ScimContext, ScimPerson } from './store/people.ts'

type Linked = { user: User; link: Link }

/** A new user, who has no account. The store gives them what newcomers of the connection get. */
export function newPerson({ scope, now }: ScimContext, email: string): Candidate {
  return {
    user: {
      sid: createSid('US'),
      tenantSid: scope.tenantSid,
      externalID: null,
      email,
      emailKey: email.toLowerCase(),
      firstName: null,
      lastName: null,
      signInMethod: 'password',
      connectionSid: null,
      suspendedAt: null,
      hasPassword: false,
      signedIn: false,
      importSid: null,
      importRow: null,
      createdAt: now,
      updatedAt: now,
    },
    link: null,
    isVisible: true,
    isFree: true,
    isAnothers: false,
    isSuspendedBySCIM: false,
    deletedExternalID: null,
    blocker: null,
  }
}

/** `before` is `person` with the link that one without a link is compared by. */
export function changeOf(
  person: Candidate,
  fields: ScimFields,
  context: Pick<ScimContext, 'scope' | 'now'>,
): { before: Linked; after: Linked } {
  const { user } = person
  const now = Math.max(context.now, updatedAt(person) + 1)
  const before = person.link ?? firstLink(person, context.scope.connectionSid, now)
  const { externalID, displayName, firstName, lastName, userName } = fields
  const email = fields.email ?? unsaidEmail(person, userName)
  const active = fields.active ?? person.link?.active ?? true
  const suspension = person.isAnothers
    ? { ofUser: user.suspendedAt, ofLink: null }
    : suspend(person, active, now)
  const link: Link = {
    ...before,
    userName,
    // No userName begins with a space.
    userNameKey: userName.toLowerCase() || ` ${user.sid}`,
    externalID: externalID === undefined ? before.externalID : externalID,
    displayName: displayName === undefined ? before.displayName : displayName,
    isEmailSent: before.isEmailSent || fields.email !== undefined,
    active,
    suspendedAt: suspension.ofLink,
    updatedAt: now,
  }
  const after: User = {
    ...user,
    email,
    emailKey: email.toLowerCase(),
    firstName: firstName === undefined ? user.firstName : firstName,
    lastName: lastName === undefined ? user.lastName : lastName,
    suspendedAt: suspension.ofUser,
    updatedAt: now,
  }
  return { before: { user, link: before }, after: { user: person.isAnothers ? user : after, link } }
}

/**
 * The login e-mail after a request that has none. It stays, unless it is that of the userName, and
 * the IdP has never sent another: then it follows the userName. Refuses `invalidValue`.
 */
function unsaidEmail({ user, link }: ScimPerson, userName: string): string {
  const follows = link && !link.isEmailSent && user.email === normalizeEmail(link.userName)
  if (!follows) return user.email
  return emailIn(userName) ?? user.email
}

/** The address that a userName is, if any. Refuses `invalidValue` for one outside ASCII. */
export function emailIn(userName: string): string | undefined {
  const email = normalizeEmail(userName)
  // oxlint-disable-next-line no-control-regex
  if (email === undefined && /@/.test(userName) && /[^\0-\x7f]/.test(userName))
    throw unreadable('userName', userName)
  return email
}

function firstLink(person: Candidate, connectionSid: string, now: number): Link {
  const { user } = person
  return {
    connectionSid,
    userSid: user.sid,
    userName: user.email,
    userNameKey: user.emailKey,
    externalID: person.deletedExternalID,
    displayName: null,
    isEmailSent: false,
    active: isActive(person),
    suspendedAt: null,
    createdAt: now,
    updatedAt: now,
  }
}

/** The fields that the audit trail records. */
export function auditedOf({ user, link }: Linked) {
  const { email, firstName, lastName, suspendedAt } = user
  const { userName, externalID, displayName, isEmailSent, active } = link
  const ofLink = { userName, externalID, displayName, isEmailSent, active }
  return { email, firstName, lastName, suspendedAt, ...ofLink }
}

/** SCIM ends only a suspension that SCIM began. */
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

/** The userName that the IdP sees, in lower case. */
export function userNameKeyOf({ user, link }: ScimPerson): string {
  return link?.userNameKey ?? user.emailKey
}
