// The weekly digest: on Mondays, once to each contact who wants it.
import { and, eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { addContact } from '../../src/mail/contacts/operations.ts'
import { sendDigests, weekToTell } from '../../src/mail/digest/digest.ts'
import { mailLetters, mails } from '../../src/platform/db/schema.ts'
import { ORIGIN } from '../support/browser.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'

const DAY = 24 * 3600 * 1000
const MONDAY = Date.UTC(2026, 10, 30, 7)

it('is sent on Mondays from 7:00 UTC', () => {
  expect(weekToTell(MONDAY)).toEqual({ from: Date.UTC(2026, 10, 23), to: Date.UTC(2026, 10, 30) })
  expect(weekToTell(MONDAY - 1)).toBeNull()
  expect(weekToTell(MONDAY + DAY)).toBeNull()
})

it('tells what happened, once, and not to those who do not want it', async () => {
  const { tenantSid } = await createWorld()
  const then = { ...request(), now: MONDAY - 2 * DAY }
  const add = (email: string, muted: string[]) =>
    addContact(then, tenantSid, { role: 'technical', name: 'Ann', email, muted })
  good(await add('ann@tenant.example', []))
  good(await add('ben@tenant.example', ['digest']))
  const office = { mailer: null, origin: ORIGIN, product: 'Vendor' }
  for (const hours of [0, 1]) {
    const now = MONDAY + hours * 3600_000
    // Tenants of other files come in the same runs.
    for (let run = 0; run < 5; run++) await sendDigests({ ...request(), now }, office)
  }
  const own = and(eq(mails.tenantSid, tenantSid), eq(mails.template, 'weekly_digest'))
  const rows = await db.select().from(mails).where(own)
  expect(rows.map(({ address }) => address)).toEqual(['a…@tenant.example'])
  const [letter] = await db.select().from(mailLetters).where(eq(mailLetters.mailSid, rows[0]!.sid))
  expect(letter!.text).toContain('Contact added (2 times)')
  expect(letter!.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click')
})
