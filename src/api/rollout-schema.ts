// What rollouts, their lists and their steps look like from outside.
import * as z from 'zod/mini'
import { FINDINGS, type Rollout } from '../rollout/operations.ts'
import { about, instant, named, sid } from './engine/schema.ts'

const text = z.nullable(z.string())
const count = z.int()
const version = z.nullable(z.int())

export const finding = z.enum(FINDINGS)

const notice = z.object({
  subject: z.string(),
  text: z.string(),
  link: text,
  date: text,
  changedAt: instant,
})

export const rolloutNotice = named(
  'RolloutNotice',
  z.object({
    notice: about(z.nullable(notice), 'Null: nobody has written one yet.'),
    template: about(z.object({ subject: z.string(), text: z.string() }), 'A first text, to edit.'),
    placeholders: about(z.array(z.string()), 'What is filled in for each person.'),
  }),
)

export const noticeEdit = named(
  'RolloutNoticeEdit',
  z.strictObject({
    subject: about(z.string(), 'One line.', { minLength: 1, maxLength: 200 }),
    text: about(z.string(), 'Plain text.', { minLength: 1, maxLength: 10_000 }),
    link: about(text, 'https: where people can try it.'),
    date: about(text, 'From when on, as people read it.'),
  }),
)

export const rollout = named(
  'Rollout',
  z.object({
    sid: sid('RO', 'the rollout'),
    tenantSid: sid('TN', 'the tenant'),
    connectionSid: sid('CN', 'the connection'),
    name: z.string(),
    selectors: about(
      z.object({
        domains: z.array(z.string()),
        accounts: about(z.array(z.string()), 'SIDs.'),
      }),
      'Whose users are meant, beside those that are named one by one.',
    ),
    version: about(z.int(), 'The newest list. 0: none yet.'),
    frozen: about(z.boolean(), 'False while that list is being filled.'),
    versionAt: about(z.nullable(instant), 'Users created later are not in it.'),
    foreignUsers: about(
      count,
      'Members of selected accounts who belong to another tenant: left out.',
    ),
    underWay: about(
      z.array(
        z.object({
          step: z.enum(['freeze', 'refresh', 'enable', 'inform', 'enforce', 'roll_back']),
          version: z.int(),
          seen: count,
          remaining: count,
        }),
      ),
      'Steps that were begun and have not come to their end: the same call goes on.',
    ),
    reviewedVersion: version,
    reviewedBy: text,
    enabledVersion: version,
    informedVersion: version,
    uninformedReason: about(text, 'Why the go-ahead was given though not everybody was informed.'),
    approvedVersion: version,
    approvedBy: text,
    scope: about(z.enum(['proved', 'all']), 'Whom enforcement takes.'),
    enforceAt: about(z.nullable(instant), 'When enforcement begins by itself.'),
    enforcedVersion: version,
    rolledBackAt: z.nullable(instant),
    createdAt: instant,
    updatedAt: instant,
  }),
)

export function showRollout({ cursors, ...row }: Rollout): z.input<typeof rollout> {
  const steps = Object.entries(cursors) as [
    keyof typeof cursors,
    { version: number; seen: number; total: number },
  ][]
  const underWay = steps.map(([step, { version: of, seen, total }]) => ({
    step,
    version: of,
    seen,
    remaining: Math.max(0, total - seen),
  }))
  return { ...row, underWay }
}

const selectorProblems = about(
  z.array(
    z.object({
      kind: z.enum(['domain', 'account', 'user']),
      value: about(z.string(), 'As it was sent.'),
      code: z.enum(['malformed', 'unknown', 'foreign', 'duplicate', 'unverified', 'suspended']),
    }),
  ),
  'What could not be taken, one by one. `suspended` users are taken all the same.',
)

export const selectorEdit = named(
  'SelectorEdit',
  z.strictObject({
    name: z.exactOptional(z.string()),
    domains: z.exactOptional(about(z.array(z.string()), 'All of them: exact, and verified.')),
    accounts: z.exactOptional(about(z.array(z.string()), 'All of them: SIDs or external ids.')),
  }),
)

