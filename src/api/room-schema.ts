// The validation room and a what-if as the API shows them.
import * as z from 'zod/mini'
import { connectionChange, connectionEdit } from './connection-schema.ts'
import { about, instant, named, sid } from './engine/schema.ts'
import { signOffs, tester } from './tester-schema.ts'

const text = z.nullable(z.string())
const state = z.enum(['draft', 'testing', 'validated', 'live', 'suspended'])

const check = {
  code: z.string(),
  ok: z.boolean(),
  isWarning: z.exactOptional(about(z.literal(true), 'It passed, and somebody should look at it.')),
  clause: about(z.string(), 'The clause of the standard.'),
  expected: z.string(),
  received: z.string(),
}
const title = about(text, 'What is wrong.')
const remedy = about(text, 'How to fix it, in the terms of that IdP’s screens.')

/** Of an attempt. */
export const hasDetail = () =>
  about(z.boolean(), 'False: checks and message of this login are no longer stored.')

/** The explanation of an attempt and of each of its checks. */
export const EXPLAINED = {
  title,
  remedy,
  status: about(
    z.nullable(
      z.object({
        title: z.string(),
        remedy: z.string(),
        source: about(z.string(), 'The source of this explanation.'),
      }),
    ),
    'If the IdP reported a failure: what it means.',
  ),
  checks: z.array(z.object({ ...check, title, remedy })),
}

const attempt = named(
  'RoomAttempt',
  z.object({
    sid: sid('AT', 'the attempt'),
    createdAt: instant,
    code: about(text, 'The first check that failed; null: accepted.'),
    ...EXPLAINED,
    isTest: about(z.boolean(), 'A test sign-in: checked like any other, but it opened no session.'),
    idpInitiated: z.boolean(),
    user: z.nullable(z.object({ sid: sid('US', 'the user'), email: text })),
    receivedEmail: about(
      text,
      'Of a test whose e-mail no user has: that e-mail, masked but for its domain.',
    ),
    revision: z.nullable(z.int()),
    isCurrent: about(z.boolean(), 'Whether it was checked with the present configuration.'),
    certificate: about(
      z.nullable(
        z.object({ fingerprint: z.string(), subject: text, notAfter: z.nullable(instant) }),
      ),
      'The certificate whose key signed. Without a subject, it is no longer trusted.',
    ),
    clockOffset: about(
      z.nullable(z.int()),
      'How far the IdP’s clock was ahead of ours, in milliseconds.',
    ),
    hasDetail: hasDetail(),
    message: about(text, 'The SAML response without personal data and secrets.'),
  }),
)

export const room = named(
  'Room',
  z.object({
    version: about(z.string(), 'Changes when the room changes. It is also the ETag.'),
    connection: z.object({
      sid: sid('CN', 'the connection'),
      name: z.string(),
      state,
      revision: z.int(),
      updatedAt: z.int(),
    }),
    preset: z.object({ id: z.string(), name: z.string(), place: z.string() }),
    testPath: about(
      text,
      'The path of a test sign-in on our origin; null: logins are not possible yet.',
    ),
    steps: about(
      z.array(
        z.object({
          id: z.string(),
          title: z.string(),
          state: z.enum(['done', 'current', 'waiting']),
          why: about(z.string(), 'Why it is done, or what is missing.'),
        }),
      ),
      'The steps from draft to enforcement.',
    ),
    attempts: about(
      z.nullable(z.array(attempt)),
      'The latest 20, newest first. Null: the history of logins cannot be read now.',
    ),
    signOffs,
    isTried: about(
      z.boolean(),
      'Whether a login with the present configuration has succeeded: a pass requires one.',
    ),
    testers: z.array(tester),
    clock: z.object({
      median: about(
        z.nullable(z.number()),
        'How far the IdP’s clock is ahead of ours, in milliseconds.',
      ),
      samples: z.int(),
      level: z.enum(['unknown', 'good', 'drifting', 'beyond_skew']),
      advice: text,
    }),
    viewer: about(
      z.object({
        side: z.nullable(z.enum(['vendor', 'customer'])),
        maySignOff: z.boolean(),
        mayTest: z.boolean(),
        mayConfigure: z.boolean(),
      }),
      'What the caller may do.',
    ),
  }),
)

const edit = z.exactOptional(
  about(
    z.strictObject({
      fields: z.exactOptional(connectionEdit),
      addCertificates: z.exactOptional(about(z.string(), 'PEM, or base64 of the DER.')),
      removeCertificates: z.exactOptional(about(z.array(z.string()), 'Fingerprints.')),
    }),
    'The edit to try. Without one, only the present connection is checked.',
  ),
)

export const whatIfQuestion = named(
  'WhatIfQuestion',
  z.union([
    z.strictObject({ attemptSid: sid('AT', 'an attempt of the connection'), edit }),
    z.strictObject({
      response: about(z.string(), 'The SAML response: base64, the form field, or XML.'),
      at: z.exactOptional(
        about(instant, 'The time to check it for; by default, when the IdP created it.'),
      ),
      edit,
    }),
  ]),
)

const verdict = z.object({
  verdict: about(
    z.enum(['accepted', 'refused', 'unknown']),
    '`unknown`: no check fails, but not every check was possible.',
  ),
  code: about(text, 'The first check that fails.'),
  checks: z.array(
    z.object({
      ...check,
      basis: about(
        z.enum(['judged', 'same', 'not_judged_again']),
        '`same`: the edit does not affect it. `not_judged_again`: its input is not stored.',
      ),
    }),
  ),
})

export const verdicts = named(
  'WhatIf',
  z.object({
    at: about(instant, 'The time that it was checked for.'),
    before: about(verdict, 'With the present connection.'),
    after: about(verdict, 'With the edit.'),
    leftOut: about(z.array(z.string()), 'What was not checked.'),
    preview: about(
      z.omit(connectionChange, { connection: true, newCertificates: true }),
      'What the edit would change.',
    ),
  }),
)
