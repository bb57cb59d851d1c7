// What the console and the portal can do, the API can: each form has an operation, or stands in the
// list of exceptions with its reason. test/cli/routes.test.ts holds that each operation has a verb.
import { describe, expect, it } from 'vitest'
import { ROUTES } from '../../src/api/routes.ts'
import { consoleRoutes } from '../../src/console/operator/routes.tsx'
import { setupRoutes } from '../../src/console/portal/routes.tsx'
import { routesOf } from './operator/routes-of.ts'

/** Below `/connections/:connection` of the console, and below `/` of the portal. */
const OF_CONNECTION: Readonly<Record<string, string>> = {
  '/certificates': 'addCertificates',
  '/certificates/:fingerprint/refuse': 'refuseCertificate',
  '/certificates/:fingerprint/remove': 'removeCertificate',
  '/certificates/:fingerprint/trust': 'trustCertificate',
  '/check': 'checkConnection',
  '/fields': 'editConnection',
  '/metadata': 'importMetadata',
  '/metadata-source': 'setMetadataSource',
  '/metadata-source/refresh': 'refreshMetadata',
  '/metadata-source/remove': 'removeMetadataSource',
  '/move': 'startMove',
  '/name-ids/release': 'releaseNameID',
  '/name-ids/release-all': 'releaseNameIDs',
  '/pending/:change/accept': 'acceptPendingChange',
  '/pending/:change/decline': 'declinePendingChange',
  '/preset': 'editConnection',
  '/provisioning': 'createScimToken',
  '/provisioning/:token/revoke': 'revokeScimToken',
  '/rollouts': 'createRollout',
  '/rollouts/:rollout/aliases': 'mapAlias',
  '/attempts/:attempt/alias': 'mapAlias',
  '/rollouts/:rollout/aliases/remove': 'unmapAlias',
  '/rollouts/:rollout/choose': 'editSelectors',
  '/rollouts/:rollout/decide': 'decideMembers',
  '/rollouts/:rollout/decide-all': 'decideMembers',
  '/rollouts/:rollout/enable': 'enable',
  '/rollouts/:rollout/enforce': 'enforce',
  '/rollouts/:rollout/freeze': 'freeze',
  '/rollouts/:rollout/go-ahead': 'approve',
  '/rollouts/:rollout/idp-users': 'uploadIdpUsers',
  '/rollouts/:rollout/inform': 'inform',
  '/rollouts/:rollout/map': 'mapAlias',
  '/rollouts/:rollout/move/domains': 'leadDomains',
  '/rollouts/:rollout/notice': 'setNotice',
  '/rollouts/:rollout/refresh': 'refreshFindings',
  '/rollouts/:rollout/review': 'review',
  '/rollouts/:rollout/roll-back': 'rollBack',
  '/rollouts/:rollout/schedule/remove': 'scheduleEnforcement',
  '/rollouts/:rollout/users/clear': 'deselectUsers',
  '/room/sign-off': 'signOff',
  '/save': 'editConnection',
  '/sessions/:session/revoke': 'revokeSession',
  '/sessions/revoke': 'revokeSessionsOfConnection',
  '/settings': 'editConnection',
  '/setup-links': 'createSetupLink',
  '/setup-links/:link/revoke': 'revokeSetupLink',
  '/setup-links/:link/send': 'sendSetupLinkAgain',
  '/state': 'changeState',
  '/testers': 'nominateTesters',
  '/testers/:user/withdraw': 'withdrawTester',
  '/testers/invite': 'inviteTesters',
  '/users': 'addUser',
  '/what-if': 'whatIf',
  '/what-if/preview': 'whatIf',
}

