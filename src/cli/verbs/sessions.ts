// `gatepost session …`, `gatepost logout-delivery …`: who is signed in, and what apps are told when that has ended.
import { path } from '../client.ts'
import { limitOf } from '../limit.ts'
import { renderTime } from '../print.ts'
import { UsageError } from '../usage-error.ts'
import type { Arguments } from '../arguments.ts'
import { LIMIT, type Verbs } from '../verb.ts'

const WHOSE = {
  user: { value: 'EMAIL', about: 'those of a user; a SID too' },
  connection: { value: 'CN…', about: 'those of a connection' },
  tenant: { value: 'TN…', about: 'those of a tenant' },
}

function pathOf(given: Arguments): string {
  const kinds = (['user', 'connection', 'tenant'] as const).filter((kind) => given.text(kind))
  const [kind] = kinds
  if (kind === undefined || kinds.length > 1)
    throw new UsageError('one of --user, --connection and --tenant is needed')
  return `/${kind}s${path`/${given.needText(kind)}/sessions`}`
}

export const SESSION_VERBS: Verbs = {
  'session list': {
    about: 'list the sessions of a user, a connection or a tenant, newest first',
    flags: { ...WHOSE, open: { about: 'those alone that sign somebody in' }, ...LIMIT },
    columns: [
      { title: 'SID', of: ({ sid }) => sid },
      { title: 'User', of: ({ email }) => email },
      { title: 'Connection', of: ({ connectionSid }) => connectionSid },
      { title: 'State', of: ({ state, endedBecause }) => endedBecause ?? state },
      { title: 'Begun', of: ({ createdAt }) => renderTime(createdAt) },
      { title: 'Last used', of: ({ lastSeenAt }) => renderTime(lastSeenAt) },
      { title: 'Ends', of: ({ endedAt, expiresAt }) => renderTime(endedAt ?? expiresAt) },
    ],
    run: ({ client, given }) =>
      client.list(pathOf(given), { open: given.isOn('open') || undefined }, limitOf(given)),
  },
  'session revoke': {
    about: 'end a session, or all of a user, a connection or a tenant; their apps are told',
    takes: ['[SE…]'],
    flags: WHOSE,
    run({ client, given }) {
      const sid = given.optional('SE…')
      if (sid === undefined) return client.call('DELETE', pathOf(given))
      if (Object.keys(WHOSE).some((kind) => given.text(kind)))
        throw new UsageError('a session, or whose: not both')
      return client.call('DELETE', path`/sessions/${sid}`)
    },
  },
  'logout-delivery list': {
    about: 'list what apps were told of ended sessions, newest first',
    flags: {
      client: { value: 'CL…', about: 'those of one app' },
      state: { value: 'STATE', about: 'due, dead (given up) or sent' },
      ...LIMIT,
    },
    columns: [
      { title: 'SID', of: ({ sid }) => sid },
      { title: 'Client', of: ({ clientSid }) => clientSid },
      { title: 'Session', of: ({ sessionSid }) => sessionSid },
      { title: 'State', of: ({ state }) => state },
      { title: 'Tries', of: ({ tries }) => tries },
      { title: 'Next', of: ({ dueAt }) => renderTime(dueAt) },
      { title: 'Failure', of: ({ failure }) => failure },
    ],
    run: ({ client, given }) =>
      client.list(
        '/logout-deliveries',
        { client: given.text('client'), state: given.text('state') },
        limitOf(given),
      ),
  },
  'logout-delivery retry': {
    about: 'tell an app again at once that a session has ended',
    takes: ['LD…'],
    run: ({ client, given }) =>
      client.call('POST', path`/logout-deliveries/${given.argument('LD…')}/retry`),
  },
}
