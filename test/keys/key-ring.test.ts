import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connections, keyPairs } from '../../src/platform/db/schema.ts'
import { readConfig, type Env } from '../../src/env.ts'
import { openKeyRing } from '../../src/keys/key-ring.ts'
import { prepareKeyPair, rotateKeyPairs } from '../../src/keys/operations.ts'
import { seal, unseal } from '../../src/keys/seal.ts'
import { importKeyEncryptionKey } from '../../src/platform/key-encryption-key.ts'
import { openBrowser } from '../support/browser.ts'
import { certificateOf, privateKeyOf } from '../support/keys.ts'
import { good, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'
import {
  deployed,
  developmentPair,
  NO_ENCRYPTION,
  NO_PAIR,
  OTHER_ENCRYPTION,
  pair,
  privateKeySetting,
  secretsOf,
} from './deployment.ts'

const { keySecrets } = readConfig(env)
beforeEach(() => db.delete(keyPairs))
// Other files of the run share the database.
afterEach(() => db.delete(keyPairs))

const read = () => db.select().from(keyPairs)
const prepare = async () => {
  good(await prepareKeyPair(request(), keySecrets))
  return read()
}

describe('secrets', () => {
  it.each<[string, Partial<Env>, RegExp]>([
    ['no private key', { SP_PRIVATE_KEY: '' }, /^SP_PRIVATE_KEY is not set$/],
    ['no base64', { SP_PRIVATE_KEY: '%' }, /^SP_PRIVATE_KEY is not base64$/],
    ['no key', { SP_PRIVATE_KEY: 'AAAA' }, /^SP_PRIVATE_KEY is not an RSA key in PKCS#8$/],
    ['no certificate', { SP_CERTIFICATE: 'AAAA' }, /^SP_CERTIFICATE is not an X\.509 certificate$/],
    [
      'the certificate of another key',
      { SP_CERTIFICATE: certificateOf('spNext') },
      /^SP_PRIVATE_KEY is not the RSA key of SP_CERTIFICATE$/,
    ],
    [
      'a certificate with an EC key',
      { SP_CERTIFICATE: certificateOf('p256') },
      /^SP_PRIVATE_KEY is not the RSA key of SP_CERTIFICATE$/,
    ],
    [
      'half a next pair',
      { SP_NEXT_CERTIFICATE: certificateOf('spNext') },
      /^SP_NEXT_PRIVATE_KEY is not set$/,
    ],
    [
      'a next pair that is none',
      { ...pair('NEXT_', 'spNext'), SP_NEXT_CERTIFICATE: certificateOf('idp') },
      /^SP_NEXT_PRIVATE_KEY is not the RSA key of SP_NEXT_CERTIFICATE$/,
    ],
    [
      'a previous key that is none',
      { SP_PREVIOUS_PRIVATE_KEY: 'AAAA' },
      /^SP_PREVIOUS_PRIVATE_KEY is not an RSA key in PKCS#8$/,
    ],
    ['nothing', NO_PAIR, /^there is no key pair yet/],
    ['nothing at all', { ...NO_PAIR, ...NO_ENCRYPTION }, /^SP_PRIVATE_KEY is not set$/],
  ])('with %s nothing signs, decrypts or is published', async (_, settings, message) => {
    const ring = openKeyRing(secretsOf(settings), [])
    for (const use of [ring.signingKey, ring.decryptionKeys, ring.published])
      await expect(use()).rejects.toThrow(message)
  })

  it('sign and publish by the current pair, announce the next, decrypt by all', async () => {
    const ring = openKeyRing(
      secretsOf(pair('NEXT_', 'spNext'), {
        SP_PREVIOUS_PRIVATE_KEY: privateKeySetting('idp'),
      }),
      [],
    )
    expect(await ring.published()).toEqual({
      signing: [certificateOf('sp'), certificateOf('spNext')],
      encryption: [certificateOf('spNext')],
    })
    expect(await ring.decryptionKeys()).toEqual(
      ['sp', 'spNext', 'idp'].map((name) => privateKeyOf(name as 'sp')),
    )
  })

  it('a pair that stands at two stages is at the first of them', async () => {
    const ring = openKeyRing(secretsOf(pair('NEXT_', 'sp'), pair('PREVIOUS_', 'sp')), [])
    expect((await ring.published()).signing).toEqual([certificateOf('sp')])
    expect(await ring.decryptionKeys()).toHaveLength(1)
  })

  it('are those of a developer’s machine there alone', async () => {
    const development = await developmentPair()
    const local = { ORIGIN: 'http://localhost:8787' }
    await openKeyRing(secretsOf(development, local), []).signingKey()
    await expect(openKeyRing(secretsOf(development), []).signingKey()).rejects.toThrow(
      /^SP_CERTIFICATE is one of `npm start`/,
    )
  })
})

describe('the database', () => {
  it('is read before the secrets, which then need not be there', async () => {
    const rows = await prepare()
    good(await rotateKeyPairs(request(), keySecrets))
    const ring = openKeyRing(secretsOf(NO_PAIR), await read())
    const next = rows.find(({ stage }) => stage === 'next')!
    expect(await ring.published()).toEqual({
      signing: [next.certificate],
      encryption: [next.certificate],
    })
  })

  it.each<[string, Partial<Env>, RegExp]>([
    ['another key-encryption key', OTHER_ENCRYPTION, /^KEY_ENCRYPTION_KEY does not open key pair /],
    ['none', NO_ENCRYPTION, /^KEY_ENCRYPTION_KEY is not set/],
    ['half of one', { KEY_ENCRYPTION_KEY: btoa('x'.repeat(16)) }, /is not 32 bytes in base64$/],
    ['something else', { KEY_ENCRYPTION_KEY: '%' }, /^KEY_ENCRYPTION_KEY is not base64$/],
  ])(
    'never gives way to the secrets: with %s it is not_configured',
    async (_, settings, message) => {
      const rows = await prepare()
      const ring = openKeyRing(secretsOf(settings), rows)
      for (const use of [ring.signingKey, ring.decryptionKeys, ring.published])
        await expect(use()).rejects.toThrow(message)

      const { connectionSid } = await createWorld()
      const log = vi.spyOn(console, 'log')
      for (const path of [`/sso/${connectionSid}`, `/saml/${connectionSid}/metadata`]) {
        log.mockClear()
        const response = await openBrowser(deployed(settings)).get(path)
        expect(response.status).toBe(503)
        expect(await response.text()).not.toMatch(/KEY_ENCRYPTION_KEY|key pair/)
        expect(log.mock.calls.join()).toMatch(/"code":"not_configured".*KEY_ENCRYPTION_KEY/)
      }
      log.mockRestore()
    },
  )

  it('is not trusted with which certificate goes with which key', async () => {
    const rows = await prepare()
    const [current, next] = ['current', 'next'].map((stage) =>
      rows.find((row) => row.stage === stage)!,
    ) as [(typeof rows)[0], (typeof rows)[0]]
    const forged: [typeof current, RegExp][] = [
      [{ ...current, certificate: certificateOf('attacker') }, /has another certificate/],
      [{ ...current, encryptedPrivateKey: next.encryptedPrivateKey }, /does not open/],
      [{ ...current, encryptedPrivateKey: flip(current.encryptedPrivateKey) }, /does not open/],
      [{ ...current, encryptedPrivateKey: '' }, /does not open/],
    ]
    for (const [row, message] of forged) {
      const ring = openKeyRing(secretsOf(), [row, next])
      await expect(ring.signingKey()).rejects.toThrow(message)
      await expect(ring.published()).rejects.toThrow(message)
    }
  })

  it('has no pair of a developer’s machine in a deployment', async () => {
    const local = secretsOf(await developmentPair(), { ORIGIN: 'http://localhost:8787' })
    good(await prepareKeyPair(request(), local))
    await openKeyRing(local, await read()).signingKey()
    await expect(openKeyRing(secretsOf(), await read()).signingKey()).rejects.toThrow(
      /is one of `npm start`/,
    )
  })

  it('is opened once an isolate', async () => {
    await prepare()
    // Of its own: what is kept open is forgotten when other tests have opened eight.
    const secrets = { ...keySecrets }
    const [first, second] = [openKeyRing(secrets, await read()), openKeyRing(secrets, await read())]
    expect((await second.signingKey()).key).toBe((await first.signingKey()).key)
    const [before, after] = [await first.decryptionKeys(), await second.decryptionKeys()]
    expect(before).toHaveLength(2)
    before.forEach((key, index) => expect(after[index]).toBe(key))
  })

  it('opens the current pair alone to sign', async () => {
    const rows = await prepare()
    const broken = rows.map((row) =>
      row.stage === 'next' ? { ...row, encryptedPrivateKey: flip(row.encryptedPrivateKey) } : row,
    )
    const ring = openKeyRing(secretsOf(), broken)
    await ring.signingKey()
    await expect(ring.decryptionKeys()).rejects.toThrow(/does not open/)
  })
})

describe('a sealed key', () => {
  it('is sealed anew each time, and opens for its certificate alone', async () => {
    const key = (await importKeyEncryptionKey(new Uint8Array(32)))!
    const secret = privateKeyOf('sp')
    const [first, second] = [await seal(key, 'aa', secret), await seal(key, 'aa', secret)]
    expect(first).not.toBe(second)
    expect(first.slice(0, 16)).not.toBe(second.slice(0, 16))
    expect(await unseal(key, 'aa', first)).toEqual(secret)
    expect(await unseal(key, 'ab', first)).toBeUndefined()
  })
})

describe('our metadata', () => {
  const HOUR = 3600_000
  const fetchedAt = async (sid: string) => {
    const [row] = await db.select().from(connections).where(eq(connections.sid, sid))
    return row!.metadataFetchedAt
  }
  const note = (sid: string, metadataFetchedAt: number | null) =>
    db.update(connections).set({ metadataFetchedAt }).where(eq(connections.sid, sid))
  const fetchIt = (sid: string, headers: Record<string, string> = {}) =>
    openBrowser().send(`/saml/${sid}/metadata`, { headers })

  it('notes that an IdP has read it, without making it an edit of the connection', async () => {
    const { connectionSid } = await createWorld()
    const [before] = await db.select().from(connections).where(eq(connections.sid, connectionSid))
    const start = Date.now()
    expect((await fetchIt(connectionSid)).status).toBe(200)
    const [after] = await db.select().from(connections).where(eq(connections.sid, connectionSid))
    expect(after!.metadataFetchedAt).toBeGreaterThanOrEqual(start)
    expect(after).toEqual({ ...before, metadataFetchedAt: after!.metadataFetchedAt })
  })

  it('takes no browser for an IdP', async () => {
    const { connectionSid } = await createWorld()
    await fetchIt(connectionSid, { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' })
    expect(await fetchedAt(connectionSid)).toBeNull()
  })

  it('takes no IdP that runs on Node for a browser', async () => {
    const { connectionSid } = await createWorld()
    await fetchIt(connectionSid, { 'sec-fetch-mode': 'cors' })
    expect(await fetchedAt(connectionSid)).not.toBeNull()
  })

  it('notes it once an hour', async () => {
    const { connectionSid } = await createWorld()
    const recently = Date.now() - HOUR / 2
    await note(connectionSid, recently)
    await fetchIt(connectionSid)
    expect(await fetchedAt(connectionSid)).toBe(recently)
    await note(connectionSid, Date.now() - 2 * HOUR)
    await fetchIt(connectionSid)
    expect(await fetchedAt(connectionSid)).toBeGreaterThan(recently)
  })

  it('notes the first time after a key was published at once', async () => {
    const { connectionSid } = await createWorld()
    await note(connectionSid, Date.now() - 1000)
    const { createdAt } = (await prepare())[0]!
    await fetchIt(connectionSid)
    expect(await fetchedAt(connectionSid)).toBeGreaterThanOrEqual(createdAt)
  })
})

function flip(base64: string): string {
  return `${base64.slice(0, 40)}${base64[40] === 'A' ? 'B' : 'A'}${base64.slice(41)}`
}
