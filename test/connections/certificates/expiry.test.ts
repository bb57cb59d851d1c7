// Warnings before certificates expire: once at each threshold, for those of IdPs and our own.
import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { and, eq, sql } from 'drizzle-orm'
import { beforeEach, expect, it } from 'vitest'
import { WARNING_DAYS } from '../../../src/connections/certificates/certificate-view.ts'
import { warnOfExpiry } from '../../../src/connections/certificates/expiry.ts'
import { certificates, keyPairs } from '../../../src/platform/db/schema.ts'
import type { EventType } from '../../../src/events/catalogue.ts'
import { recordedEvents } from '../../../src/events/store.ts'
import worker from '../../../src/worker.ts'
import { parseCertificate } from '../../../src/saml/signature/certificate.ts'
import { countingDatabase } from '../../support/counting.ts'
import { certificateOf } from '../../support/keys.ts'
import { storedCertificate } from '../../support/stored-certificate.ts'
import { clearDatabase, createWorld, db, fingerprintOf } from '../../support/world.ts'

const DAY = 24 * 3600_000
const NOW = Date.UTC(2026, 10, 24, 12)

beforeEach(clearDatabase)

async function warnings(type: EventType = 'certificate.expiring') {
  const rows = await db
    .select()
    .from(recordedEvents)
    .where(eq(recordedEvents.type, type))
    .orderBy(recordedEvents.seq)
  return rows.map(({ actor, tenantSid, subjectSid, before, after, createdAt }) => {
    expect({ actor, before }).toEqual({ actor: 'maintenance', before: null })
    return { tenantSid, subjectSid, after, createdAt }
  })
}

async function pinUntil(notAfter: number | null, warnedDays: number | null = null) {
  const { connectionSid, tenantSid } = await createWorld()
  await db
    .update(certificates)
    .set({ notAfter, warnedDays })
    .where(eq(certificates.connectionSid, connectionSid))
  return { connectionSid, tenantSid, fingerprint: await fingerprintOf('idp') }
}

it('are given at 60, 30, 14, 7 and 1 days, each once, and no more after the end', async () => {
  expect(WARNING_DAYS).toEqual([60, 30, 14, 7, 1])
  const notAfter = NOW + 61 * DAY
  const { connectionSid, tenantSid, fingerprint } = await pinUntil(notAfter)
  const given: unknown[] = []
  for (let day = 0; day <= 63; day++)
    for (const hour of [0, 12]) {
      const now = NOW + day * DAY + (hour * DAY) / 24
      await warnOfExpiry(db, now)
      const all = await warnings()
      if (all.length > given.length) given.push((notAfter - now) / DAY)
    }
  expect(given).toEqual([60, 30, 14, 7, 1])
  expect(await warnings()).toEqual(
    WARNING_DAYS.map((days) => ({
      tenantSid,
      subjectSid: connectionSid,
      after: { fingerprint, notAfter, days },
      createdAt: notAfter - days * DAY,
    })),
  )
})

it('are given for the nearest threshold alone where several have passed', async () => {
  const { fingerprint } = await pinUntil(NOW + 5 * DAY)
  await Promise.all([warnOfExpiry(db, NOW), warnOfExpiry(db, NOW)])
  await warnOfExpiry(db, NOW)
  expect((await warnings()).map(({ after }) => after)).toEqual([
    { fingerprint, notAfter: NOW + 5 * DAY, days: 7 },
  ])
})

it.each<[string, number, number | null]>([
  ['was warned of already', NOW + 5 * DAY, 7],
  ['was warned of at a nearer threshold', NOW + 20 * DAY, 14],
  ['is good for longer', NOW + 60 * DAY + 1, null],
  ['has expired', NOW, null],
])('are not given for one that %s', async (_, notAfter, warnedDays) => {
  await pinUntil(notAfter, warnedDays)
  await warnOfExpiry(db, NOW)
  expect(await warnings()).toEqual([])
})

it('begin anew with another certificate', async () => {
  const { connectionSid } = await pinUntil(NOW + 5 * DAY, 7)
  await db.insert(certificates).values({
    connectionSid,
    ...(await storedCertificate(certificateOf('idpNext'))),
    notAfter: NOW + 25 * DAY,
    createdAt: NOW,
  })
  await warnOfExpiry(db, NOW)
  expect((await warnings()).map(({ after }) => after)).toMatchObject([{ days: 30 }])
})

it('are given for our own key pairs, to no tenant', async () => {
  const notAfter = NOW + 13 * DAY
  await db.insert(keyPairs).values({
    fingerprint: 'f'.repeat(64),
    stage: 'current',
    certificate: certificateOf('sp'),
    encryptedPrivateKey: 'x',
    notAfter,
    createdAt: 1,
  })
  await warnOfExpiry(db, NOW)
  await warnOfExpiry(db, NOW + DAY)
  const subjectSid = 'f'.repeat(64)
  expect(await warnings('key.expiring')).toEqual([
    {
      tenantSid: null,
      subjectSid,
      after: { fingerprint: subjectSid, notAfter, days: 14 },
      createdAt: NOW,
    },
  ])
  expect(await warnings('key.rotation_due')).toMatchObject([
    { tenantSid: null, subjectSid, after: { fingerprint: subjectSid, notAfter } },
  ])
})

it('tell of the end once, of an IdP’s certificate and of ours', async () => {
  const { connectionSid, fingerprint } = await pinUntil(NOW + DAY / 2)
  for (const now of [NOW, NOW + DAY, NOW + DAY, NOW + 2 * DAY]) await warnOfExpiry(db, now)
  expect(await warnings()).toHaveLength(1)
  expect(await warnings('certificate.expired')).toMatchObject([
    { subjectSid: connectionSid, after: { fingerprint }, createdAt: NOW + DAY },
  ])
})

it('are given for rows from before dates were kept, once their date is known', async () => {
  const read = await parseCertificate(certificateOf('idp'))
  if (!read.ok) throw new Error(read.error.code)
  const { notAfter } = read.value
  const { connectionSid, fingerprint } = await pinUntil(null)
  await warnOfExpiry(db, notAfter - 10 * DAY)
  const [row] = await db
    .select()
    .from(certificates)
    .where(
      and(eq(certificates.connectionSid, connectionSid), eq(certificates.fingerprint, fingerprint)),
    )
  expect(row).toMatchObject({ notAfter, warnedDays: 14 })
  expect(await warnings()).toHaveLength(1)
})

it('read no row of certificates that are good for longer', async () => {
  const { connectionSid } = await pinUntil(NOW + 5 * DAY)
  await db.run(sql`INSERT INTO certificates (connection_sid, fingerprint, certificate, subject, algorithm, spki, not_after, created_at)
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 2000)
    SELECT ${connectionSid}, n, 'x', 'CN=x', 'x', 'x', ${NOW} + (n % 2 * 2 - 1) * 90 * 86400000, 1 FROM number`)
  const { db: counted, cost } = countingDatabase()
  await warnOfExpiry(counted, NOW)
  expect(await warnings()).toHaveLength(1)
  expect(cost.rowsRead).toBeLessThanOrEqual(24)
})

it('are given by the hourly cron', async () => {
  await pinUntil(Date.now() + 5 * DAY)
  await worker.scheduled(createScheduledController({ cron: '17 * * * *' }), env)
  expect(await warnings()).toHaveLength(1)
})
