// The weekly digest: on Mondays, once to each address that wants it.
import { and, eq, like } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { addContact } from '../../src/mail/contacts/operations.ts'
import { sendDigests, weekToTell } from '../../src/mail/digest/digest.ts'
import {
  apiKeys,
  certificates,
  clients,
  contacts,
  domains,
  keyPairs,
  mailLetters,
  mails,
  rollouts,
  scimTokens,
  tenants,
  webhookEndpoints,
} from '../../src/platform/db/schema.ts'
import { createSid } from '../../src/ids.ts'
import type { MailMessage } from '../../src/platform/mail/message.ts'
import type { SendResult } from '../../src/platform/mail/senders.ts'
import { dayOf } from '../../src/mail/templates/template.ts'
import { ORIGIN } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'

const HOUR = 3600_000
const DAY = 24 * HOUR
/** Long after the events of other tests, which share the database. Each test has its own week. */
const MONDAY = Date.UTC(2031, 11, 1, 7)
const WEEK = 7 * DAY

const COPY = { mailer: null, origin: ORIGIN, product: 'Vendor' }

async function send(now: number, office: Parameters<typeof sendDigests>[1] = COPY) {
  await sendDigests({ ...request(), now }, office)
}

/** What was sent in that week, by address: as the log shows it. */
async function digestsOf(tenantSid: string | null, monday: number) {
  const { from } = weekToTell(monday)!
  const isOf = eq(mails.cause, `week ${dayOf(from)} ${tenantSid ?? 'operators'}`)
  return db
    .select({
      address: mails.address,
      outcome: mails.outcome,
      attempts: mails.attempts,
      letter: mailLetters,
    })
    .from(mails)
    .leftJoin(mailLetters, eq(mailLetters.mailSid, mails.sid))
    .where(and(isOf, eq(mails.template, 'weekly_digest')))
    .orderBy(mails.address, mails.sid)
}

async function add(
  tenantSid: string | null,
  email: string,
  more: { role?: string; muted?: string[]; at?: number },
) {
  const {
    role = tenantSid === null ? 'operator' : 'technical',
    muted = [],
    at = MONDAY - 2 * DAY,
  } = more
  return good(
    await addContact({ ...request(), now: at }, tenantSid, { role, name: 'Ann', email, muted }),
  )
}

/** The section of a letter below this heading, line by line. */
function section(text: string, heading: string): string[] {
  const [, after = ''] = text.split(`\n\n${heading}\n\n`)
  return after
    .split('\n\n')[0]!
    .split('\n')
    .map((line) => line.replace(/^\d+\. /, ''))
}

it('is sent on Mondays from 7:00 UTC', () => {
  expect(weekToTell(MONDAY)).toEqual({ from: Date.UTC(2031, 10, 24), to: Date.UTC(2031, 11, 1) })
  expect(weekToTell(MONDAY - 1)).toBeNull()
  expect(weekToTell(MONDAY + DAY)).toBeNull()
})

