// Mails that an operator or an administrator sends to a person: a setup link, again where it was
// lost, and invitations to test.
import type { SetupLink } from '../access/operations.ts'
import { createSetupLink, getSetupLink, personOf, revokeSetupLink } from '../access/operations.ts'
import { getConnectionTo } from '../connections/operations.ts'
import { openLanguage } from '../languages/translate.ts'
import { findTenant } from '../directory/tenants/store.ts'
import { MINUTE } from '../durations.ts'
import { type Capability } from '../events/actor.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { createSid } from '../ids.ts'
import { isMailAddress, type MailMessage } from '../platform/mail/message.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { cut } from '../cut.ts'
import { listTesters } from '../rollout/validation/tester-operations.ts'
import { mailedConnection } from './channel.ts'
import type { MailOffice } from './open-mail.ts'
import { post } from './post/post.ts'
import type { MailRow } from './post/store.ts'
import { writeMail } from './write.ts'

export type SentLink = {
  setupLink: SetupLink
  secret: string
  /** To copy where it was not sent: it is shown once, and stored nowhere. */
  message: MailMessage
  mail: Pick<MailRow, 'sid' | 'outcome' | 'code'>
}

type LinkInput = {
  name: string
  email: string
  capabilities: readonly Capability[]
  expiresInMinutes: number
}

/** Creates a setup link and mails it. Refuses what `createSetupLink` refuses, and `input`. */
export async function sendSetupLink(
  context: OperationContext,
  office: MailOffice,
  connectionSid: string,
  { email, ...input }: LinkInput,
  isAgain = false,
): Promise<Result<SentLink, Problem>> {
  if (!isMailAddress(email))
    return problem('input', 'one e-mail address, such as ann@example.com', cut(email, 254), 'email')
  const created = await createSetupLink(context, connectionSid, input)
  if (!created.ok) return created
  const { setupLink, secret } = created.value
  const { name, tenantSid, expiresAt, invitedBy, capabilities } = setupLink
  const data = {
    url: `${office.origin}/setup/${secret}`,
    expiresAt,
    invitedBy,
    capabilities,
    isAgain,
  }
  const at = await contextOf(context, office, setupLink)
  const receiver = { name, role: 'person' } as const
  const message = writeMail('setup_link', data, { ...at, receiver }, { address: email })
  const posted = { template: 'setup_link', about: setupLink.sid, tenantSid, message } as const
  const [mail] = await post(context, office, setupLink.sid, [{ ...posted, isSecret: true }])
  return ok({ setupLink, secret, message, mail: mail! })
}

/**
 * A new link in place of one that was lost, with its permissions and its time, by mail. The earlier
 * one no longer works. Refuses `not_there`, `forbidden`, `input` and `limit_reached`.
 */
export async function sendSetupLinkAgain(
  context: OperationContext,
  office: MailOffice,
  sid: string,
  email: string,
): Promise<Result<SentLink, Problem>> {
  const found = await getSetupLink(context, sid)
  if (!found.ok) return found
  const { name, capabilities, createdAt, expiresAt, connectionSid } = found.value
  const expiresInMinutes = Math.round((expiresAt - createdAt) / MINUTE)
  const input = { name, email, capabilities, expiresInMinutes }
  const sent = await sendSetupLink(context, office, connectionSid, input, true)
  if (!sent.ok) return sent
  const revoked = await revokeSetupLink(context, sid)
  return revoked.ok ? sent : revoked
}

export type Invitations = { sent: number; copy: number; failed: number; messages: MailMessage[] }

/** Testers of one call: each costs one of the few requests of an invocation. */
const INVITED_AT_ONCE = 20

/**
 * Invites testers who have not signed in yet, at most 20 a call. Refuses
 * `not_there` and `forbidden`.
 */
export async function inviteTesters(
  context: OperationContext,
  office: MailOffice,
  connectionSid: string,
): Promise<Result<Invitations, Problem>> {
  const found = await getConnectionTo('test', context, connectionSid)
  if (!found.ok) return found
  const testers = await listTesters(context, connectionSid)
  if (!testers.ok) return testers
  const { tenantSid } = found.value
  const { actor } = context
  const at = await contextOf(context, office, { tenantSid, connectionSid })
  const data = {
    url: `${office.origin}/sso/${connectionSid}`,
    invitedBy: personOf(actor) ?? `${office.product} support`,
  }
  const t = await openLanguage(at.tenant?.language ?? 'en')
  const waiting = testers.value.filter(({ provedAt }) => provedAt === null)
  const letters = waiting.slice(0, INVITED_AT_ONCE).map(({ user }) => {
    const receiver = { name: user.firstName, role: 'person' } as const
    const message = writeMail(
      'test_invitation',
      data,
      { ...at, receiver, t },
      { address: user.email },
    )
    return { template: 'test_invitation', about: connectionSid, tenantSid, message } as const
  })
  const mails = await post(context, office, `invitation ${createSid('ML')}`, letters)
  const count = (outcome: MailRow['outcome']) =>
    mails.filter((mail) => mail.outcome === outcome).length
  const [sent, copy] = [count('sent'), count('copy')]
  return ok({ sent, copy, failed: letters.length - sent - copy, messages: messagesOf(letters) })
}

const messagesOf = (letters: readonly { message: MailMessage }[]) =>
  letters.map(({ message }) => message)

async function contextOf(
  { db }: OperationContext,
  { origin, product, branding }: MailOffice,
  { tenantSid, connectionSid }: { tenantSid: string; connectionSid: string },
) {
  const [tenant, connection] = await Promise.all([
    findTenant(db, tenantSid),
    mailedConnection(db, connectionSid),
  ])
  return {
    origin,
    product,
    branding,
    tenant: tenant ?? null,
    connection: connection ?? null,
  }
}
