// The secrets that sign for an endpoint now, opened: the current one first.
import type { KeySecrets } from '../../env.ts'
import { readKeyEncryptionKey } from '../../platform/key-encryption-key.ts'
import type { OperationContext } from '../operation-context.ts'
import { openWebhookSecret } from './secret.ts'
import { findSealedEndpoint } from './store/endpoints.ts'

type SealedSecrets = Pick<
  NonNullable<Awaited<ReturnType<typeof findSealedEndpoint>>>,
  'sid' | 'secret' | 'previousSecret' | 'previousSecretUntil'
>

/** Undefined: there is no such endpoint, or its secrets do not open. */
export async function findSigningSecrets(
  { db, now }: Pick<OperationContext, 'db' | 'now'>,
  secrets: KeySecrets,
  sid: string,
): Promise<string[] | undefined> {
  const row = await findSealedEndpoint(db, sid)
  return row && openSigningSecrets(secrets, row, now)
}

/** Undefined: the key-encryption key is missing or another one. */
export async function openSigningSecrets(
  secrets: KeySecrets,
  { sid, secret, previousSecret, previousSecretUntil }: SealedSecrets,
  now: number,
): Promise<string[] | undefined> {
  const key = await readKeyEncryptionKey(secrets)
  if (!key) return undefined
  const isKept = previousSecret !== null && (previousSecretUntil ?? 0) > now
  const sealed = isKept ? [secret, previousSecret] : [secret]
  const opened = await Promise.all(sealed.map((one) => openWebhookSecret(key, sid, one)))
  // Without the previous one, receivers that have it alone refuse: the current one is what counts.
  const [current, previous] = opened
  if (current === undefined) return undefined
  return previous === undefined ? [current] : [current, previous]
}
