// The routes of the pages of one connection, with what a browser sends to each: console and portal
// have them.
import { pemOf } from '../../support/keys.ts'
import { ROLLOUT_ROUTES } from '../pages/rollout/rollout-table.ts'
import type { Customer } from './admins.ts'

export type Need = 'look' | 'configure' | 'test' | 'release' | 'rollBack' | 'operate'

export type Row = {
  /** What it takes to be let in. */
  need: Need
  /** The answer to an actor who is let in. */
  status: number
  form?: Record<string, string>
  multipart?: boolean
}

const page = (need: Need): Row => ({ need, status: 200 })
const post = (need: Need, form: Record<string, string> = {}, status = 303): Row => ({
  need,
  status,
  form,
})

const EMPTY_CHANGE = JSON.stringify({
  way: 'fields',
  fields: {},
  certificates: [],
  metadataURL: null,
})

const WHAT_IF = { response: 'bm9uc2Vuc2U=', entityID: 'urn:another', clockSkewSeconds: '60' }

export const CONNECTION_ROUTES: Readonly<Record<string, Row>> = {
  'GET /': page('look'),
  'GET /certificate.pem': page('look'),
  'GET /settings': page('look'),
  'GET /attempts': page('look'),
  'GET /attempts/:attempt': page('look'),
  'POST /attempts/:attempt/alias': post('configure', { user: 'nobody' }, 404),
  'GET /users': page('look'),
  'GET /history': page('look'),
  'GET /sessions': page('look'),
  'POST /sessions/revoke': post('configure'),
  'POST /sessions/:session/revoke': post('configure'),
  'GET /name-ids': page('look'),
  'POST /name-ids/release': post('release', { user: 'EMAIL', reason: 'another IdP' }),
  'POST /name-ids/release-all': post('release', { users: '1', reason: 'another IdP' }),
  'GET /certificates': page('look'),
  'GET /certificates/:fingerprint': page('look'),
  'GET /metadata-source': page('look'),
  'GET /metadata': page('configure'),
  'GET /metadata-url': page('configure'),
  'GET /fields': page('configure'),
  'POST /metadata': { ...post('configure', { metadata: '' }, 400), multipart: true },
  'POST /metadata-url': post('configure', { url: 'ftp://idp.customer.example' }, 400),
  'POST /fields': { ...post('configure', {}, 400), multipart: true },
  'POST /save': post('configure', { change: EMPTY_CHANGE, version: '1' }, 412),
  'POST /settings': post('configure', { version: '1' }, 412),
  'POST /preset': post('configure', { preset: 'okta' }),
  'POST /check': post('configure'),
  'POST /certificates': {
    ...post('configure', { certificate: pemOf('p256') }, 200),
    multipart: true,
  },
  'GET /pending': page('look'),
  'POST /pending/:change/accept': post('operate', {}, 404),
  'POST /pending/:change/decline': post('configure', {}, 404),
  'POST /certificates/:fingerprint/trust': post('configure'),
  'POST /certificates/:fingerprint/refuse': post('configure'),
  'POST /certificates/:fingerprint/remove': post('configure', { version: '1' }, 412),
  'POST /metadata-source': post('configure', { url: 'ftp://idp.customer.example' }, 400),
  // There is none to read, for actors who may.
  'POST /metadata-source/refresh': post('configure', {}, 404),
  'POST /metadata-source/preview': post('configure', {}, 404),
  'POST /metadata-source/remove': post('configure'),
  'GET /provisioning': page('look'),
  'POST /provisioning': post('configure', { name: 'Okta', expiresInDays: '365' }, 200),
  'POST /provisioning/:token/revoke': post('configure'),
  'POST /state': post('test', { event: 'begin_testing' }),
  'GET /room': page('look'),
  'GET /room/live': page('look'),
  // A revision that is no longer there, for actors who may.
  'POST /room/sign-off': post('test', { revision: '0', verdict: 'fail', name: 'Ann' }, 412),
  'GET /testers': page('look'),
  // A draft, which nobody tests yet, for actors who may.
  'POST /testers': post('test', { emails: 'somebody@customer.example' }, 409),
  'POST /testers/:user/withdraw': post('test'),
  // Nobody is a tester of a draft.
  'POST /testers/invite': post('test', {}, 200),
  'GET /what-if': page('configure'),
  'POST /what-if': post('configure', WHAT_IF, 200),
  'POST /what-if/preview': post('configure', WHAT_IF, 200),
  ...ROLLOUT_ROUTES,
}

/** The path of a route with the customer's own things in it. */
export function fill(path: string, customer: Customer): string {
  return path
    .replace(':template', 'turn_review')
    .replace(':connection', customer.connectionSid)
    .replace(':tenant', customer.tenantSid)
    .replace(':token', customer.scimTokenSid)
    .replace(':attempt', customer.attemptSid)
    .replace(':user', customer.userSid)
    .replace(':session', customer.sessionSid)
    .replace(':rollout/move', `${customer.moveSid}/move`)
    .replace(':rollout', customer.rolloutSid)
    .replace(':endpoint', customer.webhookEndpointSid)
    .replace(':delivery', customer.webhookDeliverySid)
    .replace(':account', customer.accountSid)
    .replace(':domain', customer.domain)
    .replace(/:fingerprint(?=\/(?:trust|refuse))/, customer.waiting)
    .replace(':fingerprint', customer.pinned)
}
