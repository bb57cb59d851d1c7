// What the validation room and a what-if look like from outside.
import * as z from 'zod/mini'
import { connectionChange, connectionEdit } from './connection-schema.ts'
import { about, instant, named, sid } from './engine/schema.ts'
import { signOffs, tester } from './tester-schema.ts'

const text = z.nullable(z.string())
const state = z.enum(['draft', 'testing', 'validated', 'live', 'suspended'])

const check = {
  code: z.string(),
  ok: z.boolean(),
  clause: about(z.string(), 'Of the standard.'),
  expected: z.string(),
  received: z.string(),
}
const title = about(text, 'What is wrong.')
const remedy = about(text, 'How to mend it, in the words of that IdP’s screens.')

/** What is said of an attempt, and of each of its checks. */
export const EXPLAINED = {
  title,
  remedy,
  status: about(
    z.nullable(
      z.object({
        title: z.string(),
        remedy: z.string(),
        source: about(z.string(), 'Where it is written.'),
      }),
    ),
    'Of a failure that the IdP reports: what it means.',
  ),
  checks: z.array(z.object({ ...check, title, remedy })),
}

const attempt = named(
  'RoomAttempt',
  z.object({
    sid: sid('AT', 'the attempt'),
    createdAt: instant,
    code: about(text, 'The first check that failed. Null: accepted.'),
    ...EXPLAINED,
    isTest: about(z.boolean(), 'A test sign-in: judged like any other, and nobody was signed in.'),
    idpInitiated: z.boolean(),
    user: z.nullable(z.object({ sid: sid('US', 'the user'), email: text })),
    revision: z.nullable(z.int()),
    isCurrent: about(z.boolean(), 'Whether it was judged by the configuration as it is now.'),
    certificate: about(
      z.nullable(
        z.object({ fingerprint: z.string(), subject: text, notAfter: z.nullable(instant) }),
      ),
      'Whose key had signed. Without a subject: it is trusted no more.',
    ),
    clockOffset: about(
      z.nullable(z.int()),
      'How far the IdP’s clock was ahead of ours, in milliseconds.',
    ),
    message: about(text, 'The response with everything personal or secret taken out.'),
  }),
)

export const room = named(
  'Room',
  z.object({
    version: about(z.string(), 'Another text whenever the room shows something else. In ETag too.'),
    connection: z.object({
      sid: sid('CN', 'the connection'),
      name: z.string(),
      state,
      revision: z.int(),
      updatedAt: z.int(),
    }),
    preset: z.object({ id: z.string(), name: z.string(), place: z.string() }),
    testPath: about(text, 'Where a test sign-in begins, on our origin. Null: nobody can log in.'),
    steps: about(
      z.array(
        z.object({
          id: z.string(),
          title: z.string(),
          state: z.enum(['done', 'current', 'waiting']),
          why: about(z.string(), 'What made it done, or what is missing.'),
        }),
      ),
      'From the first entry to enforcement.',
    ),
    attempts: about(z.array(attempt), 'The latest 20, newest first.'),
    signOffs,
    isTried: about(
      z.boolean(),
      'Whether somebody has got in with the present configuration: without that nobody can say pass.',
    ),
    testers: z.array(tester),
    clock: z.object({
      median: about(z.nullable(z.number()), 'Milliseconds that the IdP’s clock is ahead of ours.'),
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
      'Who is asking.',
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
    'The draft. Without one, only the connection as it is counts.',
  ),
)

export const whatIfQuestion = named(
  'WhatIfQuestion',
  z.union([
    z.strictObject({ attemptSid: sid('AT', 'an attempt of the connection'), edit }),
    z.strictObject({
      response: about(z.string(), 'As captured: base64, the form field, or XML.'),
      at: z.exactOptional(about(instant, 'As which moment. Else: when the IdP made it.')),
      edit,
    }),
  ]),
)

const verdict = z.object({
  verdict: about(
    z.enum(['accepted', 'refused', 'unknown']),
    '`unknown`: nothing fails, and not everything could be judged.',
  ),
  code: about(text, 'The first check that fails.'),
  checks: z.array(
    z.object({
      ...check,
      basis: about(
        z.enum(['judged', 'same', 'not_judged_again']),
        '`same`: the draft does not touch it. `not_judged_again`: what it depends on is not kept.',
      ),
    }),
  ),
})

export const verdicts = named(
  'WhatIf',
  z.object({
    at: about(instant, 'The moment as which it was judged.'),
    before: about(verdict, 'As the connection is.'),
    after: about(verdict, 'As it would be.'),
    leftOut: about(z.array(z.string()), 'What was not judged.'),
    preview: about(
      z.omit(connectionChange, { connection: true, newCertificates: true }),
      'What the edit would change.',
    ),
  }),
)
