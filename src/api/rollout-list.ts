// Routes of frozen lists: reading, comparing, deciding and reviewing them.
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
const version = about(z.int(), 'The newest, as it was seen: another one by now refuses.')

/** A thousand SIDs, and a reason. */
const ROWS_BYTES = 128 * 1024

const FILTER = {
  version: z.exactOptional(number('The newest where none is named.')),
  finding: z.exactOptional(about(finding, 'Rows that have it.')),
  included: flag('Rows that are in, or out.'),
  decided: flag('Rows about which somebody has said something, or not.'),
  email: z.exactOptional(about(z.string(), 'The beginning of the login e-mail.')),
  skipped: flag('Rows that the last step has left out, or not.'),
}

const DECISION = {
  version,
  included: z.boolean(),
  reason: z.exactOptional(
    about(z.nullable(z.string()), 'Needed for leaving out.', { maxLength: 500 }),
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
      finding: about(z.nullable(finding), 'All rows that have it; null: all rows.'),
      after: z.exactOptional(about(z.string(), 'The `next` of the call before.')),
    }),
  ]),
)

const FILTER_FLAGS = {
  finding: { value: 'FINDING' },
  included: { about: 'only rows that are included', off: 'excluded' },
  decided: { about: 'only rows with a decision', off: 'undecided' },
  skipped: { about: 'only rows that the last step skipped' },
} as const

export const ROLLOUT_LIST_ROUTES = [
  route({
    method: 'GET',
    path: '/rollouts/{rollout}/members',
    operationId: 'listMembers',
    summary: 'List the rows of a version, in the order of e-mails',
    tag,
    who: 'tenants',
    query: z.strictObject({ ...PAGE_QUERY, ...FILTER }),
    cli: {
      verb: 'rollout members',
      about: 'list the rows of a version, or write them as CSV',
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
    summary: 'Download the rows of a version',
    tag,
    who: 'tenants',
    query: z.strictObject(FILTER),
    cli: {
      verb: 'rollout members',
      takes: ['rollout'],
      flags: FILTER_FLAGS,
      when: { name: 'csv', about: 'as CSV, all of them' },
    },
    status: 200,
    answer: lines,
    type: 'text/csv',
    async handle({ context, params, query }) {
      // Once lines are on their way, it is too late to refuse.
      const first = await listMembers(context, params.rollout, query, { limit: 1, after: null })
      return first.ok ? ok(membersCSV(context, params.rollout, query)) : first
    },
  }),
  route({
    method: 'GET',
    path: '/rollouts/{rollout}/summary',
    operationId: 'summarizeMembers',
    summary: 'Count the rows of a version by what was found and decided',
    tag,
    who: 'tenants',
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
    summary: 'Compare two versions: whom one adds and whom it drops',
    tag,
    who: 'tenants',
    query: z.strictObject({
      from: number('The version before.'),
      to: number('The version after.'),
      limit: PAGE_QUERY.limit,
      added: z.exactOptional(about(z.string(), 'The `next` of the added ones.')),
      dropped: z.exactOptional(about(z.string(), 'The `next` of the dropped ones.')),
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
    summary: 'Say which address of the IdP’s list each of these users probably has',
    tag,
    who: 'tenants',
    body: named(
      'MatchQuestion',
      z.strictObject({ users: about(z.array(z.string()), 'SIDs.', { maxItems: 100 }) }),
    ),
    status: 200,
    answer: list(
      'MatchList',
      z.object({
        userSid: sid('US', 'the user'),
        email: about(z.string(), 'Of the IdP’s list.'),
        because: z.enum(['plus_address', 'other_domain', 'swapped_names', 'similar']),
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
    summary: 'Look at the rows of the newest list again, a thousand a call',
    description: 'Rows with a new blocker go out; nothing comes in by itself.',
    tag,
    who: 'tenants',
    status: 200,
    answer: progress,
    problems: STALE,
    handle: ({ context, params }) => refreshFindings(context, params.rollout),
  }),
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/decisions',
    operationId: 'decideMembers',
    summary: 'Take rows in or leave them out: some, all with a finding, or all',
    description:
      'Review and go-ahead are taken back: they were given for another list. All rows are a thousand a call.',
    tag,
    who: 'tenants',
    body: decision,
    jsonLimit: ROWS_BYTES,
    status: 200,
    answer: named(
      'RolloutDecided',
      z.object({
        decided: about(z.int(), 'Rows that are now as decided.'),
        refused: about(
          z.array(z.object({ userSid: sid('US', 'the user'), findings: z.array(finding) })),
          'Rows that a finding keeps out.',
        ),
        next: about(z.nullable(z.string()), 'Where the next call goes on. Null: that was all.'),
      }),
    ),
    problems: STALE,
    async handle({ context, params, body: { version: seen, included, reason = null, ...rows } }) {
      // A cursor that is not ours would pass over rows, and nobody would notice.
      const checked = checkUserCursor('after' in rows ? rows.after : undefined, 'after')
      if (!checked.ok) return checked
      return decideMembers(context, params.rollout, seen, rows, { included, reason })
    },
  }),
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/review',
    operationId: 'review',
    summary: 'Say that the newest list was reviewed row by row',
    tag,
    who: 'tenants',
    body: named(
      'RolloutReview',
      z.strictObject({
        version,
        includedExistInIdP: about(z.boolean(), 'True: the included users exist in the IdP.'),
      }),
    ),
    cli: { verb: 'rollout review', takes: ['rollout'] },
    status: 200,
    answer: rollout,
    problems: STALE,
    handle: async ({ context, params, body }) => shown(await review(context, params.rollout, body)),
  }),
]