it('tells what happened, once, to each address that wants it, whatever its roles', async () => {
  const { tenantSid } = await createWorld()
  await add(tenantSid, 'ann@tenant.example', {})
  await add(tenantSid, 'ann@tenant.example', { role: 'business' })
  await add(tenantSid, 'ben@tenant.example', { muted: ['digest'] })
  await add(tenantSid, 'ben@tenant.example', { role: 'security' })
  await add(tenantSid, 'carl@tenant.example', { role: 'business', muted: ['digest'] })
  for (const hours of [0, 1]) await send(MONDAY + hours * HOUR)
  const digests = await digestsOf(tenantSid, MONDAY)
  expect(digests.map(({ address }) => address)).toEqual(['a…@tenant.example', 'b…@tenant.example'])
  const { text, headers } = digests[0]!.letter!
  expect(section(text, 'What happened')).toEqual(['Contact added (5 times)'])
  expect(headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click')
  const [, key] = /^<.*\/mail\/unsubscribe\/([\w-]{43})\/digest>$/.exec(
    headers['List-Unsubscribe']!,
  )!
  const [own] = await db.select().from(contacts).where(eq(contacts.unsubscribeKey, key!))
  expect(own).toMatchObject({ tenantSid, emailKey: 'ann@tenant.example' })
})

const monday = MONDAY + WEEK
const due = (days: number) => monday + days * DAY

async function putDue(world: { tenantSid: string; connectionSid: string }, name: string) {
  const { tenantSid, connectionSid } = world
  const of = { tenantSid, connectionSid, createdAt: 1, updatedAt: 1, createdBy: 'olga' }
  const secret = () => ({ sid: createSid('CT'), secretHash: createSid('CT') })
  const [soon, later] = [due(30), due(30) + 1]
  // Those of other tests.
  await db.delete(domains).where(like(domains.domain, `%${name}.example`))
  await db.batch([
    db
      .update(certificates)
      .set({ notAfter: due(3) })
      .where(eq(certificates.connectionSid, connectionSid)),
    ...[
      { name: `${name} token`, expiresAt: soon, revokedAt: null },
      { name: 'later', expiresAt: later, revokedAt: null },
      { name: 'over', expiresAt: monday, revokedAt: null },
      { name: 'revoked', expiresAt: soon, revokedAt: 1 },
    ].map((one) => db.insert(scimTokens).values({ ...of, ...secret(), ...one })),
    db
      .insert(apiKeys)
      .values({ ...of, ...secret(), name: `${name} key`, role: 'read-only', expiresAt: due(4) }),
    ...[
      { name: `${name} list`, enforceAt: due(5), version: 2, enforcedVersion: 1 },
      { name: 'later', enforceAt: later },
      { name: 'enforced', enforceAt: soon, version: 1, enforcedVersion: 1 },
      { name: 'stopped', enforceAt: soon, rolledBackAt: 1 },
    ].map((one) =>
      db.insert(rollouts).values({ ...of, sid: createSid('RO'), selectors: {} as never, ...one }),
    ),
    ...[
      { domain: `${name}.example`, missingSince: due(-1) },
      { domain: `fine-${name}.example`, missingSince: null },
    ].map((one) => db.insert(domains).values({ ...of, token: 'x', verifiedAt: 1, ...one })),
    db.insert(webhookEndpoints).values({
      ...of,
      sid: createSid('WH'),
      name: `${name} hook`,
      url: 'https://a.example',
      secret: '',
      isActive: true,
      connectionSid: null,
      previousSecretUntil: due(2),
    }),
  ])
}

it('tells what is due within 30 days: to a tenant its own, to operators all', async () => {
  const [acme, other, quiet] = [await createWorld(), await createWorld(), await createWorld()]
  await db.update(tenants).set({ name: 'Acme' }).where(eq(tenants.sid, acme.tenantSid))
  await putDue(acme, 'acme')
  await putDue(other, 'other')
  await db.update(tenants).set({ suspendedAt: 1 }).where(eq(tenants.sid, other.tenantSid))
  for (const { tenantSid } of [acme, other, quiet])
    await add(tenantSid, 'ann@tenant.example', { at: monday - 8 * DAY })
  await add(null, 'olga@vendor.example', { at: monday - DAY })
  await add(null, 'omar@vendor.example', { at: monday - DAY, muted: ['digest'] })
  await db.insert(keyPairs).values({
    fingerprint: 'f',
    stage: 'current',
    certificate: '',
    encryptedPrivateKey: '',
    notAfter: due(29),
    createdAt: 1,
  })
  const app = {
    sid: createSid('CL'),
    name: 'Shop',
    clientType: 'confidential',
    redirectURIs: [],
  } satisfies Partial<typeof clients.$inferInsert>
  await db
    .insert(clients)
    .values({ ...app, previousSecretUntil: due(1), createdAt: 1, updatedAt: 1 })
  await send(monday)
  await db.delete(keyPairs)
  const [own, ...more] = await digestsOf(acme.tenantSid, monday)
  expect(more).toEqual([])
  expect(section(own!.letter!.text, 'Soon')).toEqual([
    'acme.example: the record of the domain is missing since 7 December 2031',
    'Webhook “acme hook”: the previous secret signs until 10 December 2031, 07:00 UTC',
    'Tenant IdP: a certificate of the IdP expires on 11 December 2031',
    'API key “acme key” expires on 12 December 2031',
    'Rollout “acme list”: single sign-on is enforced on 13 December 2031, 07:00 UTC',
    'Vendor: our certificate expires on 6 January 2032',
    'SCIM token “acme token” expires on 7 January 2032',
  ])
  expect(await digestsOf(other.tenantSid, monday)).toEqual([])
  expect(await digestsOf(quiet.tenantSid, monday)).toEqual([])
  const operators = await digestsOf(null, monday)
  expect(operators.map(({ address }) => address)).toEqual(['o…@vendor.example'])
  const { text } = operators[0]!.letter!
  const soon = section(text, 'Soon')
  expect(soon).toContain('App “Shop”: the previous secret works until 9 December 2031, 07:00 UTC')
  expect(soon).toContain('Tenant IdP (Acme): a certificate of the IdP expires on 11 December 2031')
  expect(soon.filter((line) => line.includes('other'))).toEqual([])
  expect(section(text, 'What happened')).toContain('Operators’ mail address added (2 times)')
})

it('that the mail service did not take is tried again after an hour, and sent once', async () => {
  const [first, then] = [monday + WEEK, monday + WEEK + HOUR + 1]
  const { tenantSid } = await createWorld()
  await add(tenantSid, 'dora@tenant.example', { at: first - DAY })
  const sent: string[] = []
  let isDown = true
  const mailer = {
    isIdempotent: true,
    async send({ to, subject }: MailMessage): Promise<SendResult> {
      if (isDown) return { ok: false, code: 'unreachable', isFinal: false }
      sent.push(`${to}: ${subject}`)
      return { ok: true }
    },
  }
  const office = { ...COPY, mailer }
  await send(first, office)
  expect(await digestsOf(tenantSid, first)).toMatchObject([{ outcome: 'waiting', attempts: 1 }])
  isDown = false
  await send(first + HOUR / 2, office)
  expect(sent.filter((one) => one.startsWith('dora@'))).toEqual([])
  await send(then, office)
  await send(then + 2 * HOUR, office)
  expect(sent.filter((one) => one.startsWith('dora@'))).toEqual([
    'dora@tenant.example: Single sign-on of Tenant: 8 December 2031 to 14 December 2031',
  ])
  expect(await digestsOf(tenantSid, first)).toMatchObject([{ outcome: 'sent', attempts: 2 }])
})
