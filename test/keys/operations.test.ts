import { env } from 'cloudflare:workers'
import { and, gt, like, max } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { tenantAdmin } from '../../src/events/actor.ts'
import { events, keyPairs } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { readConfig } from '../../src/env.ts'
import { openKeyRing } from '../../src/keys/key-ring.ts'
import {
  listKeyPairs,
  prepareKeyPair,
  retireKeyPair,
  rotateKeyPairs,
  type OwnKeyPair,
} from '../../src/keys/operations.ts'
import { parseCertificate } from '../../src/saml/signature/certificate.ts'
import { openBrowser } from '../support/browser.ts'
import { certificateOf } from '../support/keys.ts'
import { codeOf, good, request } from '../support/request.ts'
import { base64 } from '../support/sign-text.ts'
import { createWorld, db } from '../support/world.ts'
import {
  deployed,
  NO_ENCRYPTION,
  NO_PAIR,
  OTHER_ENCRYPTION,
  pair,
  privateKeySetting,
  secretsOf,
} from './deployment.ts'

const { keySecrets } = readConfig(env)
const CUSTOMER = tenantAdmin({ id: 'bob', name: 'bob' }, 'TN1')

/** Events are never deleted: each case looks at its own. */
let before = 0
const clear = async () => {
  await db.delete(keyPairs)
  const [newest] = await db.select({ seq: max(events.seq) }).from(events)
  before = newest?.seq ?? 0
}
beforeEach(clear)
// Other files of the run share the database.
afterEach(clear)

const rowsByStage = async () =>
  Object.fromEntries((await db.select().from(keyPairs)).map((row) => [row.stage, row.fingerprint]))
const keyEvents = () =>
  db
    .select()
    .from(recordedEvents)
    .where(and(like(recordedEvents.type, 'key.%'), gt(recordedEvents.seq, before)))
const stagesOf = (pairs: OwnKeyPair[]) => pairs.map(({ stage }) => stage)
const fingerprintOf = async (certificate: string) => {
  const parsed = await parseCertificate(certificate)
  return parsed.ok ? parsed.value.fingerprint : ''
}
const prepare = () => prepareKeyPair(request(), keySecrets)
const rotate = () => rotateKeyPairs(request(), keySecrets)
const retire = (fingerprint?: string) => retireKeyPair(request(), keySecrets, fingerprint)

