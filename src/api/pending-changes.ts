// Routes of changes that wait for an operator.
import * as z from 'zod/mini'
import {
  acceptPendingChange,
  declinePendingChange,
  listPendingChanges,
} from '../connections/pending/operations.ts'
import { ok } from '../result.ts'
import { certificateSummary } from './certificate-schema.ts'
import { CHANGE_QUERY, connectionChange } from './connection-schema.ts'
import { editOptions, showChange } from './connection-view.ts'
import { route } from './engine/route.ts'
import { about, instant, list, named, sid } from './engine/schema.ts'

const tag = 'Connections'

const pendingChange = named(
  'PendingChange',
  z.object({
    sid: sid('PC', 'the change'),
    connectionSid: sid('CN', 'the connection'),
    fields: about(z.record(z.string(), z.unknown()), 'Fields as they would be.'),
    removed: about(z.array(z.string()), 'Fingerprints of certificates to remove.'),
    compromised: about(z.boolean(), 'The removed keys are in other hands: their sessions end.'),
    proposedBy: z.string(),
    createdAt: instant,
    newCertificates: about(z.array(certificateSummary), 'Certificates to trust.'),
  }),
)

export const PENDING_CHANGE_ROUTES = [
  route({
    method: 'GET',
    path: '/connections/{connection}/pending-changes',
    operationId: 'listPendingChanges',
    summary: 'List the changes of the customer that wait for an operator, oldest first',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: {
      verb: 'pending-change list',
      takes: ['connection'],
      columns: {
        SID: 'sid',
        'Proposed by': 'proposedBy',
        Proposed: 'createdAt',
        Fields: 'fields',
        Removed: 'removed',
      },
    },
    status: 200,
    answer: list('PendingChangeList', pendingChange),
    async handle({ context, params }) {
      const found = await listPendingChanges(context, params.connection)
      return found.ok ? ok({ items: found.value }) : found
    },
  }),
  route({
    method: 'POST',
    path: '/connections/{connection}/pending-changes/{pendingChange}/accept',
    operationId: 'acceptPendingChange',
    summary: 'Make a change that waits',
    tag,
    who: 'operators',
    permission: 'operate',
    query: z.strictObject(CHANGE_QUERY),
    cli: { verb: 'pending-change accept', takes: ['connection', 'pendingChange'] },
    status: 200,
    answer: connectionChange,
    reads: ['certificate'],
    problems: ['edit_cuts_off', 'limit_reached', 'revision_changed'],
    handle: async (call) => {
      const { context, params } = call
      const options = editOptions({ ...call, ifVersion: undefined })
      const { connection, pendingChange: change } = params
      const accepted = await acceptPendingChange(context, connection, change, options)
      return showChange(call, connection, accepted)
    },
  }),
  route({
    method: 'POST',
    path: '/connections/{connection}/pending-changes/{pendingChange}/decline',
    operationId: 'declinePendingChange',
    summary: 'Decline a change that waits, or take your own back',
    tag,
    who: 'tenants',
    permission: 'configure',
    cli: { verb: 'pending-change decline', takes: ['connection', 'pendingChange'] },
    status: 204,
    answer: null,
    handle: ({ context, params }) =>
      declinePendingChange(context, params.connection, params.pendingChange),
  }),
]
