// The routes of rollouts below a connection, with what a browser sends to each: a part of the table
// of the connection's routes.
import type { Row } from '../../operator/connection-table.ts'

const page = (need: Row['need']): Row => ({ need, status: 200 })
const post = (need: Row['need'], form: Record<string, string> = {}, status = 303): Row => ({
  need,
  status,
  form,
})

const FIRST = { version: '1' }
const NOTICE = { subject: 'Sign in', text: 'Hello', do: 'save' }

/** Of a connection that is a draft: steps that need a tested one are refused to actors who may. */
export const ROLLOUT_ROUTES: Readonly<Record<string, Row>> = {
  'GET /rollouts': page('look'),
  'GET /rollouts/new': page('operate'),
  'POST /rollouts': post('operate', { name: 'Everybody' }),
  'GET /rollouts/:rollout': page('look'),
  'GET /rollouts/:rollout/versions': page('look'),
  'GET /rollouts/:rollout/history': page('look'),
  'POST /rollouts/:rollout/choose': { ...post('operate', { name: 'Renamed' }), multipart: true },
  'POST /rollouts/:rollout/users/clear': post('operate'),
  'POST /rollouts/:rollout/freeze': post('operate'),
  'GET /rollouts/:rollout/list': page('look'),
  'GET /rollouts/:rollout/list.csv': page('look'),
  'POST /rollouts/:rollout/decide': post('test', { ...FIRST, do: 'include' }, 400),
  'POST /rollouts/:rollout/decide-all': post('test', { ...FIRST, do: 'include' }),
  'POST /rollouts/:rollout/map': post(
    'configure',
    { ...FIRST, map: 'nobody x@customer.example' },
    404,
  ),
  'GET /rollouts/:rollout/aliases': page('look'),
  'POST /rollouts/:rollout/aliases': post(
    'configure',
    { user: 'nobody', email: 'x@customer.example' },
    400,
  ),
  'POST /rollouts/:rollout/aliases/remove': post('configure', { email: 'x@customer.example' }, 404),
  'POST /rollouts/:rollout/idp-users': { ...post('test', {}, 400), multipart: true },
  'POST /rollouts/:rollout/refresh': post('test'),
  'POST /rollouts/:rollout/review': post('test', { ...FIRST, includedExistInIdP: 'true' }),
  'POST /rollouts/:rollout/enable': post('operate', FIRST, 409),
  'GET /rollouts/:rollout/notice': page('test'),
  'POST /rollouts/:rollout/notice': post('test', NOTICE),
  'GET /rollouts/:rollout/recipients.csv': page('look'),
  'POST /rollouts/:rollout/inform': post('operate', { ...FIRST, by: 'hand' }),
  'POST /rollouts/:rollout/go-ahead': post('test', FIRST, 409),
  'POST /rollouts/:rollout/enforce': post('operate', FIRST, 409),
  'POST /rollouts/:rollout/schedule/remove': post('operate'),
  'GET /rollouts/:rollout/roll-back': page('rollBack'),
  'GET /rollouts/:rollout/roll-back/confirm': page('rollBack'),
  'POST /rollouts/:rollout/roll-back': post('rollBack', { to: 'password' }),
  'GET /move': page('operate'),
  'POST /move': post('operate', { which: 'idp', name: 'New IdP' }),
  'GET /rollouts/:rollout/move': page('look'),
  // Nobody can sign in through the draft yet.
  'POST /rollouts/:rollout/move/domains': post('operate', {}, 403),
}
