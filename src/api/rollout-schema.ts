// Rollouts, their lists and their steps as the API shows them.
import * as z from 'zod/mini'
import { BLOCKERS } from '../directory/switch-on.ts'
import { FINDINGS, type Rollout } from '../rollout/operations.ts'
import { about, instant, named, sid } from './engine/schema.ts'

const text = z.nullable(z.string())
const count = z.int()
const version = z.nullable(z.int())

export const finding = z.enum(FINDINGS)

export const rollout = named(
  'Rollout',
  z.object({
    sid: sid('RO', 'the rollout'),
    tenantSid: sid('TN', 'the tenant'),
    connectionSid: sid('CN', 'the connection'),
    fromConnectionSid: about(
      z.nullable(sid('CN', 'the connection before')),
      'The connection that people are moved from; null: the rollout moves nobody.',
    ),
    name: z.string(),
    selectors: about(
      z.object({
        everybody: about(z.boolean(), 'Every user of the tenant; in a move, all with SSO.'),
        fromConnection: about(
          z.boolean(),
          'Every user who signs in through the connection that people are moved from.',
        ),
        domains: z.array(z.string()),
        accounts: about(z.array(z.string()), 'SIDs.'),
      }),
      'The selected domains and accounts, or everybody. Users can also be selected individually.',
    ),
    version: about(z.int(), 'The newest list; 0: none yet.'),
    frozen: about(z.boolean(), 'False while that list is being created.'),
    versionAt: about(
      z.nullable(instant),
      'When the list was frozen: it has no users created later.',
    ),
    foreignUsers: about(
      count,
      'Members of selected accounts who belong to another tenant. They are not on the list.',
    ),
    underWay: about(
      z.array(
        z.object({
          step: z.enum([
            'freeze',
            'refresh',
            'enable',
            'inform',
            'enforce',
            'roll_back',
            'give_back',
          ]),
          version: z.int(),
          seen: count,
          remaining: count,
        }),
      ),
      'Steps that have begun and are not done: repeat the call to continue.',
    ),
    reviewedVersion: version,
    reviewedBy: text,
    enabledVersion: version,
    informedVersion: version,
    uninformedReason: about(text, 'Why the go-ahead was given before everybody was informed.'),
    approvedVersion: version,
    approvedBy: text,
    scope: about(
      z.enum(['proved', 'all']),
      'Who is enforced: `proved` means users who have signed in by SSO.',
    ),
    lockedOut: about(
      count,
      'With a date and scope `all`: how many users it may lock out. They are counted again on ' +
        'that date; if there are more, nobody is enforced.',
    ),
    enforceAt: about(z.nullable(instant), 'When enforcement begins automatically.'),
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
      value: about(z.string(), 'The value that you sent.'),
      code: about(
        z.enum([
          'malformed',
          'unknown',
          'foreign',
          'duplicate',
          'ambiguous',
          'unverified',
          'suspended',
        ]),
        '`ambiguous`: the external ID of one user and the login e-mail of another.',
      ),
    }),
  ),
  'Values that were not selected. `suspended` is a warning: these users are selected.',
)

export const selectorEdit = named(
  'SelectorEdit',
  z.strictObject({
    name: z.exactOptional(z.string()),
    everybody: z.exactOptional(
      about(z.boolean(), 'Every user of the tenant; in a move, all with SSO.'),
    ),
    fromConnection: z.exactOptional(
      about(z.boolean(), 'Every user who signs in through `fromConnectionSid`.'),
    ),
    domains: z.exactOptional(
      about(z.array(z.string()), 'All domains: exact matches only, each verified.'),
    ),
    accounts: z.exactOptional(about(z.array(z.string()), 'All accounts: SIDs or external IDs.')),
  }),
)

export const selected = named('Selected', z.object({ rollout, problems: selectorProblems }))

export const usersSelected = named(
  'UsersSelected',
  z.object({
    taken: about(count, 'Users selected by this call.'),
    selected: about(count, 'All individually selected users.'),
    problems: selectorProblems,
  }),
)

const PROGRESS = {
  version: z.int(),
  done: about(z.boolean(), 'False: repeat the call to continue.'),
  seen: about(count, 'Rows processed.'),
  remaining: about(count, 'Rows not processed yet.'),
}

export const progress = named('StepProgress', z.object(PROGRESS))

export const changeProgress = named(
  'ChangeProgress',
  z.object({ ...PROGRESS, changed: about(count, 'Users changed by this call.') }),
)

export const rollbackPreview = named(
  'RollbackPreview',
  z.object({
    people: about(count, 'Users whom it changes.'),
    withoutPassword: about(count, 'Of these: users without a password in your app.'),
    first: about(
      z.array(z.object({ userSid: z.string(), email: z.string(), hasPassword: z.boolean() })),
      'The first 50 of these, users without a password first.',
    ),
  }),
)

export const informProgress = named(
  'InformProgress',
  z.object({
    ...PROGRESS,
    sent: about(count, 'Messages sent by this call.'),
    failed: about(count, 'Messages that were not accepted. The next run tries them again.'),
    left: about(count, 'When done: users who are still not informed.'),
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
    reason: about(text, 'Why it is included or excluded.'),
    blockedBy: about(
      z.nullable(
        z.object({
          blocker: z.enum(BLOCKERS),
          at: instant,
          upload: about(
            z.nullable(z.object({ at: instant, by: z.string(), users: count })),
            'With `alias`: which upload of the IdP’s list does not have the person.',
          ),
        }),
      ),
      'Why it was excluded automatically. It comes back when that is over; null: a decision.',
    ),
    decidedBy: about(text, 'Null: no decision yet.'),
    signInMethod: z.enum(['password', 'sso_enabled', 'sso_enforced']),
    connectionSid: about(
      z.nullable(sid('CN', 'the connection')),
      'The connection through which the user signs in now; null: by password.',
    ),
    enabledAt: z.nullable(instant),
    informedAt: z.nullable(instant),
    enforcedAt: z.nullable(instant),
    earlierMethod: about(
      z.nullable(z.enum(['sso_enabled', 'sso_enforced'])),
      'In a move: the sign-in method before this version moved the user; null: it did not.',
    ),
    skipped: about(text, 'Why the last step skipped it.'),
  }),
)

export const memberPage = named(
  'RolloutMemberPage',
  z.object({
    version: z.int(),
    items: z.array(member),
    next: about(text, 'The `after` of the next page; null: this is the last page.'),
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
    undecided: about(count, 'Rows without a decision.'),
    automatic: about(count, 'Rows that were excluded automatically, without a decision since.'),
    findings: findingCounts,
    foreignUsers: count,
  }),
)

const side = z.object({
  total: count,
  users: z.array(z.object({ userSid: z.string(), email: z.string() })),
  next: about(text, 'The `added` or `dropped` of the next page; null: this is the last page.'),
})

export const comparison = named('RolloutComparison', z.object({ added: side, dropped: side }))
