// Routes of attempts: what happened at each login.
import * as z from 'zod/mini'
import { presetOf } from '../connections/presets/presets.ts'
import { explainAttempt } from '../connections/failure-words.ts'
import { getConnection } from '../connections/operations.ts'
import { isErrorCode, titleOf } from '../error-words.ts'
import { getAttempt, listAttempts } from '../login/operations.ts'
import { ok } from '../result.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { EXPLAINED, hasDetail } from './room-schema.ts'
import { route } from './engine/route.ts'
import { about, instant, named, page, PAGE_QUERY, sid } from './engine/schema.ts'

const SUMMARY = {
  sid: sid('AT', 'the attempt: the reference on the user’s error page'),
  connectionSid: sid('CN', 'the connection'),
  code: about(z.nullable(z.string()), 'The first check that failed; null: accepted.'),
  title: about(z.nullable(z.string()), 'What the code means.'),
  userSid: z.nullable(sid('US', 'the user')),
  idpInitiated: z.boolean(),
  certificateFingerprint: about(
    z.nullable(z.string()),
    'The certificate whose key signed the response.',
  ),
  verifyMicros: z.nullable(z.int()),
  isTest: about(z.boolean(), 'A test sign-in: checked like any other, but it opened no session.'),
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
    ...EXPLAINED,
    hasDetail: hasDetail(),
    message: about(z.nullable(z.string()), 'The SAML response without personal data and secrets.'),
    testValues: about(
      z.nullable(
        z.object({
          nameID: z.optional(z.string()),
          emails: z.optional(z.array(z.string())),
          firstName: z.optional(z.string()),
          lastName: z.optional(z.string()),
        }),
      ),
      'Of a test sign-in that was refused for its person, its NameID or several e-mails: these ' +
        'in full, for seven days.',
    ),
  }),
)

/** A row may have a code that the catalogue no longer has. */
function titleOfRow(code: string | null): string | null {
  return code !== null && isErrorCode(code) ? titleOf(code, 'sign_in') : null
}

export const ATTEMPT_ROUTES = [
  route({
    method: 'GET',
    path: '/connections/{connection}/attempts',
    operationId: 'listAttempts',
    summary: 'List the logins at a connection, accepted and refused, newest first',
    tag: 'Attempts',
    who: 'tenants',
    permission: 'view',
    query: z.strictObject({
      ...PAGE_QUERY,
      user: z.exactOptional(sid('US', 'a user: only attempts known to be theirs')),
    }),
    cli: {
      verb: 'connection attempts',
      takes: ['connection'],
      flags: { user: { value: 'US…' } },
      columns: {
        When: 'createdAt',
        Reference: 'sid',
        Outcome: 'code|=accepted',
        Meaning: 'title',
        User: 'userSid',
      },
    },
    status: 200,
    answer: page('AttemptPage', named('AttemptSummary', z.object(SUMMARY))),
    async handle({ context, params, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const found = await listAttempts(context, params.connection, asked.value, {
        user: query.user,
      })
      if (!found.ok) return found
      return ok(answerPage(found.value, (row) => ({ ...row, title: titleOfRow(row.code) })))
    },
  }),
  route({
    method: 'GET',
    path: '/attempts/{attempt}',
    operationId: 'getAttempt',
    summary: 'Get a login with every check: what was expected, what was received, how to fix it',
    tag: 'Attempts',
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'attempt show', takes: ['attempt'] },
    status: 200,
    answer: attempt,
    async handle({ context, params }) {
      const found = await getAttempt(context, params.attempt)
      if (!found.ok) return found
      const connection = await getConnection(context, found.value.connectionSid)
      if (!connection.ok) return connection
      const { testValues, ...row } = found.value
      const words = explainAttempt(found.value, presetOf(connection.value), 'operator')
      return ok({ ...row, testValues, ...words })
    },
  }),
]
