// Routes of moves: people move from one connection of their tenant to another.
import * as z from 'zod/mini'
import { ok } from '../result.ts'
import { getMove, getRollout, leadDomains, MOVE_STEPS, startMove } from '../rollout/operations.ts'
import { shown } from './rollouts.ts'
import { rollout, showRollout } from './rollout-schema.ts'
import { route } from './engine/route.ts'
import { about, named, sid } from './engine/schema.ts'

const tag = 'Moves'
const count = z.int()

const side = z.object({
  sid: sid('CN', 'the connection'),
  name: z.string(),
  state: z.string(),
  entityID: z.string(),
  closedBecause: about(
    z.nullable(z.string()),
    'Why people cannot sign in through it now; null: they can.',
  ),
})

const move = named(
  'Move',
  z.object({
    rollout,
    from: about(side, 'The connection before.'),
    to: about(side, 'The new connection.'),
    counts: z.object({
      atFrom: about(count, 'Users of the connection before.'),
      open: about(count, 'Of these: users who can sign in through both.'),
      proved: about(count, 'Of these: users who have signed in through the new one.'),
      neverAtTo: about(
        count,
        'Users of the connection before who have never signed in through the new one.',
      ),
      toMove: about(count, 'Users of the connection before who are included in the newest list.'),
      ready: about(count, 'Of these: users whom enforcement with scope `proved` moves now.'),
      moved: about(count, 'Users of the new connection whom this rollout has moved.'),
      movedUnproved: about(
        count,
        'Of these: users who must sign in through it and have never done so.',
      ),
    }),
    lockedOut: about(
      count,
      'Users whom enforcement with scope `all` could lock out. The members with `lockedOut` are ' +
        'they.',
    ),
    leftBehind: about(
      z.array(z.object({ why: z.string(), users: count })),
      'Users of the connection before whom the newest list does not move: a blocker, `excluded` ' +
        'or `not_listed`.',
    ),
    domains: about(
      z.array(z.string()),
      'Domains whose newcomers still sign in through the connection before.',
    ),
    next: about(z.enum(MOVE_STEPS), 'The next step.'),
  }),
)

export const MOVE_ROUTES = [
  route({
    method: 'POST',
    path: '/connections/{connection}/moves',
    operationId: 'startMove',
    summary: 'Make a draft connection and a rollout that moves the users there',
    description:
      'The draft gets the settings of the connection. With `entityID`, it is the same IdP with ' +
      'another identifier: it gets everything, certificates too.',
    tag,
    who: 'operators',
    permission: 'operate',
    body: named(
      'MoveStart',
      z.strictObject({
        name: z.exactOptional(
          about(z.string(), 'Name of the new connection.', { minLength: 1, maxLength: 200 }),
        ),
        entityID: z.exactOptional(
          about(z.string(), 'The other identifier of the same IdP.', {
            minLength: 1,
            maxLength: 1024,
          }),
        ),
      }),
    ),
    cli: { verb: 'move start', takes: ['connection'] },
    status: 201,
    answer: rollout,
    location: (made) => `/rollouts/${made.sid}`,
    again: async ({ context }, made) => shown(await getRollout(context, made)),
    problems: ['plan_required', 'limit_reached', 'revision_changed'],
    async handle({ context, params, body }) {
      const started = await startMove(context, params.connection, body)
      return started.ok ? ok(showRollout(started.value.rollout)) : started
    },
  }),
  route({
    method: 'GET',
    path: '/rollouts/{rollout}/move',
    operationId: 'getMove',
    summary: 'Get both connections of a move, who stands where, and the next step',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'move show', takes: ['rollout'] },
    status: 200,
    answer: move,
    async handle({ context, params }) {
      const found = await getMove(context, params.rollout)
      if (!found.ok) return found
      return ok({ ...found.value, rollout: showRollout(found.value.rollout) })
    },
  }),
  route({
    method: 'POST',
    path: '/rollouts/{rollout}/move/domains',
    operationId: 'leadDomains',
    summary: 'Lead the domains of the connection before to the new one, for newcomers',
    tag,
    who: 'operators',
    permission: 'operate',
    cli: { verb: 'move domains', takes: ['rollout'] },
    status: 200,
    answer: named('DomainsLed', z.object({ domains: z.array(z.string()) })),
    problems: ['plan_required', 'connection_suspended', 'connection_not_ready'],
    handle: ({ context, params }) => leadDomains(context, params.rollout),
  }),
]
