// The keys that sign ID and logout tokens (ES256), and their rotation. A key is published for a day
// before it signs, so that every client has read it. It stays for a day after the next key signs,
// so that its tokens can be verified.
import type { JWTPayload } from 'jose'
import { may } from '../../events/actor.ts'
import type { Database } from '../../platform/db/client.ts'
import { ConfigError, type KeySecrets } from '../../env.ts'
import { seal, unseal } from '../../keys/seal.ts'
import { readKeyEncryptionKey } from '../../keys/secrets.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { changeSigningKeys, findSigningKeys, type SigningKeyRow } from './store.ts'

const DAY = 24 * 3600 * 1000
/** How long a key signs. */
const SIGNING_DAYS = 90
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const

export type TokenSigningKey = {
  kid: string
  stage: 'next' | 'current' | 'previous'
  publicKey: JsonWebKey
  publishedAt: number
  signsAt: number
}

export type Signer = {
  /** A JWT with our `kid`; `typ` is that of its header. */
  sign(claims: JWTPayload, header: { typ: string }): Promise<string>
}

/**
 * One round trip, unless it must create the first key. Rejects with a ConfigError without the
 * key-encryption key.
 */
export async function openSigner(db: Database, secrets: KeySecrets, now: number): Promise<Signer> {
  return signerOf(db, secrets, await findSigningKeys(db), now)
}

/** The signer of rows that were already read. */
export async function signerOf(
  db: Database,
  secrets: KeySecrets,
  rows: readonly SigningKeyRow[],
  now: number,
): Promise<Signer> {
  const row = currentOf(rows, now) ?? (await makeFirst(db, secrets, now))
  const key = await openKey(secrets, row)
  return {
    async sign(claims, { typ }) {
      // Each function loads what it needs of jose: a login without an app needs nothing of it.
      const { SignJWT } = await import('jose/jwt/sign')
      return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ, kid: row.kid }).sign(key)
    },
  }
}

export type KeySet = { keys: ReturnType<typeof published>[] }

/** The JWKS (RFC 7517 §5). One round trip, unless it must create the first key. */
export async function readKeySet(db: Database, secrets: KeySecrets, now: number): Promise<KeySet> {
  const rows = await findSigningKeys(db)
  const keys = currentOf(rows, now) ? rows : [...rows, await makeFirst(db, secrets, now)]
  return { keys: keys.map(published) }
}

/** The same, without creating a key: undefined before there is one. */
export async function findKeySet(db: Database): Promise<KeySet | undefined> {
  const rows = await findSigningKeys(db)
  return rows.length > 0 ? { keys: rows.map(published) } : undefined
}

/**
 * The claims of an ID token signed by a key that we still have; undefined for any other token. An
 * expired token is accepted: it only hints at the user.
 */
export async function verifyOwnToken(
  db: Database,
  issuer: string,
  token: string,
): Promise<JWTPayload | undefined> {
  const rows = await findSigningKeys(db)
  const { compactVerify } = await import('jose/jws/compact/verify')
  try {
    const { payload } = await compactVerify(
      token,
      ({ kid, typ }) => {
        const row = rows.find((one) => one.kid === kid && typ === 'JWT')
        if (!row) throw new TypeError('not a key of ours')
        return published(row)
      },
      { algorithms: ['ES256'] },
    )
    const claims = JSON.parse(new TextDecoder().decode(payload)) as JWTPayload
    return claims.iss === issuer ? claims : undefined
  } catch {
    return undefined
  }
}

/**
 * Runs hourly: creates the next key when the newest has signed for 90 days, and deletes keys whose
 * tokens have all expired.
 */
export async function keepSigningKeys(
  context: Pick<OperationContext, 'db' | 'actor' | 'now'>,
  secrets: KeySecrets,
): Promise<void> {
  const { db, now } = context
  const rows = await findSigningKeys(db)
  const newest = rows.at(-1)
  if (!newest) return
  const isOld = newest.signsAt <= now - SIGNING_DAYS * DAY
  const dead = rows.filter((_, at) => (rows[at + 1]?.signsAt ?? now) <= now - DAY)
  if (!isOld && dead.length === 0) return
  await changeSigningKeys(context, rows, {
    ...(isOld && { insert: await createKey(secrets, now, now + DAY) }),
    delete: dead.map(({ kid }) => kid),
  })
}

/** Refuses `forbidden`. */
export async function listSigningKeys(
  context: OperationContext,
): Promise<Result<TokenSigningKey[], Problem>> {
  if (!mayOperate(context)) return forbidden(context)
  return list(context)
}

/**
 * Creates and publishes the next key, which signs a day later. The first key signs at once. Refuses
 * `forbidden` and `key_stage`.
 */
export async function rotateSigningKey(
  context: OperationContext,
  secrets: KeySecrets,
): Promise<Result<TokenSigningKey[], Problem>> {
  const ready = await getReady(context, secrets)
  if (!ready.ok) return ready
  const { now } = context
  const waiting = ready.value.find(({ signsAt }) => signsAt > now)
  if (waiting) return problem('key_stage', 'no next key yet', waiting.kid)
  const signsAt = ready.value.length > 0 ? now + DAY : now
  return change(context, ready.value, { insert: await createKey(secrets, now, signsAt) })
}

/**
 * Deletes a key that may have leaked, so that its tokens are no longer valid. If it was the current
 * key, the next one signs at once; without a next key, a new one is created. Refuses `forbidden`,
 * `not_there` and `key_stage`.
 */
