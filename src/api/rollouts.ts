// Routes of rollouts: selection, frozen lists, progress.
import * as z from 'zod/mini'
import type { Problem } from '../problem.ts'
import { ok, type Result } from '../result.ts'
import {
  createRollout,
  deselectUsers,
  editSelectors,
  freeze,
  getProgress,
  getRollout,
  listRollouts,
  NAMES_AT_ONCE,
  selectUsers,
  type Rollout,
} from '../rollout/operations.ts'
import { rolloutProgress } from './rollout-progress-schema.ts'
import { answerPage, readPage } from './engine/cursor.ts'
import { ownTenant } from './events.ts'
import {
  progress,
  rollout,
  selected,
  selectorEdit,
  showRollout,
  usersSelected,
} from './rollout-schema.ts'
import { route } from './engine/route.ts'
import { about, named, page, PAGE_QUERY, sid } from './engine/schema.ts'

const tag = 'Rollouts'

/** Enough for a thousand external IDs or e-mails. */
const NAMES_BYTES = 512 * 1024

export function shown(found: Result<Rollout, Problem>) {
  return found.ok ? ok(showRollout(found.value)) : found
}

export const ROLLOUT_ROUTES = [
  route({
    method: 'GET',
    path: '/rollouts',
    operationId: 'listRollouts',
    summary: 'List rollouts',
    description: 'A tenant’s key gets the rollouts of its tenant.',
    tag,
    who: 'tenants',
    permission: 'view',
    query: z.strictObject({
      ...PAGE_QUERY,
      tenant: z.exactOptional(sid('TN', 'a tenant: only its rollouts')),
      connection: z.exactOptional(sid('CN', 'a connection: only its rollouts')),
    }),
    cli: {
      verb: 'rollout list',
      columns: {
        SID: 'sid',
        Name: 'name',
        Connection: 'connectionSid',
        Version: 'version',
        Reviewed: 'reviewedVersion',
        Enabled: 'enabledVersion',
        Approved: 'approvedVersion',
        Enforced: 'enforcedVersion',
        Created: 'createdAt',
      },
    },
    status: 200,
    answer: page('RolloutPage', rollout),
    async handle({ context, query }) {
      const asked = readPage(query)
      if (!asked.ok) return asked
      const of = { tenantSid: ownTenant(context, query.tenant), connectionSid: query.connection }
      const found = await listRollouts(context, of, asked.value)
      return found.ok ? ok(answerPage(found.value, showRollout)) : found
    },
  }),
  route({
    method: 'POST',
    path: '/connections/{connection}/rollouts',
    operationId: 'createRollout',
    summary: 'Create a rollout without any users',
    tag,
    who: 'operators',
    permission: 'operate',
    body: named(
      'RolloutCreation',
      z.strictObject({
        name: about(z.string(), 'Name of the rollout, for administrators.', {
          minLength: 1,
          maxLength: 200,
        }),
        fromConnectionSid: z.exactOptional(
          about(z.string(), 'Another connection of the tenant, to move people from.'),
        ),
      }),
    ),
    cli: { verb: 'rollout create', takes: ['connection'] },
    status: 201,
    answer: rollout,
    location: (made) => `/rollouts/${made.sid}`,
    again: async ({ context }, made) => shown(await getRollout(context, made)),
    handle: async ({ context, params, body }) =>
      shown(await createRollout(context, params.connection, body)),
  }),
  route({
    method: 'GET',
    path: '/rollouts/{rollout}',
    operationId: 'getRollout',
    summary: 'Get a rollout: which steps are done, for which version of its list',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'rollout show', takes: ['rollout'] },
    status: 200,
    answer: rollout,
    tagged: (answer) => answer,
    handle: async ({ context, params }) => shown(await getRollout(context, params.rollout)),
  }),
  route({
    method: 'PATCH',
    path: '/rollouts/{rollout}',
    operationId: 'editSelectors',
    summary: 'Select everybody, or the users of domains and accounts',
    description: 'Values that cannot be selected are reported. Frozen lists do not change.',
    tag,
    who: 'operators',
    permission: 'operate',
    body: selectorEdit,
    jsonLimit: NAMES_BYTES,
    status: 200,
    answer: selected,
    problems: ['rollout_under_way', 'revision_changed'],
    async handle({ context, params, body }) {
      const edited = await editSelectors(context, params.rollout, body)
      if (!edited.ok) return edited
      const { problems } = edited.value
      return ok({ rollout: showRollout(edited.value.rollout), problems })
    },
  }),
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/users',
    operationId: 'selectUsers',
    summary: 'Select individual users; a longer list takes several calls',
    tag,
    who: 'operators',
    permission: 'operate',
    body: named(
      'UserSelection',
      z.strictObject({
        users: about(z.array(z.string()), 'SIDs, external IDs or login e-mails.', {
          maxItems: NAMES_AT_ONCE,
        }),
      }),
    ),
    jsonLimit: NAMES_BYTES,
    status: 200,
    answer: usersSelected,
    problems: ['rollout_under_way'],
    handle: ({ context, params, body }) => selectUsers(context, params.rollout, body.users),
  }),
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/users/remove',
    operationId: 'deselectUsers',
    summary: 'Remove individually selected users',
    tag,
    who: 'operators',
    permission: 'operate',
    body: named(
      'UserDeselection',
      z.strictObject({
        users: about(
          z.nullable(z.array(z.string())),
          'SIDs; null: all individually selected users.',
          { maxItems: NAMES_AT_ONCE },
        ),
      }),
    ),
    jsonLimit: NAMES_BYTES,
    status: 200,
    answer: named('UsersDeselected', z.object({ selected: z.int() })),
    problems: ['rollout_under_way'],
    handle: ({ context, params, body }) => deselectUsers(context, params.rollout, body.users),
  }),
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/freeze',
    operationId: 'freeze',
    summary: 'Freeze the selection as the next version of the list, a thousand rows per call',
    tag,
    who: 'operators',
    permission: 'operate',
    status: 200,
    answer: progress,
    problems: ['input', 'domain_unproven', 'revision_changed'],
    handle: ({ context, params }) => freeze(context, params.rollout),
  }),
  route({
    method: 'GET',
    path: '/rollouts/{rollout}/progress',
    operationId: 'getProgress',
    summary: 'Get the progress of a rollout: users, conditions, logins and failures by day',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'rollout progress', takes: ['rollout'] },
    status: 200,
    answer: rolloutProgress,
    async handle({ context, params }) {
      const found = await getProgress(context, params.rollout)
      if (!found.ok) return found
      return ok({ ...found.value, rollout: showRollout(found.value.rollout) })
    },
  }),
]
