// What people may do with contacts: a customer keeps its own, operators keep all and their own
// addresses. A link in a mail stops one kind of mail.
import { may, maySee, type Resource } from '../../events/actor.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { findTenant } from '../../directory/tenants/store.ts'
import { createSid } from '../../ids.ts'
import { limitReached } from '../../limits.ts'
import { isUniqueViolation } from '../../platform/db/client.ts'
import { headerText, isMailAddress } from '../../platform/mail/message.ts'
import { createSecret, isSecret } from '../../platform/secret.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { cut } from '../../cut.ts'
import { MAIL_KINDS, type MailKind } from '../templates/template.ts'
import {
  deleteContact,
  findByUnsubscribeKey,
  findContact,
  findContacts,
  insertContact,
  updateContact,
  type Contact,
  type ContactRow,
} from './store.ts'

export type { Contact }

/** What a contact of a tenant is for. */
export const CONTACT_ROLES = {
  technical: {
    label: 'Technical',
    hint: 'Sets up the IdP: setup, tests, certificates, metadata.',
  },
  business: { label: 'Business', hint: 'Reviews lists, informs people, gives the go-ahead.' },
  security: { label: 'Security', hint: 'Learns of emergency sign-ins and changed contacts.' },
} as const

export type ContactRole = keyof typeof CONTACT_ROLES

/** Kinds that a contact may switch off. */
export const MUTABLE_KINDS = (Object.keys(MAIL_KINDS) as MailKind[]).filter(
  (kind) => MAIL_KINDS[kind].mayStop,
)

export type ContactInput = {
  role: string
  name: string
  email: string
  muted?: readonly string[] | undefined
}

/** In the order in which they were added; null: operators' addresses. Refuses `not_there` and
 * `forbidden`. */
export async function listContacts(
  context: OperationContext,
  tenantSid: string | null,
): Promise<Result<Contact[], Problem>> {
  const seen = await getVisible(context, tenantSid)
  if (!seen.ok) return seen
  return ok((await findContacts(context.db, tenantSid)).map(shown))
}

/** Refuses `not_there`. */
export async function getContact(
  context: OperationContext,
  sid: string,
): Promise<Result<Contact, Problem>> {
  const found = await getRow(context, sid)
  return found.ok ? ok(shown(found.value)) : found
}

/**
 * Adds a contact; `tenantSid` null: an operator's address. Refuses `not_there`, `forbidden`,
 * `input`, `already_there` and `limit_reached`.
 */
export async function addContact(
  context: OperationContext,
  tenantSid: string | null,
  input: ContactInput,
): Promise<Result<Contact, Problem>> {
  const seen = await getVisible(context, tenantSid)
  if (!seen.ok) return seen
  if (!mayChange(context, tenantSid)) return forbidden(context)
  const checked = check(tenantSid, { muted: [], ...input })
  if (!checked.ok) return checked
  const row: ContactRow = {
    sid: createSid('CT'),
    tenantSid,
    ...checked.value,
    emailKey: checked.value.email.toLowerCase(),
    unsubscribeKey: createSecret(),
    createdAt: context.now,
    updatedAt: context.now,
  }
  try {
    return (await insertContact(context, row)) ? ok(shown(row)) : limitReached('contacts', 'email')
  } catch (error) {
    return refuseTwice(error, row.email)
  }
}

/** Refuses `not_there`, `forbidden`, `input` and `already_there`. */
export async function editContact(
  context: OperationContext,
  sid: string,
  input: Partial<ContactInput>,
): Promise<Result<Contact, Problem>> {
  const found = await getRow(context, sid)
  if (!found.ok) return found
  const row = found.value
  if (!mayChange(context, row.tenantSid)) return forbidden(context)
  const { role, name, email, muted } = row
  const checked = check(row.tenantSid, { role, name, email, muted, ...input })
  if (!checked.ok) return checked
  const change = checked.value
  if (JSON.stringify(change) === JSON.stringify({ role, name, email, muted })) return ok(shown(row))
  try {
    await updateContact(context, row, change)
    return ok(shown({ ...row, ...change, updatedAt: context.now }))
  } catch (error) {
    return refuseTwice(error, change.email)
  }
}

