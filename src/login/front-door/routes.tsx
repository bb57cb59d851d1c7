// The front door: takes an e-mail and sends the person to their sign-in. A password user and an
// unknown e-mail get the same answer. In a domain whose newcomers have SSO alone, everybody does.
// The button for a password asks nothing about the person.
import { Hono } from 'hono'
import { findClient } from '../../clients/store.ts'
import { openDatabase } from '../../platform/db/client.ts'
import { decideFor } from '../../directory/sign-in/operations.ts'
import { emailKey } from '../../directory/email-key.ts'
import { normalizeEmail } from '../../saml/response/principal.ts'
import { limitRate } from '../../platform/http/limits.ts'
import type { App, AppContext } from '../../platform/http/http.ts'
import { Refused } from '../../platform/http/refused.ts'
import { openFrame } from '../../platform/http/frame.ts'
import { passwordLoginURL, pendingRequestOf, wantedAuthentication } from '../pending-request.ts'
import { findReturnTo } from '../return-to.ts'
import { ChoicePage, EmailPage, linkQuery, PasswordPage, SecondWayPage } from './pages.tsx'

export const frontDoorRoutes = new Hono<App>()

/** A longer input is cut before it is shown or counted. */
export const MAX_EMAIL = 254

frontDoorRoutes.get('/', async (c) => {
  const { return_to: target, login_hint: hint } = c.req.query()
  const returnTo = await checkReturnTo(c, target)
  const asked = pendingRequestOf(returnTo, c.var.config.origin)?.get('login_hint') ?? undefined
  return askForEmail(c, { email: hint ?? asked, returnTo })
})

frontDoorRoutes.post('/', async (c) => {
  const { form, config } = c.var
  // Another site must not start a login here with an e-mail of its choice.
  if (c.req.header('origin') !== config.origin) throw new Refused('not_same_site')
  const returnTo = await checkReturnTo(c, form?.get('return_to') || undefined)
  const entered = (form?.get('email') ?? '').trim()
  await limitLogins(c, '/login', entered, returnTo)
  const email = normalizeEmail(entered)
  if (email === undefined) return askForEmail(c, { email: entered, returnTo, isMistaken: true })
  if (form?.get('way') === 'password') {
    const query = hintQuery(email, returnTo)
    return showPassword(c, { email, returnTo, passwordURL: await passwordPage(c, query) })
  }
  return showWay(c, await findWay(c, email, returnTo))
})

const hintQuery = (email: string, returnTo: string | undefined) =>
  new URLSearchParams({ login_hint: email, ...(returnTo && { return_to: returnTo }) })

/** What decides the way of an e-mail: one round trip. */
export async function findWay(c: AppContext, email: string, returnTo: string | undefined) {
  const query = hintQuery(email, returnTo)
  const [decided, passwordURL] = await Promise.all([
    decideFor(openDatabase(c.env.DB), email, Date.now()),
    passwordPage(c, query),
  ])
  return { email, returnTo, query, passwordURL, ...decided }
}

/** Redirects to the sign-in for the e-mail, or shows a choice. `begin` spares a redirect. */
export async function showWay(
  c: AppContext,
  way: Awaited<ReturnType<typeof findWay>>,
  begin?: () => Promise<Response>,
) {
  const { decision, connectionSid, secondConnectionSid, query } = way
  const ssoURL = ssoPath(c, connectionSid, query)
  const secondURL = secondConnectionSid === null ? null : ssoPath(c, secondConnectionSid, query)
  switch (decision) {
    case 'sso':
      if (begin) return begin()
      if (secondURL === null) return c.redirect(ssoURL, 303)
      return c.html(
        <SecondWayPage {...await pageOf(c, way)} ssoURL={ssoURL} secondURL={secondURL} />,
      )
    case 'choice':
      return c.html(<ChoicePage {...await pageOf(c, way)} ssoURL={ssoURL} secondURL={secondURL} />)
    // The app says `suspended` after the password. Said here, it would reveal that the person
    // exists.
    case 'refused':
    case 'password':
      return showPassword(c, way)
  }
}

type PasswordWay = { email: string; returnTo: string | undefined; passwordURL: string | null }

async function showPassword(c: AppContext, way: PasswordWay) {
  return way.passwordURL === null
    ? c.html(<PasswordPage {...await pageOf(c, way)} />)
    : c.redirect(way.passwordURL, 303)
}

async function pageOf(c: AppContext, { email, returnTo, passwordURL }: PasswordWay) {
  return { email, passwordURL, againURL: againURL(returnTo), frame: await openFrame(c) }
}

async function askForEmail(
  c: AppContext,
  ask: { email: string | undefined; returnTo: string | undefined; isMistaken?: boolean },
) {
  const { config } = c.var
  const pending = await findPendingRequest(c, ask.returnTo)
  // form-action also applies to redirects after the POST, and the IdP and the app are other sites.
  c.set('formAction', `'self' https:${config.isLocal ? ' http:' : ''}`)
  const page = (
    <EmailPage
      client={pending?.client?.name}
      email={ask.email?.slice(0, MAX_EMAIL)}
      returnTo={ask.returnTo}
      isMistaken={ask.isMistaken ?? false}
      frame={await openFrame(c)}
    />
  )
  return c.html(page, ask.isMistaken ? 400 : 200)
}

/** Returns `return_to` as it came, if a login may lead there. Throws `return_to`. */
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

/** The path that begins a login of the connection, with the query's `return_to` and hint. */
function ssoPath(c: AppContext, connectionSid: string | null, query: URLSearchParams) {
  const asked = pendingRequestOf(query.get('return_to') ?? undefined, c.var.config.origin)
  const wanted = asked ? wantedAuthentication(asked) : 'any'
  return `/sso/${connectionSid}?${query}${wanted === 'any' ? '' : `&force_authn=${wanted}`}`
}

/** The pending authorization request and its client. Undefined: `return_to` leads elsewhere. */
async function findPendingRequest(c: AppContext, returnTo: string | undefined) {
  const parameters = pendingRequestOf(returnTo, c.var.config.origin)
  if (!parameters) return undefined
  const client = await findClient(openDatabase(c.env.DB), parameters.get('client_id') ?? '')
  return { parameters, client: client?.disabledAt === null ? client : undefined }
}

/**
 * The password page of the client, or else of the deployment, with the e-mail and `return_to`.
 * Null: there is none.
 */
export async function passwordPage(c: AppContext, query: URLSearchParams): Promise<string | null> {
  const { passwordLoginURL: fallback, origin } = c.var.config
  const pending = await findPendingRequest(c, query.get('return_to') ?? undefined)
  if (pending) {
    const added = new URLSearchParams(query)
    added.delete('return_to')
    added.set('iss', origin)
    const url = passwordLoginURL(pending.client, pending.parameters, added)
    if (url !== undefined) return url
  }
  if (fallback === null) return null
  const url = new URL(fallback)
  for (const [name, value] of query) url.searchParams.set(name, value)
  return url.href
}

/**
 * Counts a login of this client for an e-mail, known and unknown alike. Throws `too_many_requests`.
 */
export async function limitLogins(
  c: AppContext,
  page: '/login' | '/login/recovery',
  entered: string,
  returnTo: string | undefined,
): Promise<void> {
  const email = entered.slice(0, MAX_EMAIL)
  await limitRate(c, page === '/login' ? 'front door' : 'recovery', {
    person: emailKey(entered) ?? email,
    restartURL: `${page}${linkQuery(email, returnTo)}`,
  })
}
