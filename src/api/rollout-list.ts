// Routes of frozen lists: read, compare, decide, review.
import * as z from 'zod/mini'
import { ok } from '../result.ts'
import {
  compareVersions,
  decideMembers,
  listMembers,
  membersCSV,
  refreshFindings,
  review,
  suggestMatches,
  summarizeMembers,
} from '../rollout/operations.ts'
import { checkUserCursor, readMemberPage, renderMemberCursor } from './engine/member-cursor.ts'
import { comparison, finding, memberPage, progress, rollout, summary } from './rollout-schema.ts'
import { shown } from './rollouts.ts'
import { route } from './engine/route.ts'
import { about, flag, lines, list, named, number, PAGE_QUERY, sid } from './engine/schema.ts'

const tag = 'Rollout lists'
const STALE = ['rollout_stale', 'rollout_not_frozen'] as const
const version = about(
  z.int(),
  'The newest version. If there is a newer one, the request is refused.',
)

/** Enough for a thousand SIDs and a reason. */
const ROWS_BYTES = 128 * 1024

const FILTER = {
  version: z.exactOptional(number('The version of the list; the newest by default.')),
  finding: z.exactOptional(about(finding, 'Only rows with this finding.')),
  included: flag('True: only included rows. False: only excluded rows.'),
  decided: flag('True: only rows with a decision. False: only rows without one.'),
  email: z.exactOptional(about(z.string(), 'The beginning of the login e-mail.')),
  skipped: flag('True: only rows that the last step skipped. False: only the others.'),
  enforcedUnproved: flag(
    'True: only users who must sign in by SSO and have never done so through the connection. ' +
      'False: only the others.',
  ),
  lockedOut: flag(
    'True: only users whom enforcement with scope `all` could lock out. False: only the others.',
  ),
}

const DECISION = {
  version,
  included: z.boolean(),
  reason: z.exactOptional(
    about(z.nullable(z.string()), 'Required for an exclusion.', { maxLength: 500 }),
  ),
}

const decision = named(
  'RolloutDecision',
  z.union([
    z.strictObject({
      ...DECISION,
      users: about(z.array(z.string()), 'SIDs.', { maxItems: 1000 }),
    }),
    z.strictObject({
      ...DECISION,
      finding: about(z.nullable(finding), 'All rows with this finding; null: all rows.'),
      after: z.exactOptional(about(z.string(), 'The `next` of the previous call.')),
    }),
  ]),
)

const FILTER_FLAGS = {
  finding: { value: 'FINDING' },
  included: { about: 'only rows that are included', off: 'excluded' },
  decided: { about: 'only rows with a decision', off: 'undecided' },
  skipped: { about: 'only rows that the last step skipped' },
  enforcedUnproved: { about: 'only users who must sign in by SSO and have never done so' },
  lockedOut: { about: 'only users whom enforcing everybody could lock out' },
} as const

