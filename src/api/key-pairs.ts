// Routes of our own key pairs.
import { listKeyPairs, prepareKeyPair, retireKeyPair, rotateKeyPairs } from '../keys/operations.ts'
import type { OwnKeyPair } from '../keys/operations.ts'
import type { Problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import { keyPairs } from './certificate-schema.ts'
import { route } from './engine/route.ts'

const tag = 'Key pairs'
const CHANGE_PROBLEMS = ['key_stage', 'key_encryption_key'] as const

async function listed(pairs: Promise<Result<OwnKeyPair[], Problem>>) {
  const found = await pairs
  return found.ok ? ok({ items: found.value }) : found
}

const KEY_PAIR_COLUMNS = {
  Stage: 'stage',
  Fingerprint: 'fingerprint',
  'Lives in': 'home',
  Published: 'publishedAt',
  'Signs since': 'activatedAt',
  Until: 'notAfter',
} as const

export const KEY_PAIR_ROUTES = [
  route({
    method: 'GET',
    path: '/key-pairs',
    operationId: 'listKeyPairs',
    summary: 'List our key pairs, without their private keys',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'key list', columns: KEY_PAIR_COLUMNS },
    status: 200,
    answer: keyPairs,
    handle: ({ context, config }) => listed(listKeyPairs(context, config.keySecrets)),
  }),
  route({
    method: 'POST',
    path: '/key-pairs',
    operationId: 'prepareKeyPair',
    summary: 'Create and publish the next key pair, which does not sign yet',
    description: 'Answers all key pairs. Refused if there is a next key pair already.',
    tag,
    who: 'operators',
    permission: 'keys',
    cli: { verb: 'key prepare', needsSecret: true, columns: KEY_PAIR_COLUMNS },
    status: 201,
    answer: keyPairs,
    problems: CHANGE_PROBLEMS,
    handle: ({ context, config }) => listed(prepareKeyPair(context, config.keySecrets)),
  }),
  route({
    method: 'POST',
    path: '/key-pairs/rotate',
    operationId: 'rotateKeyPairs',
    summary:
      'Sign with the next key pair; the current one becomes the previous one and only decrypts',
    tag,
    who: 'operators',
    permission: 'keys',
    cli: { verb: 'key rotate', needsSecret: true, columns: KEY_PAIR_COLUMNS },
    status: 200,
    answer: keyPairs,
    problems: CHANGE_PROBLEMS,
    handle: ({ context, config }) => listed(rotateKeyPairs(context, config.keySecrets)),
  }),
  route({
    method: 'DELETE',
    path: '/key-pairs/{fingerprint}',
    operationId: 'retireKeyPair',
    summary: 'Delete the previous key pair, or the next one if there is no previous one',
    tag,
    who: 'operators',
    permission: 'keys',
    status: 200,
    answer: keyPairs,
    problems: CHANGE_PROBLEMS,
    handle: ({ context, config, params }) =>
      listed(retireKeyPair(context, config.keySecrets, params.fingerprint)),
  }),
]
