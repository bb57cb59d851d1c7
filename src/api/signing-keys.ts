// Routes of the keys that sign ID and logout tokens.
import * as z from 'zod/mini'
import {
  deleteSigningKey,
  listSigningKeys,
  rotateSigningKey,
  type TokenSigningKey,
} from '../oidc/signing-keys/signing-keys.ts'
import { ID_TOKEN_ALGORITHMS } from '../clients/client.ts'
import type { Problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { route } from './engine/route.ts'
import { about, instant, list, named } from './engine/schema.ts'

const tag = 'Signing keys'
const CHANGE_PROBLEMS = ['key_stage', 'key_encryption_key'] as const

const signingKeys = list(
  'SigningKeyList',
  named(
    'SigningKey',
    z.object({
      kid: about(z.string(), 'RFC 7638 thumbprint: the `kid` of tokens.'),
      algorithm: about(z.enum(ID_TOKEN_ALGORITHMS), 'Signs for the apps that chose it.'),
      stage: about(
        z.enum(['next', 'current', 'previous']),
        '`next` is published and does not sign yet. `current` signs. `previous` still verifies.',
      ),
      publicKey: about(z.record(z.string(), z.unknown()), 'JWK.'),
      publishedAt: instant,
      signsAt: about(instant, 'When it began or will begin to sign.'),
    }),
  ),
)

async function listed(keys: Promise<Result<TokenSigningKey[], Problem>>) {
  const found = await keys
  return found.ok
    ? ok({ items: found.value.map((key) => ({ ...key, publicKey: { ...key.publicKey } })) })
    : found
}

const SIGNING_KEY_COLUMNS = {
  Algorithm: 'algorithm',
  Stage: 'stage',
  Key: 'kid',
  Published: 'publishedAt',
  'Signs from': 'signsAt',
} as const

export const SIGNING_KEY_ROUTES = [
  route({
    method: 'GET',
    path: '/signing-keys',
    operationId: 'listSigningKeys',
    summary: 'List the keys that sign ID and logout tokens',
    tag,
    who: 'operators',
    permission: 'view',
    cli: { verb: 'signing-key list', columns: SIGNING_KEY_COLUMNS },
    status: 200,
    answer: signingKeys,
    handle: ({ context }) => listed(listSigningKeys(context)),
  }),
  route({
    method: 'POST',
    path: '/signing-keys/rotate',
    operationId: 'rotateSigningKey',
    summary: 'Create and publish the next signing key of an algorithm, which signs a day later',
    description:
      'This happens automatically every 90 days. Refused if there is a next key already. The ' +
      'very first key signs immediately.',
    tag,
    who: 'operators',
    permission: 'keys',
    body: named(
      'SigningKeyRotation',
      z.strictObject({
        algorithm: about(z.enum(ID_TOKEN_ALGORITHMS), 'The algorithm of the key.'),
      }),
    ),
    cli: { verb: 'signing-key rotate', needsSecret: true, columns: SIGNING_KEY_COLUMNS },
    status: 200,
    answer: signingKeys,
    problems: CHANGE_PROBLEMS,
    handle: ({ context, config, body }) =>
      listed(rotateSigningKey(context, config.keySecrets, body.algorithm)),
  }),
  route({
    method: 'DELETE',
    path: '/signing-keys/{kid}',
    operationId: 'deleteSigningKey',
    summary: 'Delete a signing key that may be compromised',
    description:
      'Its tokens stop verifying when clients read the keys again. If it was the current key, ' +
      'the next key signs immediately; a missing next key is created.',
    tag,
    who: 'operators',
    permission: 'keys',
    cli: {
      verb: 'signing-key delete',
      takes: ['kid'],
      needsSecret: true,
      columns: SIGNING_KEY_COLUMNS,
    },
    status: 200,
    answer: signingKeys,
    problems: CHANGE_PROBLEMS,
    handle: ({ context, config, params }) =>
      listed(deleteSigningKey(context, config.keySecrets, params.kid)),
  }),
]
