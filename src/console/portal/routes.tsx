// The setup portal at /setup: one connection, for a customer admin with a link. The link alone
// decides which connection; no request names one.
import { Hono } from 'hono'
import { openDatabase } from '../../platform/db/client.ts'
import type { App, AppContext } from '../../platform/http/http.ts'
import { ConsolePage } from '../kit/console-frame.tsx'
import { brandingOf } from '../../platform/branding.ts'
import { ButtonForm } from '../kit/forms.tsx'
import { refuseGuess } from '../../platform/http/limits.ts'
import { Refused } from '../../platform/http/refused.ts'
import { connectionRoutes } from '../pages/connection/routes.tsx'
import { openConnectionContext } from '../pages/shared/connection-context.ts'
import { contactRoutes } from '../pages/directory/contact-routes.tsx'
import { domainRoutes } from '../pages/directory/domain-routes.tsx'
import { webhookRoutes } from '../pages/webhooks/routes.tsx'
import {
  frameProps,
  refuseOtherSites,
  seeOther,
  showPage,
  showRefusals,
  unwrap,
  type AdminContext,
  type FrameProps,
} from '../kit/admin-context.tsx'
import {
  findEndedLink,
  openSetupLink,
  readSetupLink,
  type OpenedLink,
  type SetupLink,
} from '../../access/operations.ts'
import { getConnection } from '../../connections/operations.ts'
import {
  actorOfSetup,
  clearSetupCookie,
  operationContextOf,
  setSetupCookie,
  setupSecret,
} from '../../access/caller.ts'
import { ownerRoutes } from './owners.tsx'
import { About, DonePage, Invitation, SwitchPage } from './pages.tsx'

export const setupRoutes = new Hono<App>()

const AREA = 'Single sign-on setup'
const NAVIGATION = [
  { name: 'Setup', href: '/setup' },
  { name: 'Validation room', href: '/setup/room' },
  { name: 'Certificates', href: '/setup/certificates' },
  { name: 'Domains', href: '/setup/domains' },
  { name: 'Contacts', href: '/setup/contacts' },
  { name: 'NameIDs', href: '/setup/name-ids' },
  { name: 'Owners', href: '/setup/owners' },
  { name: 'Webhooks', href: '/setup/webhooks' },
  { name: 'Settings', href: '/setup/settings' },
  { name: 'History', href: '/setup/history' },
]

setupRoutes.use(refuseOtherSites)
showRefusals(setupRoutes, {
  product: (c) => c.var.config.productName,
  name: AREA,
  homeHref: '/setup',
  reader: 'customer',
  // Without a link that works, the start page is this refusal again.
  isOpen: async (c) => (await actorOfSetup(c)) !== undefined,
  words: {
    forbidden: {
      title: 'Your setup link does not allow this',
      remedy: 'Ask the sender for a link with more permissions.',
    },
    setup_link: {
      title: 'This setup link is not valid',
      remedy:
        'It has expired, was revoked, or was not copied completely. Open it from the message ' +
        'again, or reply to its sender: ask for a new setup link, and give the reference below.',
    },
    // Counted are links that do not work: the one in the address is one of them.
    too_many_requests: {
      title: 'Too many setup links that are not valid',
      remedy:
        'Wait a minute, then open the link from the message again. If it does not work, reply to ' +
        'its sender: ask for a new setup link, and give the reference below.',
    },
  },
})

const LINK = '/:secret{[A-Za-z0-9_-]{43}}'

setupRoutes.get(LINK, async (c) => {
  const secret = c.req.param('secret')
  const anonymous = { db: openDatabase(c.env.DB), now: Date.now() }
  const read = await readSetupLink(anonymous, secret)
  if (!read.ok) return refuseLink(c, secret)
  const present = await actorOfSetup(c)
  // A page of another site can lead here: it must not change silently whose setup this browser has.
  if (present && present.setupLink.sid !== read.value.setupLink.sid) {
    const [from, to] = await Promise.all([placeOf(c, present), placeOf(c, read.value)])
    return showPage(
      c,
      <SwitchPage
        product={c.var.config.productName}
        area={AREA}
        from={from}
        to={to}
        action={`/setup/${secret}`}
      />,
    )
  }
  return openLink(c, secret)
})