describe('prepare', () => {
  it('takes the pair of the secrets into the database, and makes the next', async () => {
    const pairs = good(await prepare())
    expect(pairs).toMatchObject([
      { stage: 'current', home: 'database', certificate: certificateOf('sp'), activatedAt: null },
      { stage: 'next', home: 'database', activatedAt: null },
    ])
    const [current, next] = pairs as [OwnKeyPair, OwnKeyPair]
    expect(await rowsByStage()).toEqual({
      current: current.fingerprint,
      next: next.fingerprint,
    })
    const byStage = { current: current.fingerprint }
    const told = (await keyEvents()).map(
      ({ tenantSid, actor, type, subjectSid, before, after }) => ({
        tenantSid,
        actor,
        type,
        subjectSid,
        before,
        after,
      }),
    )
    const common = { tenantSid: null, actor: 'operator olga' }
    expect(told).toHaveLength(2)
    expect(told).toEqual(
      expect.arrayContaining([
        {
          ...common,
          type: 'key.adopted',
          subjectSid: current.fingerprint,
          before: {},
          after: byStage,
        },
        {
          ...common,
          type: 'key.prepared',
          subjectSid: next.fingerprint,
          before: byStage,
          after: { ...byStage, next: next.fingerprint },
        },
      ]),
    )
  })

  it('makes an RSA key of 3072 bits and a certificate of ten years that names us and the host', async () => {
    const [, next] = good(await prepare())
    const parsed = await parseCertificate(next!.certificate)
    expect(parsed.ok && parsed.value).toMatchObject({
      fingerprint: next!.fingerprint,
      key: { type: 'RSA', bits: 3072, exponent: 65537n },
      subject: 'CN=sso.vendor.example, O=Gatepost',
      issuer: 'CN=sso.vendor.example, O=Gatepost',
    })
    const years = (next!.notAfter - next!.publishedAt!) / (365 * 24 * 3600 * 1000)
    expect(years).toBeCloseTo(10, 2)
    expect(next!.notBefore).toBeLessThan(next!.publishedAt!)
  })

  it('takes along every pair that an IdP may be using', async () => {
    const secrets = secretsOf(pair('NEXT_', 'spNext'), pair('PREVIOUS_', 'idp'))
    const pairs = good(await prepareKeyPair(request(), secrets))
    expect(pairs.map(({ stage, certificate }) => [stage, certificate])).toEqual([
      ['current', certificateOf('sp')],
      ['next', certificateOf('spNext')],
      ['previous', certificateOf('idp')],
    ])
    expect((await keyEvents()).map(({ type }) => type)).toEqual(['key.adopted'])
    expect(
      await openKeyRing(secrets, await db.select().from(keyPairs)).decryptionKeys(),
    ).toHaveLength(3)
  })

  it('leaves no key behind that would stop to decrypt', async () => {
    const secrets = secretsOf({ SP_PREVIOUS_PRIVATE_KEY: privateKeySetting('spNext') })
    await expect(prepareKeyPair(request(), secrets)).rejects.toThrow(
      /^SP_PREVIOUS_CERTIFICATE is not set/,
    )
    expect(await rowsByStage()).toEqual({})
  })

  it('makes the first pair where there is none: a deployment with a key-encryption key alone', async () => {
    const deployment = deployed(NO_PAIR)
    const world = await createWorld()
    const begin = () => openBrowser(deployment).get(`/sso/${world.connectionSid}`)
    const log = vi.spyOn(console, 'log')
    const unready = await begin()
    expect(unready.status).toBe(503)
    expect(log.mock.calls.join()).toContain('gatepost key prepare')
    log.mockRestore()

    const { keySecrets: secrets } = readConfig(deployment)
    const [current, ...others] = good(await prepareKeyPair(request(), secrets))
    expect(others).toEqual([])
    expect(current).toMatchObject({ stage: 'current', activatedAt: current!.publishedAt })
    expect((await begin()).status).toBe(302)
    expect(stagesOf(good(await prepareKeyPair(request(), secrets)))).toEqual(['current', 'next'])
  })

  it('refuses key_stage where there is a next pair', async () => {
    good(await prepare())
    const before = await rowsByStage()
    expect(await prepare()).toMatchObject({ error: { code: 'key_stage', received: before.next } })
    expect(await rowsByStage()).toEqual(before)
    expect(await keyEvents()).toHaveLength(2)
  })
})

describe('rotate', () => {
  it('makes the next pair sign and the current one previous, and says so in one event', async () => {
    const [current, next] = good(await prepare()) as [OwnKeyPair, OwnKeyPair]
    const pairs = good(await rotate())
    expect(pairs.map(({ stage, fingerprint }) => [stage, fingerprint])).toEqual([
      ['current', next.fingerprint],
      ['previous', current.fingerprint],
    ])
    expect(pairs[0]!.activatedAt).toBeGreaterThanOrEqual(next.publishedAt!)
    const told = (await keyEvents()).find(({ type }) => type === 'key.rotated')
    expect(told).toMatchObject({
      tenantSid: null,
      subjectSid: next.fingerprint,
      before: { current: current.fingerprint, next: next.fingerprint },
      after: { current: next.fingerprint, previous: current.fingerprint },
    })
  })

  it('refuses key_stage without a next pair in the database', async () => {
    expect(codeOf(await rotate())).toEqual(['key_stage'])
    const secrets = secretsOf(pair('NEXT_', 'spNext'))
    expect(codeOf(await rotateKeyPairs(request(), secrets))).toEqual(['key_stage'])
    expect(await keyEvents()).toEqual([])
  })

  it('refuses key_stage while a previous pair still decrypts for somebody', async () => {
    good(await prepare())
    good(await rotate())
    good(await prepare())
    const before = await rowsByStage()
    expect(Object.keys(before)).toHaveLength(3)
    expect(await rotate()).toMatchObject({
      error: { code: 'key_stage', received: before.previous },
    })
    expect(await rowsByStage()).toEqual(before)
    good(await retire())
    expect(stagesOf(good(await rotate()))).toEqual(['current', 'previous'])
  })
})

