// Operations on our key pairs: list, prepare the next, rotate, retire. Only operators change them;
// certificates are public. Wrong settings reject with a ConfigError that names them.
import { may } from '../events/actor.ts'
import { ConfigError, type KeySecrets } from '../env.ts'
import type { OperationContext } from '../events/operation-context.ts'
import { readKeyEncryptionKey } from '../platform/key-encryption-key.ts'
import { type Problem, problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { parseCertificate, type Certificate } from '../saml/signature/certificate.ts'
import { inOrder, livesInDatabase, openRow } from './key-ring.ts'
import { createKeyPair } from './create-key-pair.ts'
import { STAGES, type OwnKeyPair, type Stage } from './key-pair.ts'
import { seal } from './seal.ts'
import { readSecretPairs } from './secrets.ts'
import {
  changeKeyPairs,
  selectKeyPairs,
  type KeyPairChange,
  type KeyPairEvent,
  type KeyPairRow,
} from './store.ts'

export type { OwnKeyPair }

type Insert = Extract<KeyPairChange, { insert: unknown }>['insert']
type Pairs = Result<OwnKeyPair[], Problem>

/**
 * The current, next and previous pair, if they exist. A previous pair of the secrets without a
 * certificate is not listed.
 */
export async function listKeyPairs(context: OperationContext, secrets: KeySecrets): Promise<Pairs> {
  const rows = await selectKeyPairs(context.db)
  return ok(livesInDatabase(rows) ? await describe(rows) : await describeSecrets(secrets))
}

/**
 * Creates the next pair and publishes it. The first call moves the pairs of the secrets into the
 * database. Without any pair it creates the current one. Refuses `forbidden`, `key_encryption_key`,
 * and `key_stage` where there is a next one.
 */
export async function prepareKeyPair(
  context: OperationContext,
  secrets: KeySecrets,
): Promise<Pairs> {
  const ready = await getReady(context, secrets)
  if (!ready.ok) return ready
  const { keyEncryptionKey, rows } = ready.value
  const { now } = context
  const adopted = rows.length > 0 ? [] : await sealSecrets(secrets, keyEncryptionKey, now)
  const before = [...rows, ...adopted]
  const next = before.find(({ stage }) => stage === 'next')
  if (next && adopted.length === 0) return notNow('no next pair', next.fingerprint)

  const changes: KeyPairChange[] = adopted.map((insert) => ({ insert }))
  const events = adopted.length > 0 ? [event('key.adopted', currentOf(adopted), [], adopted)] : []
  if (!next) {
    const stage: Stage = before.length > 0 ? 'next' : 'current'
    const { privateKey, certificate } = await createKeyPair(new URL(secrets.origin).hostname, now)
    const made: Insert = {
      fingerprint: certificate.fingerprint,
      stage,
      certificate: certificate.base64,
      encryptedPrivateKey: await seal(keyEncryptionKey, certificate.fingerprint, privateKey),
      notAfter: certificate.notAfter,
      createdAt: now,
      activatedAt: stage === 'current' ? now : null,
    }
    changes.push({ insert: made })
    events.push(event('key.prepared', made.fingerprint, before, [...before, made]))
  }
  return change(context, secrets, rows, changes, events)
}

/**
 * The next pair becomes current and signs. The current pair becomes the previous one, which still
 * decrypts. Refuses `forbidden` and `key_encryption_key`. Refuses `key_stage` without a next pair,
 * or with a previous pair that somebody may still encrypt to.
 */
export async function rotateKeyPairs(
  context: OperationContext,
  secrets: KeySecrets,
): Promise<Pairs> {
  const ready = await getReady(context, secrets)
  if (!ready.ok) return ready
  const { rows } = ready.value
  const [current, next, previous] = STAGES.map((stage) => rows.find((row) => row.stage === stage))
  if (!current || !next) return notNow('a next pair in the database: prepare one', 'none')
  if (previous) return notNow('no previous pair: retire it first', previous.fingerprint)
  const after = [
    { ...current, stage: 'previous' as const },
    { ...next, stage: 'current' as const },
  ]
  return change(
    context,
    secrets,
    rows,
    [
      { move: current.fingerprint, to: 'previous' },
      { move: next.fingerprint, to: 'current', activatedAt: context.now },
    ],
    [event('key.rotated', next.fingerprint, rows, after)],
  )
}

/**
 * Retires one pair. Deletes the previous pair: messages encrypted to it can no longer be read.
 * Without one, an unused next pair leaves the metadata and becomes the previous pair, since an IdP
 * may have read it. `fingerprint` names the pair, so that a repeated call does not retire two.
 * Refuses `forbidden`, `key_encryption_key`, and `key_stage` where there is nothing to retire.
 */
export async function retireKeyPair(
  context: OperationContext,
  secrets: KeySecrets,
  fingerprint?: string,
): Promise<Pairs> {
  const ready = await getReady(context, secrets)
  if (!ready.ok) return ready
  const { rows } = ready.value
  const previous = rows.find(({ stage }) => stage === 'previous')
  const retired = previous ?? rows.find(({ stage }) => stage === 'next')
  if (!retired || (fingerprint ?? retired.fingerprint) !== retired.fingerprint)
    return notNow(fingerprint ?? 'a previous pair, or a next one', retired?.fingerprint ?? 'none')
  const others = rows.filter((row) => row !== retired)
  const after = previous ? others : [...others, { ...retired, stage: 'previous' as const }]
  return change(
    context,
    secrets,
    rows,
    [previous ? { delete: retired.fingerprint } : { move: retired.fingerprint, to: 'previous' }],
    [event('key.retired', retired.fingerprint, rows, after)],
  )
}

/**
 * Whether the actor may change key pairs now, and whether the key-encryption key opens all existing
 * ones.
 */
async function getReady(
  context: OperationContext,
  secrets: KeySecrets,
): Promise<Result<{ keyEncryptionKey: CryptoKey; rows: KeyPairRow[] }, Problem>> {
  if (!may(context.actor, 'keys', { tenantSid: null, connectionSid: null }))
    return problem('forbidden', 'an operator', context.actor.kind)
  const keyEncryptionKey = await readKeyEncryptionKey(secrets)
  if (!keyEncryptionKey)
    return problem('key_encryption_key', secrets.keyEncryptionKey.name, 'not set')
  const rows = await selectKeyPairs(context.db)
  // No pair may be created under another key-encryption key than the others. No pair that cannot
  // sign may be activated.
  await Promise.all(rows.map((row) => openRow(secrets, row)))
  return ok({ keyEncryptionKey, rows })
}

async function change(
  context: OperationContext,
  secrets: KeySecrets,
  seen: readonly KeyPairRow[],
  changes: readonly KeyPairChange[],
  events: readonly KeyPairEvent[],
): Promise<Pairs> {
  const changed = await changeKeyPairs(context, seen, changes, events)
  if (!changed) return notNow('the pairs as they were read', 'a change by somebody else')
  return listKeyPairs(context, secrets)
}

function notNow(expected: string, received: string) {
  return problem('key_stage', expected, received)
}

type Staged = { fingerprint: string; stage: Stage }

/** The audit trail records only the fingerprints by stage. */
function event(
  type: KeyPairEvent['type'],
  subjectSid: string,
  before: readonly Staged[],
  after: readonly Staged[],
): KeyPairEvent {
  const byStage = (pairs: readonly Staged[]) =>
    Object.fromEntries(inOrder(pairs).map(({ stage, fingerprint }) => [stage, fingerprint]))
  return { type, subjectSid, before: byStage(before), after: byStage(after) }
}

function currentOf(pairs: readonly Staged[]): string {
  return pairs.find(({ stage }) => stage === 'current')!.fingerprint
}

/** The pairs of the secrets as rows. All must move: an IdP may still use any of them. */
async function sealSecrets(
  secrets: KeySecrets,
  keyEncryptionKey: CryptoKey,
  now: number,
): Promise<Insert[]> {
  const pairs = await readSecretPairs(secrets)
  if (pairs.length > 0 && !pairs.some(({ stage }) => stage === 'current'))
    throw new ConfigError(`${secrets.pairs.current.privateKey.name} is not set`)
  return Promise.all(
    pairs.map(async ({ stage, certificate, privateKey }): Promise<Insert> => {
      if (!certificate) {
        const { name } = secrets.pairs[stage].certificate
        throw new ConfigError(`${name} is not set: key pairs move into the database as pairs`)
      }
      const { fingerprint, base64 } = certificate
      const { notAfter } = await readWhole(base64, `of ${secrets.pairs[stage].certificate.name}`)
      return {
        fingerprint,
        stage,
        certificate: base64,
        encryptedPrivateKey: await seal(keyEncryptionKey, fingerprint, privateKey),
        notAfter,
        // The times of publication and first signature were not recorded. From now on they are
        // known.
        createdAt: now,
        activatedAt: null,
      }
    }),
  )
}

async function describe(rows: readonly KeyPairRow[]): Promise<OwnKeyPair[]> {
  return Promise.all(
    inOrder(rows).map(async ({ fingerprint, stage, certificate, createdAt, activatedAt }) => {
      const where = `of key pair ${fingerprint} in the database`
      const { subject, notBefore, notAfter } = await readWhole(certificate, where)
      const times = { notBefore, notAfter, publishedAt: createdAt, activatedAt }
      return { fingerprint, stage, home: 'database' as const, certificate, subject, ...times }
    }),
  )
}

async function describeSecrets(secrets: KeySecrets): Promise<OwnKeyPair[]> {
  const described: OwnKeyPair[] = []
  for (const { stage, certificate: own } of await readSecretPairs(secrets)) {
    if (!own) continue
    const { fingerprint, base64: certificate } = own
    const where = `of ${secrets.pairs[stage].certificate.name}`
    const { subject, notBefore, notAfter } = await readWhole(certificate, where)
    const times = { notBefore, notAfter, publishedAt: null, activatedAt: null }
    described.push({ fingerprint, stage, home: 'secret', certificate, subject, ...times })
  }
  return described
}

async function readWhole(base64: string, where: string): Promise<Certificate> {
  const certificate = await parseCertificate(base64)
  if (!certificate.ok) throw new ConfigError(`the certificate ${where} cannot be read`)
  return certificate.value
}