export const ROLLOUT_LIST_ROUTES = [
  route({
    method: 'GET',
    path: '/rollouts/{rollout}/members',
    operationId: 'listMembers',
    summary: 'List the rows of a version, ordered by e-mail',
    tag,
    who: 'tenants',
    permission: 'view',
    query: z.strictObject({ ...PAGE_QUERY, ...FILTER }),
    cli: {
      verb: 'rollout members',
      about: 'list the rows of a version, as a table or as CSV',
      takes: ['rollout'],
      flags: FILTER_FLAGS,
      columns: {
        'E-mail': 'email',
        User: 'userSid',
        In: 'included',
        Findings: 'findings',
        'Sign-in': 'signInMethod',
        Reason: 'reason',
        'Decided by': 'decidedBy',
        Skipped: 'skipped',
      },
    },
    status: 200,
    answer: memberPage,
    async handle({ context, params, query: { limit, after, ...filter } }) {
      const asked = readMemberPage({ limit, after })
      if (!asked.ok) return asked
      const found = await listMembers(context, params.rollout, filter, asked.value)
      if (!found.ok) return found
      const { next } = found.value
      return ok({ ...found.value, next: next && renderMemberCursor(next) })
    },
  }),
  route({
    method: 'GET',
    path: '/rollouts/{rollout}/members.csv',
    operationId: 'downloadMembers',
    summary: 'Download the rows of a version as CSV',
    tag,
    who: 'tenants',
    permission: 'view',
    query: z.strictObject(FILTER),
    cli: {
      verb: 'rollout members',
      takes: ['rollout'],
      flags: FILTER_FLAGS,
      when: { name: 'csv', about: 'all rows as CSV' },
    },
    status: 200,
    answer: lines,
    type: 'text/csv',
    async handle({ context, params, query }) {
      // A stream that has begun cannot be refused any more.
      const first = await listMembers(context, params.rollout, query, { limit: 1, after: null })
      return first.ok ? ok(membersCSV(context, params.rollout, query)) : first
    },
  }),
  route({
    method: 'GET',
    path: '/rollouts/{rollout}/summary',
    operationId: 'summarizeMembers',
    summary: 'Count the rows of a version by finding and decision',
    tag,
    who: 'tenants',
    permission: 'view',
    query: z.strictObject({ version: FILTER.version }),
    cli: { verb: 'rollout summary', takes: ['rollout'] },
    status: 200,
    answer: summary,
    handle: ({ context, params, query }) =>
      summarizeMembers(context, params.rollout, query.version),
  }),
  route({
    method: 'GET',
    path: '/rollouts/{rollout}/comparison',
    operationId: 'compareVersions',
    summary: 'Compare two versions: users added and users dropped',
    tag,
    who: 'tenants',
    permission: 'view',
    query: z.strictObject({
      from: number('The earlier version.'),
      to: number('The later version.'),
      limit: PAGE_QUERY.limit,
      added: z.exactOptional(about(z.string(), 'The `next` of `added`.')),
      dropped: z.exactOptional(about(z.string(), 'The `next` of `dropped`.')),
    }),
    status: 200,
    answer: comparison,
    async handle({ context, params, query: { from, to, limit = 50, ...after } }) {
      for (const [side, cursor] of Object.entries(after)) {
        const checked = checkUserCursor(cursor, side)
        if (!checked.ok) return checked
      }
      return compareVersions(context, params.rollout, from, to, { limit, after })
    },
  }),
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/suggestions',
    operationId: 'suggestMatches',
    summary: 'Suggest an address from the IdP’s list for each of these users',
    tag,
    who: 'tenants',
    permission: 'test',
    body: named(
      'MatchQuestion',
      z.strictObject({ users: about(z.array(z.string()), 'SIDs.', { maxItems: 100 }) }),
    ),
    status: 200,
    answer: list(
      'MatchList',
      z.object({
        userSid: sid('US', 'the user'),
        email: about(z.string(), 'The address in the IdP’s list.'),
        because: z.enum(['plus_address', 'other_domain', 'swapped_names', 'name', 'similar']),
      }),
    ),
    async handle({ context, params, body }) {
      const found = await suggestMatches(context, params.rollout, body.users)
      if (!found.ok) return found
      const items = Object.entries(found.value).map(([userSid, { emailKey: email, because }]) => ({
        userSid,
        email,
        because,
      }))
      return ok({ items })
    },
  }),
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/refresh',
    operationId: 'refreshFindings',
    summary: 'Check the rows of the newest list again, a thousand per call',
    description:
      'Rows with a new blocking finding are excluded. Rows that were excluded automatically come ' +
      'back when the finding is gone; the list then needs its review and later steps again.',
    tag,
    who: 'tenants',
    permission: 'test',
    status: 200,
    answer: progress,
    problems: STALE,
    handle: ({ context, params }) => refreshFindings(context, params.rollout),
  }),
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/decisions',
    operationId: 'decideMembers',
    summary: 'Include or exclude rows: some, all with a finding, or all',
    description:
      'The review and the go-ahead become void, because the list changes. All rows take several ' +
      'calls of a thousand.',
    tag,
    who: 'tenants',
    permission: 'test',
    body: decision,
    jsonLimit: ROWS_BYTES,
    status: 200,
    answer: named(
      'RolloutDecided',
      z.object({
        decided: about(z.int(), 'Rows that are now as decided.'),
        refused: about(
          z.array(z.object({ userSid: sid('US', 'the user'), findings: z.array(finding) })),
          'Rows that a finding keeps excluded.',
        ),
        next: about(z.nullable(z.string()), 'The `after` of the next call; null: done.'),
      }),
    ),
    problems: STALE,
    async handle({ context, params, body: { version: seen, included, reason = null, ...rows } }) {
      // A cursor that we did not make could silently skip rows.
      const checked = checkUserCursor('after' in rows ? rows.after : undefined, 'after')
      if (!checked.ok) return checked
      return decideMembers(context, params.rollout, seen, rows, { included, reason })
    },
  }),
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/review',
    operationId: 'review',
    summary: 'Record the review of the newest list',
    tag,
    who: 'tenants',
    permission: 'test',
    body: named(
      'RolloutReview',
      z.strictObject({
        version,
        includedExistInIdP: about(
          z.boolean(),
          'Must be true: your statement that the included users exist in the IdP.',
        ),
        automaticStayOut: z.exactOptional(
          about(
            z.boolean(),
            'Must be true if the summary counts `automatic` rows: they stay excluded.',
          ),
        ),
      }),
    ),
    cli: { verb: 'rollout review', takes: ['rollout'] },
    status: 200,
    answer: rollout,
    problems: STALE,
    handle: async ({ context, params, body }) => shown(await review(context, params.rollout, body)),
  }),
]