describe('retire', () => {
  it('deletes the previous pair', async () => {
    const [current, next] = good(await prepare()) as [OwnKeyPair, OwnKeyPair]
    good(await rotate())
    expect(stagesOf(good(await retire()))).toEqual(['current'])
    expect(await rowsByStage()).toEqual({ current: next.fingerprint })
    const told = (await keyEvents()).find(({ type }) => type === 'key.retired')
    expect(told).toMatchObject({
      subjectSid: current.fingerprint,
      before: { current: next.fingerprint, previous: current.fingerprint },
      after: { current: next.fingerprint },
    })
  })

  it('withdraws a next pair that was never used, in two steps', async () => {
    const [current, next] = good(await prepare()) as [OwnKeyPair, OwnKeyPair]
    const withdrawn = good(await retire())
    expect(withdrawn[1]).toMatchObject({
      stage: 'previous',
      fingerprint: next.fingerprint,
      activatedAt: null,
    })
    good(await retire())
    expect(await rowsByStage()).toEqual({ current: current.fingerprint })
  })

  it('retires no other pair than the one that is named', async () => {
    const [current, next] = good(await prepare()) as [OwnKeyPair, OwnKeyPair]
    good(await rotate())
    good(await prepare())
    expect(codeOf(await retire(next.fingerprint))).toEqual(['key_stage'])
    good(await retire(current.fingerprint))
    // Asked twice, as by somebody who clicks twice.
    expect(codeOf(await retire(current.fingerprint))).toEqual(['key_stage'])
    expect(Object.keys(await rowsByStage()).toSorted()).toEqual(['current', 'next'])
  })

  it('refuses key_stage where only a current pair is left', async () => {
    good(await prepareKeyPair(request(), secretsOf(NO_PAIR)))
    expect(codeOf(await retire())).toEqual(['key_stage'])
    expect(Object.keys(await rowsByStage())).toEqual(['current'])
  })
})

describe('two at once', () => {
  const codes = (outcomes: Parameters<typeof codeOf>[0][]) =>
    outcomes.map((outcome) => codeOf(outcome)[0]).toSorted()

  it('prepare one next pair, and adopt once', async () => {
    expect(codes(await Promise.all([prepare(), prepare()]))).toEqual(['key_stage', null].toSorted())
    expect(await db.select().from(keyPairs)).toHaveLength(2)
    expect(await keyEvents()).toHaveLength(2)
  })

  it('rotate once', async () => {
    const [, next] = good(await prepare()) as [OwnKeyPair, OwnKeyPair]
    expect(codes(await Promise.all([rotate(), rotate()]))).toEqual(['key_stage', null].toSorted())
    expect(await rowsByStage()).toMatchObject({ current: next.fingerprint })
    expect((await keyEvents()).filter(({ type }) => type === 'key.rotated')).toHaveLength(1)
  })

  it('retire one pair, and tell of it once', async () => {
    good(await prepare())
    good(await rotate())
    good(await prepare())
    expect(codes(await Promise.all([retire(), retire()]))).toEqual(['key_stage', null].toSorted())
    expect(Object.keys(await rowsByStage()).toSorted()).toEqual(['current', 'next'])
    expect((await keyEvents()).filter(({ type }) => type === 'key.retired')).toHaveLength(1)
  })

  it('rotate and retire leave a current pair, in either order', async () => {
    good(await prepare())
    const outcomes = await Promise.all([rotate(), retire()])
    expect(codes(outcomes)).toEqual(['key_stage', null].toSorted())
    expect(await rowsByStage()).toHaveProperty('current')
    expect(await db.select().from(keyPairs)).toHaveLength(2)
  })
})

