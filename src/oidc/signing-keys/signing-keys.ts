// The keys that sign ID and logout tokens, and their rotation, for each algorithm alike. A key is
// published for a day before it signs, so that every client has read it. It stays for a day after
// the next key of its algorithm signs, so that its tokens can be verified.
import type { JWTPayload } from 'jose'
import { ID_TOKEN_ALGORITHMS, type IdTokenAlgorithm } from '../../clients/client.ts'
import { may } from '../../events/actor.ts'
import type { Database } from '../../platform/db/client.ts'
import type { KeySecrets } from '../../env.ts'
import { readKeyEncryptionKey } from '../../platform/key-encryption-key.ts'
import type { OperationContext } from '../../events/operation-context.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import { createKey, openKey, published } from './key-material.ts'
import {
  changeSigningKeys,
  findSigningKeys,
  type SigningKeyChange,
  type SigningKeyRow,
} from './store.ts'
import { DAY } from '../../durations.ts'

/** How long a key signs. */
const SIGNING_DAYS = 90

export type TokenSigningKey = {
  kid: string
  algorithm: IdTokenAlgorithm
  stage: 'next' | 'current' | 'previous'
  publicKey: JsonWebKey
  publishedAt: number
  signsAt: number
}

/** `typ` of the JWT's header, and the algorithm that the client is registered for. */
type SignedHeader = { typ: string; algorithm: IdTokenAlgorithm }

export type Signer = {
  /** A JWT with our `kid`. */
  sign(claims: JWTPayload, header: SignedHeader): Promise<string>
}

/** One round trip. */
export async function openSigner(db: Database, secrets: KeySecrets, now: number): Promise<Signer> {
  return signerOf(db, secrets, await findSigningKeys(db), now)
}

/**
 * The signer of rows that were already read. Signing takes two round trips if it must create the
 * first key. It rejects with a ConfigError without the key-encryption key.
 */
export function signerOf(
  db: Database,
  secrets: KeySecrets,
  rows: readonly SigningKeyRow[],
  now: number,
): Signer {
  return {
    async sign(claims, { typ, algorithm }) {
      const row = currentOf(rows, algorithm, now) ?? (await makeFirst(db, secrets, algorithm, now))
      const key = await openKey(secrets, row)
      // Each function loads what it needs of jose: a login without an app needs nothing of it.
      const { SignJWT } = await import('jose/jwt/sign')
      const header = { alg: algorithm, typ, kid: row.kid }
      return new SignJWT(claims).setProtectedHeader(header).sign(key)
    },
  }
}

/** Rejects with a ConfigError if a key that signs cannot be opened. */
export async function checkSigningKeys(
  secrets: KeySecrets,
  rows: readonly SigningKeyRow[],
  now: number,
): Promise<void> {
  for (const algorithm of ID_TOKEN_ALGORITHMS) {
    const row = currentOf(rows, algorithm, now)
    if (row) await openKey(secrets, row)
  }
}

export type KeySet = { keys: ReturnType<typeof published>[] }

/**
 * The JWKS (RFC 7517 §5), with a key of each algorithm. One round trip, unless it must create the
 * first ones.
 */
export async function readKeySet(db: Database, secrets: KeySecrets, now: number): Promise<KeySet> {
  const rows = await findSigningKeys(db)
  const missing = ID_TOKEN_ALGORITHMS.filter((one) => !currentOf(rows, one, now))
  const made = await Promise.all(missing.map((one) => makeFirst(db, secrets, one, now)))
  return { keys: inOrder([...rows, ...made]).map(published) }
}

/** The same, without creating a key: undefined before there is one. */
export async function findKeySet(db: Database): Promise<KeySet | undefined> {
  const rows = await findSigningKeys(db)
  return rows.length > 0 ? { keys: inOrder(rows).map(published) } : undefined
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
        // Its `alg` must be that of the header, or jose refuses the token.
        return published(row)
      },
      { algorithms: [...ID_TOKEN_ALGORITHMS] },
    )
    const claims = JSON.parse(new TextDecoder().decode(payload)) as JWTPayload
    return claims.iss === issuer ? claims : undefined
  } catch {
    return undefined
  }
}

/**
 * Runs hourly: creates the next key of an algorithm when its newest has signed for 90 days, and
 * deletes keys whose tokens have all expired.
 */
export async function keepSigningKeys(
  context: Pick<OperationContext, 'db' | 'actor' | 'now'>,
  secrets: KeySecrets,
): Promise<void> {
  const { db, now } = context
  const all = await findSigningKeys(db)
  for (const algorithm of ID_TOKEN_ALGORITHMS) {
    const rows = rowsOf(all, algorithm)
    const newest = rows.at(-1)
    if (!newest) continue
    const isOld = newest.signsAt <= now - SIGNING_DAYS * DAY
    const dead = rows.filter((_, at) => (rows[at + 1]?.signsAt ?? now) <= now - DAY)
    if (!isOld && dead.length === 0) continue
    await changeSigningKeys(context, algorithm, rows, {
      ...(isOld && { insert: await createKey(secrets, algorithm, now, now + DAY) }),
      delete: dead.map(({ kid }) => kid),
    })
  }
}

