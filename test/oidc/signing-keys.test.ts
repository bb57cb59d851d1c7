// The keys that sign: two of an algorithm during overlap, sealed at rest, rotated by themselves and
// by hand.
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { createLocalJWKSet, decodeProtectedHeader, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { refreshTokenGrant } from 'openid-client'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { ID_TOKEN_ALGORITHMS } from '../../src/clients/client.ts'
import type { Actor } from '../../src/events/actor.ts'
import { keyPairs, signingKeys } from '../../src/platform/db/schema.ts'
import { recordedEvents } from '../../src/events/store.ts'
import { readConfig, type Env } from '../../src/env.ts'
import { openKeyRing } from '../../src/keys/key-ring.ts'
import {
  deleteSigningKey,
  keepSigningKeys,
  listSigningKeys,
  openSigner,
  readKeySet,
  rotateSigningKey,
  verifyOwnToken,
} from '../../src/oidc/signing-keys/signing-keys.ts'
import { openBrowser, ORIGIN } from '../support/browser.ts'
import { codeOf, good, OPERATOR, request } from '../support/request.ts'
import { createWorld, db } from '../support/world.ts'
import { askIn, codeFields, openApp, openSession, post, signInWith } from './relying-party.ts'

const HOUR = 3600_000
const DAY = 24 * HOUR
const NOW = Date.now()
const { keySecrets } = readConfig(env)

beforeEach(() => db.delete(signingKeys))
afterAll(() => db.delete(signingKeys))

const maintenance = (now: number) => ({ db, actor: { kind: 'maintenance' } as Actor, now })
const at = (now: number) => ({ ...request(), now })
const KEY_WORDS = { RS256: '\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01', ES256: '\x2a\x86\x48\xce\x3d' }

describe.each(ID_TOKEN_ALGORITHMS)('%s', (algorithm) => {
  const sign = async (now: number, typ = 'JWT') => {
    const claims = { iss: ORIGIN, sub: 'US1', iat: 1, exp: 2 }
    return (await openSigner(db, keySecrets, now)).sign(claims, { typ, algorithm })
  }
  const kidOf = (token: string) => decodeProtectedHeader(token).kid
  const published = async (now: number) =>
    (await readKeySet(db, keySecrets, now)).keys.flatMap(({ kid, alg }) =>
      alg === algorithm ? [kid] : [],
    )
  const rows = () =>
    db
      .select()
      .from(signingKeys)
      .where(eq(signingKeys.algorithm, algorithm))
      .orderBy(signingKeys.signsAt)
  const rotate = (context: ReturnType<typeof at>, secrets = keySecrets) =>
    rotateSigningKey(context, secrets, algorithm)
  /** As operators see them. */
  const listed = async (keys: ReturnType<typeof listSigningKeys>) =>
    good(await keys).filter((key) => key.algorithm === algorithm)

  /** Against what clients see. */
  async function verify(token: string, now: number) {
    const keySet = createLocalJWKSet(await readKeySet(db, keySecrets, now))
    const currentDate = new Date(1000)
    return (await jwtVerify(token, keySet, { currentDate, algorithms: [algorithm] })).payload
  }

  describe('the first key', () => {
    it('makes itself when something is to be signed, and signs at once', async () => {
      const token = await sign(NOW)
      expect(await published(NOW)).toEqual([kidOf(token)])
      expect((await verify(token, NOW)).sub).toBe('US1')
      expect(await sign(NOW + 1).then(kidOf)).toBe(kidOf(token))
    })

    it('is created when the keys are first read', async () => {
      const response = await openBrowser().get('/oauth2/jwks')
      const { keys } = (await response.json()) as { keys: { kid: string; alg: string }[] }
      const kids = keys.flatMap(({ kid, alg }) => (alg === algorithm ? [kid] : []))
      expect(kids).toEqual([kidOf(await sign(Date.now()))])
    })

    it('is one, also if several make it at the same moment', async () => {
      const tokens = await Promise.all([1, 2, 3, 4].map(() => sign(NOW)))
      expect(new Set(tokens.map(kidOf)).size).toBe(1)
      expect(await rows()).toHaveLength(1)
    })

    it('is not made without a key to encrypt it with: apps are told that it is our fault', async () => {
      const world = await createWorld()
      await world.addUser('alice@tenant.example')
      const browser = await openSession(world, 'alice@tenant.example')
      const app = await openApp({ clientType: 'public', idTokenSignedResponseAlg: algorithm })
      const { code, checks } = await askIn(browser, app)
      await db.delete(signingKeys)
      const environment: Env = { ...env, KEY_ENCRYPTION_KEY: '' }
      const fields = { ...codeFields(code, checks), client_id: app.client.sid }
      const answer = await post('/oauth2/token', fields, {}, environment)
      expect([answer.status, answer.body]).toEqual([503, { error: 'server_error' }])
      expect(await rows()).toEqual([])
    })
  })

  describe('at rest', () => {
    it('the private key is sealed, to its own row', async () => {
      await sign(NOW)
      await listed(rotate(at(NOW)))
      const [first, second] = await rows()
      const bytes = Uint8Array.from(atob(first!.encryptedPrivateKey), (c) => c.charCodeAt(0))
      // PKCS#8 would begin with a SEQUENCE that says what the key is of.
      expect(String.fromCharCode(...bytes)).not.toContain(KEY_WORDS[algorithm])
      expect(JSON.stringify(first!.publicKey)).not.toContain('"d"')
      await db
        .update(signingKeys)
        .set({ encryptedPrivateKey: second!.encryptedPrivateKey })
        .where(eq(signingKeys.kid, first!.kid))
      await expect(sign(NOW)).rejects.toThrow('does not open signing key')
    })

    it('nothing is signed under another key-encryption key', async () => {
      await sign(NOW)
      const other = readConfig({
        ...env,
        KEY_ENCRYPTION_KEY: btoa('another key-encryption key: 32b.'),
      })
      const signer = await openSigner(db, other.keySecrets, NOW)
      await expect(signer.sign({}, { typ: 'JWT', algorithm })).rejects.toThrow(
        'does not open signing key',
      )
    })

    it('operators see no private key', async () => {
      await sign(NOW)
      const shown = await listed(listSigningKeys(at(NOW)))
      const [row] = await rows()
      expect(JSON.stringify(shown)).not.toContain(row!.encryptedPrivateKey)
      const trail = await db
        .select()
        .from(recordedEvents)
        .where(eq(recordedEvents.subjectSid, row!.kid))
      expect(trail).toMatchObject([{ type: 'signing_key.created', actor: 'maintenance' }])
      expect(JSON.stringify(trail)).not.toContain(row!.encryptedPrivateKey)
    })
  })

  describe('rotation by itself', () => {
    it('does nothing for 90 days', async () => {
      const first = kidOf(await sign(NOW))
      await keepSigningKeys(maintenance(NOW + 90 * DAY - 1), keySecrets)
      expect(await published(NOW + 90 * DAY - 1)).toEqual([first])
    })

    it('publishes the next key for a day before it signs', async () => {
      const token = await sign(NOW)
      const due = NOW + 90 * DAY
      await keepSigningKeys(maintenance(due), keySecrets)
      const both = await published(due)
      expect(both).toHaveLength(2)
      expect(await sign(due).then(kidOf)).toBe(kidOf(token))
      expect(await sign(due + DAY - 1).then(kidOf)).toBe(kidOf(token))
      expect(await sign(due + DAY).then(kidOf)).toBe(both[1])
      expect(both[1]).not.toBe(kidOf(token))
    })

    it('keeps the one before for a day after the next one signs, so that its tokens verify', async () => {
      const token = await sign(NOW)
      const due = NOW + 90 * DAY
      await keepSigningKeys(maintenance(due), keySecrets)
      for (const now of [due + DAY, due + 2 * DAY - 1]) {
        await keepSigningKeys(maintenance(now), keySecrets)
        expect((await verify(token, now)).sub).toBe('US1')
        expect((await verify(await sign(now), now)).sub).toBe('US1')
        expect(await published(now)).toHaveLength(2)
      }
      await keepSigningKeys(maintenance(due + 2 * DAY), keySecrets)
      const [left] = await rows()
      expect(await published(due + 2 * DAY)).toEqual([left!.kid])
      await expect(verify(token, due + 2 * DAY)).rejects.toThrow('no applicable key')
    })

    it('makes one key, however often it is run', async () => {
      await sign(NOW)
      const due = NOW + 90 * DAY
      await Promise.all([1, 2, 3].map(() => keepSigningKeys(maintenance(due), keySecrets)))
      await keepSigningKeys(maintenance(due + HOUR), keySecrets)
      expect(await rows()).toHaveLength(2)
    })

    it('creates no key if nothing was ever signed', async () => {
      await keepSigningKeys(maintenance(NOW), keySecrets)
      expect(await rows()).toEqual([])
    })

    it('always leaves a key that signs, even after a long pause', async () => {
      await sign(NOW)
      const late = NOW + 400 * DAY
      await keepSigningKeys(maintenance(late), keySecrets)
      const token = await sign(late)
      expect((await verify(token, late)).sub).toBe('US1')
      expect(await published(late)).toHaveLength(2)
    })
  })

  describe('rotation by hand', () => {
    it('publishes the next key, once', async () => {
      const first = kidOf(await sign(NOW))
      const shown = await listed(rotate(at(NOW + HOUR)))
      expect(shown).toMatchObject([
        { kid: first, stage: 'current', signsAt: NOW },
        { stage: 'next', publishedAt: NOW + HOUR, signsAt: NOW + HOUR + DAY },
      ])
      expect(codeOf(await rotate(at(NOW + HOUR)))).toEqual(['key_stage'])
      expect(await rows()).toHaveLength(2)
      const later = await listed(listSigningKeys(at(NOW + HOUR + DAY)))
      expect(later.map(({ stage }) => stage)).toEqual(['previous', 'current'])
    })

    it('makes the first key, which signs at once', async () => {
      expect(await listed(rotate(at(NOW)))).toMatchObject([{ stage: 'current' }])
    })
  })

  describe('deletion of a key that may have leaked', () => {
    it('has the next key sign at once', async () => {
      const token = await sign(NOW)
      const [, next] = await listed(rotate(at(NOW)))
      const left = await listed(deleteSigningKey(at(NOW + 1), keySecrets, kidOf(token)!))
      expect(left).toMatchObject([{ kid: next!.kid, stage: 'current' }])
      expect(await sign(NOW + 1).then(kidOf)).toBe(next!.kid)
      await expect(verify(token, NOW + 1)).rejects.toThrow('no applicable key')
      expect(await verifyOwnToken(db, ORIGIN, token)).toBe(undefined)
    })

    it('creates a key if none is left', async () => {
      const token = await sign(NOW)
      const left = await listed(deleteSigningKey(at(NOW + 1), keySecrets, kidOf(token)!))
      expect(left).toMatchObject([{ stage: 'current', signsAt: NOW + 1 }])
      expect(left[0]!.kid).not.toBe(kidOf(token))
    })

    it('of one that does not sign leaves the others as they are', async () => {
      const token = await sign(NOW)
      const [, next] = await listed(rotate(at(NOW)))
      const left = await listed(deleteSigningKey(at(NOW + 1), keySecrets, next!.kid))
      expect(left).toMatchObject([{ kid: kidOf(token), stage: 'current', signsAt: NOW }])
      const trail = await db
        .select()
        .from(recordedEvents)
        .where(eq(recordedEvents.subjectSid, next!.kid))
      expect(trail.map(({ type }) => type).toSorted()).toEqual([
        'signing_key.created',
        'signing_key.deleted',
      ])
    })

    it('refuses a key that is not there', async () => {
      await sign(NOW)
      expect(codeOf(await deleteSigningKey(at(NOW), keySecrets, 'none'))).toEqual(['not_there'])
    })
  })

  describe('operators alone', () => {
    const customer: Actor = {
      kind: 'customer admin',
      id: 'bob',
      name: 'bob',
      tenantSid: 'TN1',
      connectionSid: null,
      capabilities: ['configure', 'test'],
    }
    it('may look at keys and change them', async () => {
      const as = { ...request(customer), now: NOW }
      expect(codeOf(await listSigningKeys(as))).toEqual(['forbidden'])
      expect(codeOf(await rotate(as))).toEqual(['forbidden'])
      expect(codeOf(await deleteSigningKey(as, keySecrets, 'none'))).toEqual(['forbidden'])
      expect(await rows()).toEqual([])
    })

    it('and not without a key-encryption key', async () => {
      const { keySecrets: none } = readConfig({ ...env, KEY_ENCRYPTION_KEY: '' })
      const as = { ...request(OPERATOR), now: NOW }
      expect(codeOf(await rotate(as, none))).toEqual(['key_encryption_key'])
      expect(codeOf(await deleteSigningKey(as, none, 'none'))).toEqual(['key_encryption_key'])
    })
  })

  describe('a token of our own', () => {
    it('is known after it has expired', async () => {
      expect(await verifyOwnToken(db, ORIGIN, await sign(NOW))).toMatchObject({ sub: 'US1' })
    })

    it('is no logout token, no token of another issuer, and no malformed one', async () => {
      expect(await verifyOwnToken(db, ORIGIN, await sign(NOW, 'logout+jwt'))).toBe(undefined)
      expect(await verifyOwnToken(db, 'https://other.example', await sign(NOW))).toBe(undefined)
      for (const token of ['', 'x', 'a.b.c', 'e30.e30.'])
        expect(await verifyOwnToken(db, ORIGIN, token)).toBe(undefined)
    })

    it('is not one whose claims were changed', async () => {
      const [header, , signature] = (await sign(NOW)).split('.')
      const claims = btoa(JSON.stringify({ iss: ORIGIN, sub: 'US2' })).replaceAll('=', '')
      expect(await verifyOwnToken(db, ORIGIN, `${header}.${claims}.${signature}`)).toBe(undefined)
    })
  })
})

describe('the two algorithms', () => {
  const claims = { iss: ORIGIN, sub: 'US1', iat: 1, exp: 2 }
  const sign = async (now: number, algorithm: 'RS256' | 'ES256') =>
    (await openSigner(db, keySecrets, now)).sign(claims, { typ: 'JWT', algorithm })

  it('have keys of their own, each published with its parameters alone', async () => {
    const { keys } = await readKeySet(db, keySecrets, NOW)
    const members = keys.map((key) => [key.alg, Object.keys(key).toSorted().join(' ')])
    expect(members.toSorted()).toEqual([
      ['ES256', 'alg crv kid kty use x y'],
      ['RS256', 'alg e kid kty n use'],
    ])
    const { n } = keys.find(({ alg }) => alg === 'RS256')!
    expect(atob(n!.replaceAll('-', '+').replaceAll('_', '/'))).toHaveLength(2048 / 8)
  })

  it('are not those that sign SAML messages', async () => {
    await readKeySet(db, keySecrets, NOW)
    await openKeyRing(keySecrets, await db.select().from(keyPairs)).signingKey()
    const saml = JSON.stringify(await db.select().from(keyPairs))
    const moduli = (await db.select().from(signingKeys)).map(({ publicKey }) => publicKey.n)
    for (const modulus of moduli) if (modulus) expect(saml).not.toContain(modulus.slice(0, 40))
  })

  it('rotate and end by themselves', async () => {
    const [rsa, ec] = [await sign(NOW, 'RS256'), await sign(NOW, 'ES256')]
    good(await rotateSigningKey(at(NOW), keySecrets, 'RS256'))
    good(await deleteSigningKey(at(NOW + 1), keySecrets, decodeProtectedHeader(rsa).kid!))
    expect(decodeProtectedHeader(await sign(NOW + 1, 'ES256'))).toEqual(decodeProtectedHeader(ec))
    expect(await verifyOwnToken(db, ORIGIN, rsa)).toBe(undefined)
    expect(await verifyOwnToken(db, ORIGIN, ec)).toMatchObject({ sub: 'US1' })
    await keepSigningKeys(maintenance(NOW + 90 * DAY), keySecrets)
    const rows = await db.select().from(signingKeys)
    const ofEach = ID_TOKEN_ALGORITHMS.map((one) => rows.filter((row) => row.algorithm === one))
    expect(ofEach.map(({ length }) => length)).toEqual([1, 2])
  })

  it('are not mixed: a token whose header names the other one is none of ours', async () => {
    const token = await sign(NOW, 'ES256')
    const { kid } = decodeProtectedHeader(token)
    const { privateKey } = await generateKeyPair('RS256')
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: kid! })
      .sign(privateKey)
    expect(await verifyOwnToken(db, ORIGIN, token)).toMatchObject({ sub: 'US1' })
    expect(await verifyOwnToken(db, ORIGIN, forged)).toBe(undefined)
  })
})

describe('an app', () => {
  it('gets the algorithm that it is registered for, whatever its request says', async () => {
    const world = await createWorld()
    for (const algorithm of ID_TOKEN_ALGORITHMS) {
      const app = await openApp({ idTokenSignedResponseAlg: algorithm })
      const { tokens } = await signInWith(app, world, { id_token_signed_response_alg: 'none' })
      expect(decodeProtectedHeader(tokens.id_token!).alg).toBe(algorithm)
      const refreshed = await refreshTokenGrant(app.config, tokens.refresh_token!, {
        id_token_signed_response_alg: 'none',
      })
      expect(decodeProtectedHeader(refreshed.id_token!).alg).toBe(algorithm)
    }
  })
})