export const selected = named('Selected', z.object({ rollout, problems: selectorProblems }))

export const usersSelected = named(
  'UsersSelected',
  z.object({
    taken: about(count, 'Of this call.'),
    selected: about(count, 'Named one by one, in all.'),
    problems: selectorProblems,
  }),
)

const PROGRESS = {
  version: z.int(),
  done: about(z.boolean(), 'False: the same call goes on.'),
  seen: about(count, 'Rows gone through.'),
  remaining: about(count, 'Rows still to go.'),
}

export const progress = named('StepProgress', z.object(PROGRESS))

export const changeProgress = named(
  'ChangeProgress',
  z.object({ ...PROGRESS, changed: about(count, 'Users whom this call has changed.') }),
)

export const informProgress = named(
  'InformProgress',
  z.object({
    ...PROGRESS,
    sent: about(count, 'Messages of this call.'),
    failed: about(count, 'Messages that were not taken: they are tried again by the next run.'),
    left: about(count, 'When done: who is still not informed.'),
  }),
)

const member = named(
  'RolloutMember',
  z.object({
    userSid: sid('US', 'the user'),
    externalID: text,
    email: about(z.string(), 'The login e-mail.'),
    firstName: text,
    lastName: text,
    findings: z.array(finding),
    included: z.boolean(),
    reason: about(text, 'Why it is in or out.'),
    decidedBy: about(text, 'Null: nobody has decided.'),
    signInMethod: z.enum(['password', 'sso_enabled', 'sso_enforced']),
    enabledAt: z.nullable(instant),
    informedAt: z.nullable(instant),
    enforcedAt: z.nullable(instant),
    skipped: about(text, 'Why the last step has left it out.'),
  }),
)

export const memberPage = named(
  'RolloutMemberPage',
  z.object({
    version: z.int(),
    items: z.array(member),
    next: about(text, 'Opaque: the `after` of the next page. Null: this is the last one.'),
  }),
)

const findingCounts = z.object(
  Object.fromEntries(
    FINDINGS.map((one) => [one, z.object({ rows: count, included: count })]),
  ) as Record<
    (typeof FINDINGS)[number],
    z.ZodMiniObject<{ rows: typeof count; included: typeof count }>
  >,
)

export const summary = named(
  'RolloutSummary',
  z.object({
    version: z.int(),
    frozen: z.boolean(),
    rows: count,
    included: count,
    excluded: count,
    undecided: about(count, 'Rows about which nobody has said anything.'),
    findings: findingCounts,
    foreignUsers: count,
  }),
)

const side = z.object({
  total: count,
  users: z.array(z.object({ userSid: z.string(), email: z.string() })),
  next: about(text, 'The `added` or `dropped` of the next page. Null: that was all.'),
})

export const comparison = named('RolloutComparison', z.object({ added: side, dropped: side }))

const gates = z.array(z.object({ code: z.string(), open: z.boolean() }))

export const rolloutProgress = named(
  'RolloutProgress',
  z.object({
    rollout,
    counts: z.object({
      listed: count,
      included: count,
      proved: about(count, 'Of those included: have signed in through the connection.'),
      enabled: about(count, 'Of those included: may sign in by SSO, or have to.'),
      enforced: about(count, 'Of those included: have to.'),
      informed: count,
      exempt: about(count, 'Of those included: break-glass owners.'),
      unproved: about(count, 'Whom enforcing everybody could lock out.'),
    }),
    gates: about(
      z.object({ enable: gates, approve: gates, enforce: gates }),
      'What has to hold before a step, and whether it does.',
    ),
    days: about(
      z.array(
        z.object({
          day: about(z.string(), 'In UTC.', { examples: ['2026-11-24'] }),
          logins: count,
          failures: count,
          reasons: about(z.record(z.string(), count), 'Failures by code.'),
        }),
      ),
      'The last thirty, the oldest first. Test sign-ins do not count.',
    ),
  }),
)