/** Below `/tenants/:tenant` of the console; some of them below `/` of both. */
const OF_TENANT: Readonly<Record<string, string>> = {
  '': 'editTenant',
  '/accounts': 'createAccount',
  '/accounts/:account': 'putAccount',
  '/address-claims/:claim/accept': 'acceptAddressClaim',
  '/address-claims/:claim/decline': 'declineAddressClaim',
  '/api-keys': 'createApiKey',
  '/break-glass': 'addBreakGlass',
  '/break-glass/:user/end': 'endBreakGlass',
  '/connections': 'createConnection',
  '/contacts': 'addContact',
  '/contacts/:contact': 'editContact',
  '/contacts/:contact/remove': 'removeContact',
  '/domains': 'createDomain',
  '/domains/:domain/check': 'checkDomain',
  '/domains/:domain/lead': 'leadDomain',
  '/domains/:domain/remove': 'removeDomain',
  '/domains/:domain/vouch': 'vouchForDomain',
  '/imports': 'takeRows',
  '/users': 'addUser',
  '/users/:user': 'editUser',
  '/users/:user/accounts': 'setMemberships',
  '/users/:user/exception': 'addException',
  '/users/:user/exception/end': 'endException',
  '/users/:user/password': 'setSignInMethod',
  '/users/:user/sessions/:session/revoke': 'revokeSession',
  '/users/:user/sessions/revoke': 'revokeSessionsOfUser',
  '/users/:user/suspension': 'editUser',
  '/webhooks': 'createWebhookEndpoint',
  '/webhooks/:endpoint': 'editWebhookEndpoint',
  '/webhooks/:endpoint/delete': 'deleteWebhookEndpoint',
  '/webhooks/:endpoint/deliveries/:delivery/retry': 'retryWebhookDelivery',
  '/webhooks/:endpoint/deliveries/retry': 'retryDeadDeliveries',
  '/webhooks/:endpoint/off': 'editWebhookEndpoint',
  '/webhooks/:endpoint/on': 'editWebhookEndpoint',
  '/webhooks/:endpoint/secret': 'rotateWebhookSecret',
  '/webhooks/:endpoint/test': 'testWebhookEndpoint',
}

const OF_CONSOLE: Readonly<Record<string, string>> = {
  '/api-keys/:key/revoke': 'revokeApiKey',
  '/apps': 'createClient',
  '/apps/:client': 'editClient',
  '/apps/:client/deliveries/:delivery/retry': 'retryLogoutDelivery',
  '/apps/:client/disable': 'editClient',
  '/apps/:client/enable': 'editClient',
  '/apps/:client/secret': 'rotateClientSecret',
  '/erase/:kind/:sid': 'eraseTenant',
  '/erase/user/:user': 'eraseUser',
  '/keys/api-keys': 'createApiKey',
  '/keys/prepare': 'prepareKeyPair',
  '/keys/retire': 'retireKeyPair',
  '/keys/rotate': 'rotateKeyPairs',
  '/keys/signing-keys/delete': 'deleteSigningKey',
  '/keys/signing-keys/rotate': 'rotateSigningKey',
  '/mail/contacts': 'addOperatorContact',
  '/mail/contacts/:contact': 'editContact',
  '/mail/contacts/:contact/remove': 'removeContact',
  '/mail/log/:mail/send': 'sendMailAgain',
  '/operators': 'inviteOperator',
  '/operators/tenant': 'createTenant',
  '/operators/:operator': 'editOperator',
  '/operators/:operator/remove': 'removeOperator',
  '/tenants': 'createTenant',
}

/** Forms without an operation, each for a reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  '/sign-in': 'opens a session of the browser; the API has keys',
  '/account/sign-out-everywhere': 'ends the sessions of the operator’s own browsers',
  '/sign-out': 'ends the session of the browser',
  '/end': 'ends the session of the portal in this browser',
  '/:secret{[A-Za-z0-9_-]{43}}': 'opens the portal with a link; the API has keys',
  '/metadata-source/preview': 'shows what the next form saves; importMetadata has the same check',
  '/metadata-url': 'fetches what the next form saves; setMetadataSource does both',
}

const operationOf = (below: string): string | undefined => {
  const connection = /^\/connections\/:connection(\/.*)$/.exec(below)?.[1]
  const tenant = /^\/tenants\/:tenant(.*)$/.exec(below)?.[1]
  if (connection !== undefined) return OF_CONNECTION[connection]
  if (tenant !== undefined) return OF_TENANT[tenant]
  return OF_CONSOLE[below] ?? OF_CONNECTION[below] ?? OF_TENANT[below]
}
const isException = (below: string) =>
  below.replace(/^\/connections\/:connection/, '') in EXCEPTIONS

describe.each([
  ['the console', consoleRoutes],
  ['the portal', setupRoutes],
])('each form of %s', (_, routes) => {
  const forms = routesOf(routes).flatMap((route) => /^POST (.*)/.exec(route)?.[1] ?? [])

  it('has an operation of the API, or a reason for none', () => {
    expect(forms.length).toBeGreaterThan(50)
    const operations = new Set(ROUTES.map(({ operationId }) => operationId))
    const asked = forms.filter((form) => !isException(form))
    const lacking = asked.filter((form) => !operations.has(operationOf(form) ?? ''))
    expect(lacking).toEqual([])
  })
})

it('no exception is there for a form that has gone, or that has an operation', () => {
  const all = [consoleRoutes, setupRoutes].flatMap((routes) => routesOf(routes))
  const below = new Set(
    all.map((route) => route.replace(/^POST (\/connections\/:connection)?/, '')),
  )
  for (const form of Object.keys(EXCEPTIONS))
    expect([form, below.has(form), operationOf(form)]).toEqual([form, true, undefined])
})
