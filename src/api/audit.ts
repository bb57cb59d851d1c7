// The route that verifies the chain of the audit trail.
import * as z from 'zod/mini'
import { verifyChain, type VerifiedPage } from '../events/chain/operations.ts'
import { FAULT_CODES } from '../events/chain/verify.ts'
import { ok } from '../result.ts'
import { parseOpaque, renderOpaque } from './engine/opaque.ts'
import { route } from './engine/route.ts'
import { about, named, number } from './engine/schema.ts'
import { ownTenant } from './events.ts'

/** In place of a tenant: the events that concern no single one. */
const NO_TENANT = 'none'

const hash = about(z.string(), 'SHA-256, hexadecimal.', { pattern: '^[0-9a-f]{64}$' })

const verification = named(
  'Verification',
  z.object({
    tenantSid: about(z.nullable(z.string()), 'Whose chain it is. Null: events of no tenant.'),
    verified: about(z.int(), 'How many events of this page were compared.'),
    erased: about(z.int(), 'How many of these have no details any more: they were deleted.'),
    faults: z.array(
      z.object({
        code: about(z.enum(FAULT_CODES), 'What is wrong: docs/audit.md explains each code.'),
        number: about(z.nullable(z.int()), 'The place in the chain. Null: it has none.'),
        seq: about(z.nullable(z.int()), 'The number of the event.'),
        sid: about(z.nullable(z.string()), 'SID of the event, where it is still there.'),
      }),
    ),
    number: about(z.int(), 'The last number that was read; 0: there is none.'),
    hash: about(hash, 'The hash of that number. Keep both elsewhere: see docs/audit.md.'),
    deletedTo: about(z.int(), 'Retention has deleted all up to this number; 0: nothing.'),
    signedTo: about(z.int(), 'The newest number whose hash is signed; 0: none.'),
    publicKey: about(
      z.nullable(z.string()),
      'The Ed25519 key that signatures were checked with, base64url. Null: there was none.',
    ),
    waiting: about(
      z.int(),
      'Events without a place yet, counted to 1,000: of the named tenant, or of all.',
    ),
    isEnd: about(z.boolean(), 'Whether this page ends the chain.'),
    next: about(z.nullable(z.string()), 'The `after` of the next page; null: all was read.'),
  }),
)

const position = z.object({ number: z.int(), hash: z.string(), seq: z.int() })
const cursor = z.object({ chain: z.string(), after: z.nullable(position) })

export const AUDIT_ROUTES = [
  route({
    method: 'GET',
    path: '/audit/verification',
    operationId: 'verifyAudit',
    summary: 'Verify a page of the hash chain of the audit trail',
    description:
      'Without `tenant`, an operator verifies the chains of all tenants, one after the other; a ' +
      'tenant’s key verifies its own.',
    tag: 'Events',
    who: 'tenants',
    permission: 'view',
    query: z.strictObject({
      tenant: z.exactOptional(
        about(z.string(), `SID of a tenant; ${NO_TENANT}: the events of no tenant.`),
      ),
      limit: z.exactOptional(
        number('Events of the page, 1 to 500; 100 by default.').check(
          z.minimum(1),
          z.maximum(500),
        ) as ReturnType<typeof number>,
      ),
      expect: z.exactOptional(
        about(
          z.string().check(z.regex(/^\d{1,9}:[0-9a-f]{64}$/)),
          'NUMBER:HASH that is known from outside, of one chain.',
        ),
      ),
      key: z.exactOptional(
        about(
          z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
          'The Ed25519 key of signatures, where the secret is not at hand.',
        ),
      ),
      after: z.exactOptional(about(z.string(), 'The `next` of the previous page.')),
    }),
    status: 200,
    answer: verification,
    async handle({ context, config, query }) {
      const at = query.after === undefined ? null : parseOpaque(query.after, cursor, 'after')
      if (at && !at.ok) return at
      const tenant = ownTenant(context, query.tenant)
      const [expectedNumber, expectedHash] = query.expect?.split(':') ?? []
      const verified = await verifyChain(
        context,
        {
          cursor: at?.value ?? null,
          limit: query.limit ?? 100,
          ...(tenant !== undefined && { chain: tenant === NO_TENANT ? '' : tenant }),
          ...(query.key !== undefined && { publicKey: query.key }),
          ...(expectedHash !== undefined && {
            expected: { number: Number(expectedNumber), hash: expectedHash },
          }),
        },
        config.keySecrets,
      )
      return verified.ok ? ok(viewOf(verified.value)) : verified
    },
  }),
]

function viewOf({ next, ...page }: VerifiedPage) {
  return { ...page, next: next && renderOpaque(next) }
}