export async function deleteSigningKey(
  context: OperationContext,
  secrets: KeySecrets,
  kid: string,
): Promise<Result<TokenSigningKey[], Problem>> {
  const ready = await getReady(context, secrets)
  if (!ready.ok) return ready
  const { now } = context
  const rows = ready.value
  if (!rows.some((row) => row.kid === kid)) return problem('not_there', 'a signing key', kid)
  const left = rows.filter((row) => row.kid !== kid)
  const hasSigner = currentOf(left, now) !== undefined
  return change(context, rows, {
    delete: [kid],
    ...(!hasSigner &&
      (left[0] ? { hasten: left[0].kid } : { insert: await createKey(secrets, now, now) })),
  })
}

async function getReady(
  context: OperationContext,
  secrets: KeySecrets,
): Promise<Result<SigningKeyRow[], Problem>> {
  if (!mayOperate(context)) return forbidden(context)
  if (!(await readKeyEncryptionKey(secrets)))
    return problem('key_encryption_key', secrets.keyEncryptionKey.name, 'not set')
  return ok(await findSigningKeys(context.db))
}

async function change(
  context: OperationContext,
  seen: readonly SigningKeyRow[],
  wanted: Parameters<typeof changeSigningKeys>[2],
): Promise<Result<TokenSigningKey[], Problem>> {
  if (await changeSigningKeys(context, seen, wanted)) {
    context.afterResponse?.add('copy_key_set')
    return list(context)
  }
  return problem('key_stage', 'the keys as they were read', 'another change')
}

async function list({ db, now }: OperationContext): Promise<Result<TokenSigningKey[], Problem>> {
  const rows = await findSigningKeys(db)
  const current = currentOf(rows, now)
  return ok(
    rows.map((row) => ({
      kid: row.kid,
      stage: row === current ? 'current' : row.signsAt > now ? 'next' : 'previous',
      publicKey: row.publicKey,
      publishedAt: row.createdAt,
      signsAt: row.signsAt,
    })),
  )
}

/** The newest key that may sign. */
function currentOf(rows: readonly SigningKeyRow[], now: number): SigningKeyRow | undefined {
  return rows.findLast(({ signsAt }) => signsAt <= now)
}

/** Several requests may create the first key at once. The first one wins. */
async function makeFirst(db: Database, secrets: KeySecrets, now: number): Promise<SigningKeyRow> {
  const insert = await createKey(secrets, now, now)
  await changeSigningKeys({ db, now, actor: { kind: 'maintenance' } }, [], { insert })
  const row = currentOf(await findSigningKeys(db), now)
  if (!row) throw new TypeError('there is no signing key')
  return row
}

async function createKey(
  secrets: KeySecrets,
  now: number,
  signsAt: number,
): Promise<SigningKeyRow> {
  const keyEncryptionKey = await getKeyEncryptionKey(secrets)
  const { calculateJwkThumbprint } = await import('jose/jwk/thumbprint')
  const pair = (await crypto.subtle.generateKey(ALGORITHM, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  const { kty, crv, x, y } = (await crypto.subtle.exportKey('jwk', pair.publicKey)) as JsonWebKey
  const publicKey = { kty, crv, x, y } as JsonWebKey & { kty: string }
  const privateKey = (await crypto.subtle.exportKey('pkcs8', pair.privateKey)) as ArrayBuffer
  const kid = await calculateJwkThumbprint(publicKey)
  return {
    kid,
    publicKey,
    encryptedPrivateKey: await seal(keyEncryptionKey, kid, new Uint8Array(privateKey)),
    signsAt,
    createdAt: now,
  }
}

async function getKeyEncryptionKey(secrets: KeySecrets): Promise<CryptoKey> {
  const key = await readKeyEncryptionKey(secrets)
  if (key) return key
  throw new ConfigError(
    `${secrets.keyEncryptionKey.name} is not set: it encrypts the keys that sign tokens`,
  )
}

// One opened key for each set of secrets, because one key signs at a time.
const opened = new WeakMap<KeySecrets, { row: string; key: Promise<CryptoKey> }>()

function openKey(secrets: KeySecrets, row: SigningKeyRow): Promise<CryptoKey> {
  const memo = opened.get(secrets)
  if (memo?.row === row.encryptedPrivateKey) return memo.key
  const key = unsealKey(secrets, row)
  opened.set(secrets, { row: row.encryptedPrivateKey, key })
  return key
}

async function unsealKey(secrets: KeySecrets, row: SigningKeyRow): Promise<CryptoKey> {
  const bytes = await unseal(await getKeyEncryptionKey(secrets), row.kid, row.encryptedPrivateKey)
  if (!bytes)
    throw new ConfigError(`${secrets.keyEncryptionKey.name} does not open signing key ${row.kid}`)
  return crypto.subtle.importKey('pkcs8', bytes, ALGORITHM, false, ['sign'])
}

function published({ kid, publicKey: { kty, crv, x, y } }: SigningKeyRow) {
  return { kty: kty!, crv: crv!, x: x!, y: y!, kid, alg: 'ES256', use: 'sig' }
}

function mayOperate({ actor }: OperationContext): boolean {
  return may(actor, 'operate', { tenantSid: null, connectionSid: null })
}

function forbidden({ actor }: OperationContext) {
  return problem('forbidden', 'an operator', actor.kind)
}
