// The front door: an e-mail in, and on to wherever that person signs in. Who has a password and who
// does not exist are answered alike; only people with SSO enabled or enforced see something else.
import { Hono } from 'hono'
import { findClient } from '../../clients/store.ts'
import { openDatabase } from '../../platform/db/client.ts'
import { decideFor } from '../../directory/sign-in/operations.ts'
import { emailKey } from '../../directory/email-key.ts'
import { normalizeEmail } from '../../saml/response/principal.ts'
import { hashSecret } from '../../platform/secret.ts'
import type { App, AppContext } from '../../platform/http/http.ts'
import { Refused } from '../../platform/http/refused.ts'
import { passwordLoginURL, pendingRequestOf, wantsForceAuthn } from '../pending-request.ts'
import { findReturnTo } from '../return-to.ts'
import { clientOf } from './client-address.ts'
import { ChoicePage, EmailPage, PasswordPage } from './pages.tsx'

export const frontDoorRoutes = new Hono<App>()

/** What a person has entered may be anything. */
export const MAX_EMAIL = 254

frontDoorRoutes.get('/', async (c) => {
  const { return_to: target, login_hint: hint } = c.req.query()
  const returnTo = await checkReturnTo(c, target)
  const asked = pendingRequestOf(returnTo, c.var.config.origin)?.get('login_hint') ?? undefined
  return askForEmail(c, { email: hint ?? asked, returnTo })
})

frontDoorRoutes.post('/', async (c) => {
  const { form, config } = c.var
  // Nobody else's page starts a login here with an e-mail of its own choice.
  if (c.req.header('origin') !== config.origin) throw new Refused('not_same_site')
  const returnTo = await checkReturnTo(c, form?.get('return_to') || undefined)
  const entered = (form?.get('email') ?? '').trim()
  await limitRate(c, entered)
  const email = normalizeEmail(entered)
  if (email === undefined) return askForEmail(c, { email: entered, returnTo, isMistaken: true })
  return showWay(c, email, returnTo)
})

/** Sends the person with the e-mail to where they sign in, or lets them choose. */
export async function showWay(c: AppContext, email: string, returnTo: string | undefined) {
  const query = new URLSearchParams({ login_hint: email, ...(returnTo && { return_to: returnTo }) })
  const [{ decision, connectionSid }, passwordURL] = await Promise.all([
    decideFor(openDatabase(c.env.DB), email, Date.now()),
    passwordPage(c, query),
  ])
  const ssoURL = ssoPath(c, connectionSid, query)
  const page = {
    email,
    passwordURL,
    againURL: againURL(returnTo),
    nonce: c.get('secureHeadersNonce'),
  }
  switch (decision) {
    case 'sso':
      return c.redirect(ssoURL, 303)
    case 'choice':
      return c.html(<ChoicePage {...page} ssoURL={ssoURL} />)
    // The app tells suspended people so, after the password: here it would say that the
    // person exists.
    case 'refused':
    case 'password':
      return passwordURL === null
        ? c.html(<PasswordPage {...page} />)
        : c.redirect(passwordURL, 303)
  }
}

async function askForEmail(
  c: AppContext,
  ask: { email: string | undefined; returnTo: string | undefined; isMistaken?: boolean },
) {
  const { config } = c.var
  const asking = await findAsking(c, ask.returnTo)
  // Browsers hold redirects that follow the post against form-action too: the IdP and the app are
  // elsewhere.
  c.set('formAction', `'self' https:${config.isLocal ? ' http:' : ''}`)
  const page = (
    <EmailPage
      product={config.productName}
      client={asking?.client?.name}
      email={ask.email?.slice(0, MAX_EMAIL)}
      returnTo={ask.returnTo}
      isMistaken={ask.isMistaken ?? false}
      nonce={c.get('secureHeadersNonce')}
    />
  )
  return c.html(page, ask.isMistaken ? 400 : 200)
}

/** As it came, if it may be followed. Throws `return_to`. */
export async function checkReturnTo(
  c: AppContext,
  target: string | undefined,
): Promise<string | undefined> {
  if (target === undefined) return undefined
  const returnTo = await findReturnTo(openDatabase(c.env.DB), c.var.config, target)
  if (returnTo === undefined) throw new Refused('return_to')
  return target
}

function againURL(returnTo: string | undefined): string {
  return returnTo === undefined
    ? '/login'
    : `/login?${new URLSearchParams({ return_to: returnTo })}`
}

/**
 * Where a connection's login begins, with `return_to` and the hint of the query.
 */
export function ssoPath(c: AppContext, connectionSid: string | null, query: URLSearchParams) {
  const asked = pendingRequestOf(query.get('return_to') ?? undefined, c.var.config.origin)
  const force = asked && wantsForceAuthn(asked) ? '&force_authn' : ''
  return `/sso/${connectionSid}?${query}${force}`
}

/**
 * The authorization request that a return target leads back to, and the client that asks;
 * undefined: it leads elsewhere.
 */
async function findAsking(c: AppContext, returnTo: string | undefined) {
  const parameters = pendingRequestOf(returnTo, c.var.config.origin)
  if (!parameters) return undefined
  const client = await findClient(openDatabase(c.env.DB), parameters.get('client_id') ?? '')
  return { parameters, client: client?.disabledAt === null ? client : undefined }
}

/**
 * The app's own page, with what was entered and where it leads: that of the client that asks, or
 * that of the deployment.
 */
export async function passwordPage(c: AppContext, query: URLSearchParams): Promise<string | null> {
  const { passwordLoginURL: fallback, origin } = c.var.config
  const asking = await findAsking(c, query.get('return_to') ?? undefined)
  if (asking) {
    const added = new URLSearchParams(query)
    added.delete('return_to')
    added.set('iss', origin)
    const url = passwordLoginURL(asking.client, asking.parameters, added)
    if (url !== undefined) return url
  }
  if (fallback === null) return null
  const url = new URL(fallback)
  for (const [name, value] of query) url.searchParams.set(name, value)
  return url.href
}

/** Throws `too_many_requests`. The same for every e-mail, whether somebody has it or not. */
export async function limitRate(c: AppContext, entered: string): Promise<void> {
  const address = clientOf(c.req.header('cf-connecting-ip'))
  const key = emailKey(entered) ?? entered.slice(0, MAX_EMAIL)
  const [byAddress, byEmail] = await Promise.all([
    c.env.LOGINS_BY_ADDRESS.limit({ key: address }),
    hashSecret(key).then((hash) => c.env.LOGINS_BY_EMAIL.limit({ key: hash })),
  ])
  if (byAddress.success && byEmail.success) return
  c.header('retry-after', '60')
  throw new Refused('too_many_requests')
}