describe('who may', () => {
  it('customers see the certificates', async () => {
    good(await prepare())
    expect(stagesOf(good(await listKeyPairs(request(CUSTOMER), keySecrets)))).toEqual([
      'current',
      'next',
    ])
  })

  it.each([
    ['prepare', prepareKeyPair],
    ['rotate', rotateKeyPairs],
    ['retire', retireKeyPair],
  ])('customers may not %s, whether there is something to do or not', async (_, operation) => {
    expect(codeOf(await operation(request(CUSTOMER), keySecrets))).toEqual(['forbidden'])
    expect(codeOf(await operation(request(CUSTOMER), secretsOf(NO_ENCRYPTION)))).toEqual([
      'forbidden',
    ])
    good(await prepare())
    const before = await rowsByStage()
    expect(codeOf(await operation(request(CUSTOMER), keySecrets))).toEqual(['forbidden'])
    expect(await rowsByStage()).toEqual(before)
  })
})

describe('the key-encryption key', () => {
  const OPERATIONS = [prepareKeyPair, rotateKeyPairs, retireKeyPair]

  it('is needed for every change', async () => {
    for (const operation of OPERATIONS)
      expect(codeOf(await operation(request(), secretsOf(NO_ENCRYPTION)))).toEqual([
        'key_encryption_key',
      ])
    expect(await rowsByStage()).toEqual({})
  })

  it('has to be the one that opens what there is', async () => {
    good(await prepare())
    const before = await rowsByStage()
    for (const operation of OPERATIONS)
      await expect(operation(request(), secretsOf(OTHER_ENCRYPTION))).rejects.toThrow(
        /^KEY_ENCRYPTION_KEY does not open key pair /,
      )
    expect(await rowsByStage()).toEqual(before)
  })
})

describe('list', () => {
  it('shows what the secrets have, and nothing where they have nothing', async () => {
    const secrets = secretsOf(pair('NEXT_', 'spNext'), pair('PREVIOUS_', 'idp'))
    const pairs = good(await listKeyPairs(request(), secrets))
    expect(pairs.map(({ stage, home, certificate }) => [stage, home, certificate])).toEqual([
      ['current', 'secret', certificateOf('sp')],
      ['next', 'secret', certificateOf('spNext')],
      ['previous', 'secret', certificateOf('idp')],
    ])
    expect(pairs[0]).toMatchObject({
      fingerprint: await fingerprintOf(certificateOf('sp')),
      publishedAt: null,
      activatedAt: null,
    })
    expect(good(await listKeyPairs(request(), secretsOf(NO_PAIR, NO_ENCRYPTION)))).toEqual([])
  })
})

it('no private key and no key-encryption key is in an answer, a log line or an event', async () => {
  const log = vi.spyOn(console, 'log')
  const said: unknown[] = [await prepare(), await rotate(), await prepare()]
  const rows = await db.select().from(keyPairs)
  const ring = openKeyRing(keySecrets, rows)
  said.push(await rotate(), await listKeyPairs(request(), keySecrets))
  const world = await createWorld()
  for (const deployment of [env, deployed(OTHER_ENCRYPTION), deployed(NO_ENCRYPTION)])
    for (const path of [`/saml/${world.connectionSid}/metadata`, `/sso/${world.connectionSid}`]) {
      const response = await openBrowser(deployment).get(path)
      said.push([...response.headers], await response.text())
    }
  said.push(await retire(), await retire(), await keyEvents(), log.mock.calls)
  log.mockRestore()

  // The first half of PKCS#8 has the modulus, which the certificate has too; the second is private
  // altogether.
  const privateHalf = (key: Uint8Array) => base64(key.subarray(Math.ceil(key.length / 6) * 3))
  const secrets = [
    env.KEY_ENCRYPTION_KEY!,
    OTHER_ENCRYPTION.KEY_ENCRYPTION_KEY!,
    ...rows.map(({ encryptedPrivateKey }) => encryptedPrivateKey),
    ...(await ring.decryptionKeys()).map(privateHalf),
  ]
  expect(secrets).toHaveLength(8)
  const text = JSON.stringify(said)
  const found = secrets.filter((secret) => {
    const pieces = secret.match(/.{24}/g)!
    return pieces.some((piece) => text.includes(piece))
  })
  expect(found).toHaveLength(0)
})
