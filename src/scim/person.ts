// A person before and after a change by the IdP: user, SCIM link and suspension. Pure.
import type { User } from '../directory/store/users.ts'
import { createSid } from '../ids.ts'
import { isActive, updatedAt, type ScimFields } from './resource.ts'
import type { Candidate, Link, ScimContext, ScimPerson } from './store.ts'

type Linked = { user: User; link: Link }

/** A new user signs in with a password until a rollout selects them, and has no account. */
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
      importSid: null,
      importRow: null,
      createdAt: now,
      updatedAt: now,
    },
    link: null,
    isVisible: true,
    isFree: true,
    isSuspendedBySCIM: false,
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
  const active = fields.active ?? person.link?.active ?? true
  const suspension = suspend(person, active, now)
  const link: Link = {
    ...before,
    userName,
    // No userName begins with a space.
    userNameKey: userName.toLowerCase() || ` ${user.sid}`,
    externalID: externalID === undefined ? before.externalID : externalID,
    displayName: displayName === undefined ? before.displayName : displayName,
    active,
    suspendedAt: suspension.ofLink,
    updatedAt: now,
  }
  const email = fields.email ?? user.email
  const after: User = {
    ...user,
    email,
    emailKey: email.toLowerCase(),
    firstName: firstName === undefined ? user.firstName : firstName,
    lastName: lastName === undefined ? user.lastName : lastName,
    suspendedAt: suspension.ofUser,
    updatedAt: now,
  }
  return { before: { user, link: before }, after: { user: after, link } }
}

function firstLink(person: Candidate, connectionSid: string, now: number): Link {
  const { user } = person
  return {
    connectionSid,
    userSid: user.sid,
    userName: user.email,
    userNameKey: user.emailKey,
    externalID: null,
    displayName: null,
    active: isActive(person),
    suspendedAt: null,
    createdAt: now,
    updatedAt: now,
  }
}

/** The fields that the audit trail records. */
export function auditedOf({ user, link }: Linked) {
  const { email, firstName, lastName, suspendedAt } = user
  const { userName, externalID, displayName, active } = link
  return { email, firstName, lastName, suspendedAt, userName, externalID, displayName, active }
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
