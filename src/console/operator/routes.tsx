// The operator console at /console: the sign-in page is public, everything else is for operators.
import { Hono } from 'hono'
import { findConnection } from '../../connections/store.ts'
import { setSignInMethod } from '../../directory/operations.ts'
import { listUsers } from '../../directory/words/operations.ts'
import { problem } from '../../problem.ts'
import { openDatabase } from '../../platform/db/client.ts'
import type { App, AppContext } from '../../platform/http/http.ts'
import { Refused } from '../../platform/http/refused.ts'
import { UsersPage } from '../pages/connection/roll-out-section.tsx'
import { connectionRoutes } from '../pages/connection/routes.tsx'
import { isReading, openConnectionContext } from '../pages/shared/connection-context.ts'
import { accountRoutes } from '../pages/directory/account-routes.tsx'
import { contactRoutes } from '../pages/directory/contact-routes.tsx'
import { domainRoutes } from '../pages/directory/domain-routes.tsx'
import { addressClaimRoutes } from '../pages/directory/address-claims.tsx'
import { importRoutes } from '../pages/directory/import-routes.tsx'
import { userRoutes } from '../pages/directory/user-routes.tsx'
import { breakGlassRoutes } from '../pages/rollout/break-glass.tsx'
import { webhookRoutes } from '../pages/webhooks/routes.tsx'
import {
  refuseOtherSites,
  seeOther,
  showAgain,
  showRefusals,
  unwrap,
} from '../kit/admin-context.tsx'
import { readForm } from '../kit/form.ts'
import { readListPage } from '../kit/lists.ts'
import { getRollout } from '../../rollout/operations.ts'
import { apiKeyRoutes } from './api-keys.tsx'
import { appRoutes } from './apps.tsx'
import { auditRoutes } from './audit.tsx'
import { connectionsRoutes } from './connections.tsx'
import { deliveryRoutes } from './deliveries.tsx'
import { accountOfReaderRoutes } from './account.tsx'
import { operatorRoutes } from './operators.tsx'
import { AREA, openConsole, PRODUCT } from './frame.tsx'
import { erasureRoutes } from './erasures.tsx'
import { healthRoutes } from './health.tsx'
import { homeRoutes } from './home.tsx'
import { keyRoutes } from './keys.tsx'
import { mailRoutes } from './mail.tsx'
import { noteWanted, ownIdpRoutes } from './own-idp.tsx'
import { searchRoutes } from './search.tsx'
import { setupLinkRoutes } from './setup-links.tsx'
import { signingKeyRoutes } from './signing-keys.tsx'
import { signInRoutes } from './sign-in.tsx'
import { openDirectory, tenantRoutes } from './tenant.tsx'
import { tenantsRoutes } from './tenants.tsx'

export const consoleRoutes = new Hono<App>()

consoleRoutes.use(refuseOtherSites)
showRefusals(consoleRoutes, {
  product: () => PRODUCT,
  name: AREA,
  homeHref: '/console',
  reader: 'operator',
  words: {
    unauthenticated: {
      title: 'You are no longer signed in',
      remedy: 'Sign in and repeat your last action. It was not saved.',
    },
  },
  instead: (c, code) => {
    if (code !== 'unauthenticated' || c.req.method !== 'GET') return undefined
    noteWanted(c)
    return c.redirect('/console/sign-in', 303)
  },
})

homeRoutes(consoleRoutes)
searchRoutes(consoleRoutes)
signInRoutes(consoleRoutes)
ownIdpRoutes(consoleRoutes)
operatorRoutes(consoleRoutes)
accountOfReaderRoutes(consoleRoutes)
tenantsRoutes(consoleRoutes)
tenantRoutes(consoleRoutes)
apiKeyRoutes(consoleRoutes)
breakGlassRoutes(consoleRoutes, openConsole)
connectionsRoutes(consoleRoutes)
appRoutes(consoleRoutes)
deliveryRoutes(consoleRoutes)
keyRoutes(consoleRoutes)
signingKeyRoutes(consoleRoutes)
mailRoutes(consoleRoutes)
auditRoutes(consoleRoutes)
healthRoutes(consoleRoutes)
erasureRoutes(consoleRoutes)

// Events name a rollout without its connection.
consoleRoutes.get('/rollouts/:rollout', async (c) => {
  const { context } = await openConsole(c)
  const { sid, connectionSid } = unwrap(await getRollout(context, c.req.param('rollout')))
  return c.redirect(`/console/connections/${connectionSid}/rollouts/${sid}`)
})

const ofTenant = new Hono<App>()
for (const directoryRoutes of [
  userRoutes,
  addressClaimRoutes,
  accountRoutes,
  domainRoutes,
  contactRoutes,
  importRoutes,
])
  directoryRoutes(ofTenant, openDirectory)
webhookRoutes(ofTenant, openDirectory)
consoleRoutes.route('/tenants/:tenant', ofTenant)

webhookRoutes(consoleRoutes, async (c) => ({
  ...(await openConsole(c)),
  tenant: null,
  base: '/console',
  above: [],
  may: { configure: true },
}))

const CONNECTION = '/connections/:connection'

const openConnection = async (c: AppContext) => {
  const asked = c.req.param('connection') ?? ''
  const [admin, found] = await Promise.all([
    openConsole(c),
    isReading(c) ? findConnection(openDatabase(c.env.DB), asked) : undefined,
  ])
  return openConnectionContext(
    c,
    admin,
    asked,
    ({ sid, tenant, tenantSid }) => ({
      base: `/console/connections/${sid}`,
      above: [
        { name: 'Tenants', href: '/console/tenants' },
        { name: tenant.name, href: `/console/tenants/${tenantSid}` },
      ],
    }),
    found,
  )
}

const ofConnection = connectionRoutes(openConnection)
setupLinkRoutes(ofConnection, openConnection)

ofConnection.post('/users', async (c) => {
  const at = await openConnection(c)
  const form = await readForm(c)
  const email = form.text('email')
  const isEnabling = form.text('method') === 'sso_enabled'
  const { context, connection, base } = at
  const set = await setSignInMethod(
    context,
    email,
    isEnabling
      ? { signInMethod: 'sso_enabled', connectionSid: connection.sid }
      : { signInMethod: 'password' },
  )
  if (set.ok) return seeOther(c, `${base}/users`, isEnabling ? 'user_enabled' : 'user_disabled')
  const page = readListPage(c)
  const { items, next } = unwrap(
    await listUsers(context, connection.tenantSid, page.request, { connection: connection.sid }),
  )
  const shown =
    set.error.code === 'not_there'
      ? problem('input', 'the login e-mail of a user of this tenant', email, 'email').error
      : set.error
  return showAgain(
    c,
    shown,
    <UsersPage at={at} users={items} links={page.links(next)} email={email} problem={shown} />,
  )
})

consoleRoutes.route(CONNECTION, ofConnection)

consoleRoutes.all('*', async (c) => {
  await openConsole(c)
  throw new Refused('not_found')
})