setupRoutes.post(LINK, (c) => openLink(c, c.req.param('secret')))

async function openLink(c: AppContext, secret: string): Promise<Response> {
  const now = Date.now()
  const opened = await openSetupLink({ db: openDatabase(c.env.DB), now }, secret)
  if (!opened.ok) return refuseLink(c, secret)
  const { setupLink } = opened.value
  setSetupCookie(c, secret, Math.max(1, Math.floor((setupLink.expiresAt - now) / 1000)))
  return c.redirect('/setup', 303)
}

/** Throws `setup_link` or `too_many_requests`. The log says which link it was. */
async function refuseLink(c: AppContext, secret: string | undefined): Promise<never> {
  if (secret === undefined) throw new Refused('setup_link')
  const subject = await findEndedLink(openDatabase(c.env.DB), secret)
  throw new Refused(await refuseGuess(c, 'setup_link', 'setup_link'), { subject })
}

/** What a link is for, in words. */
async function placeOf(c: AppContext, { actor, setupLink }: OpenedLink) {
  const context = operationContextOf(c, actor)
  const { name, tenant } = unwrap(await getConnection(context, setupLink.connectionSid))
  return { connection: name, tenant: tenant.name, person: setupLink.name }
}

setupRoutes.post('/end', async (c) => {
  await openPortal(c)
  clearSetupCookie(c)
  return seeOther(c, '/setup/done')
})

setupRoutes.get('/done', (c) =>
  showPage(c, <DonePage product={c.var.config.productName} area={AREA} />),
)

setupRoutes.route('/', connectionRoutes(openConnection))

ownerRoutes(setupRoutes, openConnection)

// Domains of the connection's tenant: its administrator can edit their DNS.
domainRoutes(setupRoutes, openTenantOfConnection)

// Endpoints of the connection's tenant that get the events of this connection.
webhookRoutes(setupRoutes, openTenantOfConnection)

// Its contacts, whom its administrator knows.
contactRoutes(setupRoutes, openTenantOfConnection)

setupRoutes.all('*', async (c) => {
  await openPortal(c)
  throw new Refused('not_found')
})

/** The portal of a setup link. Throws `setup_link` without a valid one. */
async function openPortal(c: AppContext): Promise<AdminContext & { setupLink: SetupLink }> {
  const found = await actorOfSetup(c)
  if (!found) return refuseLink(c, setupSecret(c))
  const { actor, setupLink } = found
  const context = operationContextOf(c, actor)
  const { branding: deployment } = c.var.config
  const { product, helpURL } = brandingOf(deployment, setupLink.branding)
  const color = setupLink.branding.accentColor ?? deployment.accentColor
  return {
    context,
    setupLink,
    origin: c.var.config.origin,
    reader: 'customer',
    Frame: (props: FrameProps) => (
      <ConsolePage
        {...frameProps(
          c,
          {
            ...props,
            children: (
              <>
                {c.req.path === '/setup' && (
                  <Invitation setupLink={setupLink} product={product} now={context.now} />
                )}
                {props.children}
              </>
            ),
          },
          'customer',
        )}
        product={product}
        color={color}
        area={AREA}
        homeHref="/setup"
        navigation={NAVIGATION}
        current={NAVIGATION.findLast(({ href }) => c.req.path.startsWith(href))?.href}
        person={{
          name: setupLink.name,
          detail: 'By setup link',
          signOut: <ButtonForm action="/setup/end" label="Close setup" />,
        }}
        footer={
          <About setupLink={setupLink} product={product} helpURL={helpURL} now={context.now} />
        }
      />
    ),
  }
}

async function openTenantOfConnection(c: AppContext) {
  const at = await openConnection(c)
  const { tenant, tenantSid } = at.connection
  return { ...at, tenant: { name: tenant.name, sid: tenantSid } }
}

async function openConnection(c: AppContext) {
  const portal = await openPortal(c)
  return openConnectionContext(c, portal, portal.setupLink.connectionSid, () => ({
    base: '/setup',
    above: [],
  }))
}