/** Refuses `not_there` and `forbidden`. */
export async function removeContact(
  context: OperationContext,
  sid: string,
): Promise<Result<null, Problem>> {
  const found = await getRow(context, sid)
  if (!found.ok) return found
  const { tenantSid } = found.value
  if (!may(context.actor, 'delete', resourceOf(context, tenantSid))) return forbidden(context)
  await deleteContact(context, found.value)
  return ok(null)
}

/** The contact whose link it is. Refuses `not_there`. */
export async function findUnsubscriber(
  { db }: Pick<OperationContext, 'db'>,
  key: string,
): Promise<Result<Contact, Problem>> {
  const row = isSecret(key) ? await findByUnsubscribeKey(db, key) : undefined
  return row ? ok(shown(row)) : problem('not_there', 'a link from a mail', 'another')
}

/**
 * The link in a mail stops its kind for the address, whatever roles it has. A second time changes
 * nothing. Refuses `not_there`.
 */
export async function unsubscribe(
  context: Omit<OperationContext, 'actor'>,
  key: string,
  kind: MailKind,
): Promise<Result<Contact, Problem>> {
  const row = isSecret(key) ? await findByUnsubscribeKey(context.db, key) : undefined
  if (!row || !MUTABLE_KINDS.includes(kind))
    return problem('not_there', 'a link from a mail', 'another')
  const actor = { kind: 'user', id: row.sid, name: row.name } as const
  for (const one of await findContacts(context.db, row.tenantSid))
    if (one.emailKey === row.emailKey && !one.muted.includes(kind))
      await updateContact({ ...context, actor }, one, { muted: [...one.muted, kind] })
  return ok(shown({ ...row, muted: [...new Set([...row.muted, kind])] }))
}

type Checked = Pick<ContactRow, 'role' | 'name' | 'email' | 'muted'>

function check(
  tenantSid: string | null,
  { role, name, email, muted = [] }: ContactInput,
): Result<Checked, Problem> {
  const roles = tenantSid === null ? ['operator'] : Object.keys(CONTACT_ROLES)
  if (!roles.includes(role)) return problem('input', roles.join(', '), cut(role, 100), 'role')
  if (name.length < 1 || name.length > 100 || headerText(name) !== name)
    return problem('input', 'one line of 1 to 100 characters', cut(name, 200), 'name')
  if (!isMailAddress(email))
    return problem('input', 'one e-mail address, such as ann@example.com', cut(email, 254), 'email')
  const wrong = muted.find((kind) => !MUTABLE_KINDS.some((one) => one === kind))
  if (wrong !== undefined)
    return problem('input', MUTABLE_KINDS.join(', '), cut(wrong, 100), 'muted')
  const kinds = MUTABLE_KINDS.filter((kind) => muted.includes(kind))
  return ok({ role: role as ContactRow['role'], name, email, muted: kinds })
}

/** Contacts concern everybody with a connection of the tenant: a setup link's bearer too. */
function resourceOf({ actor }: OperationContext, tenantSid: string | null): Resource {
  const connectionSid = actor.kind === 'customer admin' ? actor.connectionSid : null
  return { tenantSid, connectionSid }
}

function mayChange(context: OperationContext, tenantSid: string | null): boolean {
  const how = tenantSid === null ? 'operate' : 'configure'
  return may(context.actor, how, resourceOf(context, tenantSid))
}

async function getVisible(
  context: OperationContext,
  tenantSid: string | null,
): Promise<Result<true, Problem>> {
  const isVisible = maySee(context.actor, resourceOf(context, tenantSid))
  const isThere = tenantSid === null || (isVisible && (await findTenant(context.db, tenantSid)))
  if (isVisible && isThere) return ok(true)
  return tenantSid === null ? forbidden(context) : problem('not_there', 'a tenant', tenantSid)
}

async function getRow(
  context: OperationContext,
  sid: string,
): Promise<Result<ContactRow, Problem>> {
  const row = await findContact(context.db, sid)
  return row && maySee(context.actor, resourceOf(context, row.tenantSid))
    ? ok(row)
    : problem('not_there', 'a contact', sid)
}

function forbidden({ actor }: OperationContext) {
  return problem('forbidden', 'somebody who may configure', actor.kind)
}

function refuseTwice(error: unknown, email: string): Result<never, Problem> {
  if (!isUniqueViolation(error)) throw error
  return problem('already_there', 'an address without this role', email, 'email')
}

function shown({ unsubscribeKey: _key, emailKey: _emailKey, ...contact }: ContactRow): Contact {
  return contact
}
