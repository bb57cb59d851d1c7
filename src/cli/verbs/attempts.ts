// `gatepost connection attempts`, `gatepost attempt show`: what logins looked like.
import { path } from '../client.ts'
import { limitOf } from '../limit.ts'
import { renderTime } from '../print.ts'
import { LIMIT, type Verbs } from '../verb.ts'

export const ATTEMPT_VERBS: Verbs = {
  'connection attempts': {
    about: 'list the logins at a connection, newest first',
    takes: ['CN…'],
    flags: { user: { value: 'US…', about: 'those of one user' }, ...LIMIT },
    columns: [
      { title: 'When', of: ({ createdAt }) => renderTime(createdAt) },
      { title: 'Reference', of: ({ sid }) => sid },
      { title: 'Outcome', of: ({ code }) => code ?? 'accepted' },
      { title: 'Meaning', of: ({ title }) => title },
      { title: 'User', of: ({ userSid }) => userSid },
    ],
    run: ({ client, given }) =>
      client.list(
        path`/connections/${given.argument('CN…')}/attempts`,
        { user: given.text('user') },
        limitOf(given),
      ),
  },
  'attempt show': {
    about: 'show a login by the reference of its page: every check, and how to mend it',
    takes: ['AT…'],
    run: ({ client, given }) => client.call('GET', path`/attempts/${given.argument('AT…')}`),
  },
}
