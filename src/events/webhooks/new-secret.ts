// The secret of an endpoint that is created or changed: ours, or the token of the receiver.
import type { KeySecrets } from '../../env.ts'
import { readKeyEncryptionKey } from '../../platform/key-encryption-key.ts'
import { type Problem, problem } from '../../problem.ts'
import { ok, type Result } from '../../result.ts'
import type { WebhookEndpoint } from './endpoint.ts'
import { isToken, type WebhookFormat } from './formats.ts'
import { createWebhookSecret, sealWebhookSecret } from './secret.ts'

/** A new signing secret, or the token. Refuses `input`. */
export function checkToken(
  format: WebhookFormat,
  given: string | undefined,
): Result<string, Problem> {
  const token = given?.trim() ?? ''
  if (format === 'standard')
    return token === ''
      ? ok(createWebhookSecret())
      : problem('input', 'no token: the format standard is signed', 'a token', 'token')
  // What was given is never repeated.
  return isToken(token)
    ? ok(token)
    : problem('input', 'a token: 1 to 500 characters without spaces', 'another text', 'token')
}

/** The column of the new token. Refuses as `checkToken` and `sealSecret` do. */
export async function sealToken(
  { sid, format }: Pick<WebhookEndpoint, 'sid' | 'format'>,
  { secrets, token: given }: { secrets: KeySecrets; token: string | undefined },
): Promise<Result<string, Problem>> {
  const token = checkToken(format, given)
  if (!token.ok) return token
  const made = await sealSecret(secrets, sid, token.value)
  return made.ok ? ok(made.value.sealed) : made
}

/** Refuses `key_encryption_key`. */
export async function sealSecret(
  secrets: KeySecrets,
  sid: string,
  secret: string,
): Promise<Result<{ secret: string; sealed: string }, Problem>> {
  const key = await readKeyEncryptionKey(secrets)
  if (!key) return problem('key_encryption_key', secrets.keyEncryptionKey.name, 'not set')
  return ok({ secret, sealed: await sealWebhookSecret(key, sid, secret) })
}
