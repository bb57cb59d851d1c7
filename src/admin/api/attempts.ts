// Routes of attempts: what logins looked like.
import * as z from 'zod/mini'
import { brandOf, remedyFor, type Brand } from '../../connections/brands.ts'
import { getConnection } from '../../connections/operations.ts'
import { CATALOGUE, type ErrorCode } from '../../errors.ts'
import { getAttempt, listAttempts } from '../../login/operations.ts'
import { done } from '../../outcome.ts'
import { answerPage, readPage } from './cursor.ts'
import { route } from './route.ts'
import { about, instant, named, page, pageQuery, sid } from './schema.ts'

const SUMMARY = {
  sid: sid('AT', 'the attempt: the reference on the page that the person saw'),
  connectionSid: sid('CN', 'the connection'),
  code: about(z.nullable(z.string()), 'The first check that failed. Null: accepted.'),
  title: about(z.nullable(z.string()), 'What the code means.'),
  userSid: z.nullable(sid('US', 'the user')),
  idpInitiated: z.boolean(),
  certificateFingerprint: about(z.nullable(z.string()), 'Of the certificate whose key had signed.'),
  verifyMicros: z.nullable(z.int()),
  isTest: about(z.boolean(), 'A test sign-in: judged like any other, and nobody was signed in.'),
  clockOffset: about(
    z.nullable(z.int()),
    'How far the IdP’s clock was ahead of ours, in milliseconds.',
  ),
  createdAt: instant,
}

const attempt = named(
  'Attempt',
  z.object({
    ...SUMMARY,
    remedy: about(z.nullable(z.string()), 'How to mend it, in the words of that IdP’s screens.'),
    checks: z.array(
      z.object({
        code: z.string(),
        ok: z.boolean(),
        clause: about(z.string(), 'Of the standard.'),
        expected: z.string(),
        received: z.string(),
      }),
    ),
    message: about(
      z.nullable(z.string()),
      'The response with everything personal or secret taken out.',
    ),
  }),
)

function titleOf(code: string | null): string | null {
  return entryOf(code)?.title ?? null
}

function remedyOf(brand: Brand, code: string | null): string | null {
  return entryOf(code) ? remedyFor(brand, code as ErrorCode) : null
}

/** Rows may be older than the catalogue. */
function entryOf(code: string | null) {
  return code !== null && Object.hasOwn(CATALOGUE, code) ? CATALOGUE[code as ErrorCode] : undefined
}

export const ATTEMPT_ROUTES = [
  route({
    method: 'GET',
    path: '/connections/{connection}/attempts',
    operationId: 'listAttempts',
    summary: 'List the logins at a connection, accepted and refused',
    tag: 'Attempts',
    who: 'tenants',
    query: pageQuery,
    status: 200,
    answer: page('AttemptPage', named('AttemptSummary', z.object(SUMMARY))),
    async handle({ request, params, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const found = await listAttempts(request, params.connection, asked.value)
      if (!found.ok) return found
      return done(answerPage(found.value, (row) => ({ ...row, title: titleOf(row.code) })))
    },
  }),
  route({
    method: 'GET',
    path: '/attempts/{attempt}',
    operationId: 'getAttempt',
    summary: 'Get a login with its checks, what was expected and what came',
    tag: 'Attempts',
    who: 'tenants',
    status: 200,
    answer: attempt,
    async handle({ request, params }) {
      const found = await getAttempt(request, params.attempt)
      if (!found.ok) return found
      const { code, connectionSid } = found.value
      const connection = await getConnection(request, connectionSid)
      if (!connection.ok) return connection
      const remedy = remedyOf(brandOf(connection.value), code)
      return done({ ...found.value, title: titleOf(code), remedy })
    },
  }),
]