/** Refuses `forbidden`. */
export async function listSigningKeys(
  context: OperationContext,
): Promise<Result<TokenSigningKey[], Problem>> {
  if (!isAllowed(context, 'view')) return forbidden(context)
  return list(context)
}

/**
 * Creates and publishes the next key of an algorithm, which signs a day later. The first key signs
 * at once. Refuses `forbidden` and `key_stage`.
 */
export async function rotateSigningKey(
  context: OperationContext,
  secrets: KeySecrets,
  algorithm: IdTokenAlgorithm,
): Promise<Result<TokenSigningKey[], Problem>> {
  const ready = await getReady(context, secrets)
  if (!ready.ok) return ready
  const { now } = context
  const rows = rowsOf(ready.value, algorithm)
  const waiting = rows.find(({ signsAt }) => signsAt > now)
  if (waiting) return problem('key_stage', 'no next key yet', waiting.kid)
  const signsAt = rows.length > 0 ? now + DAY : now
  const insert = await createKey(secrets, algorithm, now, signsAt)
  return change(context, algorithm, rows, { insert })
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
  const found = ready.value.find((row) => row.kid === kid)
  if (!found) return problem('not_there', 'a signing key', kid)
  const { algorithm } = found
  const rows = rowsOf(ready.value, algorithm)
  const left = rows.filter((row) => row !== found)
  const hasSigner = currentOf(left, algorithm, now) !== undefined
  return change(context, algorithm, rows, {
    delete: [kid],
    ...(!hasSigner &&
      (left[0]
        ? { hasten: left[0].kid }
        : { insert: await createKey(secrets, algorithm, now, now) })),
  })
}

async function getReady(
  context: OperationContext,
  secrets: KeySecrets,
): Promise<Result<SigningKeyRow[], Problem>> {
  if (!isAllowed(context, 'keys')) return forbidden(context)
  if (!(await readKeyEncryptionKey(secrets)))
    return problem('key_encryption_key', secrets.keyEncryptionKey.name, 'not set')
  return ok(await findSigningKeys(context.db))
}

async function change(
  context: OperationContext,
  algorithm: IdTokenAlgorithm,
  seen: readonly SigningKeyRow[],
  wanted: SigningKeyChange,
): Promise<Result<TokenSigningKey[], Problem>> {
  if (await changeSigningKeys(context, algorithm, seen, wanted)) {
    context.afterResponse?.add('copy_key_set')
    return list(context)
  }
  return problem('key_stage', 'the keys as they were read', 'another change')
}

async function list({ db, now }: OperationContext): Promise<Result<TokenSigningKey[], Problem>> {
  const rows = await findSigningKeys(db)
  return ok(
    inOrder(rows).map((row) => ({
      kid: row.kid,
      algorithm: row.algorithm,
      stage:
        row === currentOf(rows, row.algorithm, now)
          ? 'current'
          : row.signsAt > now
            ? 'next'
            : 'previous',
      publicKey: row.publicKey,
      publishedAt: row.createdAt,
      signsAt: row.signsAt,
    })),
  )
}

/** In the order in which they sign; a statement that changes them compares this order. */
function rowsOf(rows: readonly SigningKeyRow[], algorithm: IdTokenAlgorithm): SigningKeyRow[] {
  return rows
    .filter((row) => row.algorithm === algorithm)
    .toSorted((a, b) => a.signsAt - b.signsAt || (a.kid < b.kid ? -1 : 1))
}

function inOrder(rows: readonly SigningKeyRow[]): SigningKeyRow[] {
  return ID_TOKEN_ALGORITHMS.flatMap((algorithm) => rowsOf(rows, algorithm))
}

/** The newest key of the algorithm that may sign. */
function currentOf(
  rows: readonly SigningKeyRow[],
  algorithm: IdTokenAlgorithm,
  now: number,
): SigningKeyRow | undefined {
  return rowsOf(rows, algorithm).findLast(({ signsAt }) => signsAt <= now)
}

/** Several requests may create the first key at once. The first one wins. */
async function makeFirst(
  db: Database,
  secrets: KeySecrets,
  algorithm: IdTokenAlgorithm,
  now: number,
): Promise<SigningKeyRow> {
  const insert = await createKey(secrets, algorithm, now, now)
  await changeSigningKeys({ db, now, actor: { kind: 'maintenance' } }, algorithm, [], { insert })
  const row = currentOf(await findSigningKeys(db), algorithm, now)
  if (!row) throw new TypeError('there is no signing key')
  return row
}

function isAllowed({ actor }: OperationContext, how: 'view' | 'keys'): boolean {
  return may(actor, how, { tenantSid: null, connectionSid: null })
}

function forbidden({ actor }: OperationContext) {
  return problem('forbidden', 'an operator', actor.kind)
}
