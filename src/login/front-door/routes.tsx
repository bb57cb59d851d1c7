// The front door: an e-mail in, and on to wherever that person signs in. Who has a password and who does not exist are answered
// alike; only whoever is enabled or enforced sees something else.
import { Hono } from 'hono'
import { openDatabase } from '../../db/client.ts'
import type { SignInDecision } from '../../directory/decide-sign-in.ts'
import { decideFor } from '../../directory/sign-in/operations.ts'
import { emailKey } from '../../directory/email-key.ts'
import { normalizeEmail } from '../../saml/principal.ts'
import { hashSecret } from '../../secret.ts'
import type { App, AppContext } from '../../web/http.ts'
import { Refused } from '../../web/refused.ts'
import { readReturnTo } from '../return-to.ts'
import { clientOf } from './client-address.ts'
import { ChoicePage, EmailPage, PasswordPage } from './pages.tsx'

export const frontDoorRoutes = new Hono<App>()

/** What a person has entered may be anything. */
const MAX_EMAIL = 254

frontDoorRoutes.get('/', (c) => {
  const { return_to: returnTo, login_hint: hint } = c.req.query()
  return askForEmail(c, { email: hint, returnTo: checkReturnTo(c, returnTo) })
})

frontDoorRoutes.post('/', async (c) => {
  const { form, config } = c.var
  // Nobody else's page starts a login here with an e-mail of its own choice.
  if (c.req.header('origin') !== config.origin) throw new Refused('not_same_site')
  const returnTo = checkReturnTo(c, form?.get('return_to') || undefined)
  const entered = (form?.get('email') ?? '').trim()
  await limitRate(c, entered)
  const email = normalizeEmail(entered)
  if (email === undefined) return askForEmail(c, { email: entered, returnTo, isMistaken: true })
  const decision = await decideFor(openDatabase(c.env.DB), email, Date.now())
  return answer(c, decision, email, returnTo)
})

function answer(
  c: AppContext,
  { decision, connectionSid }: SignInDecision,
  email: string,
  returnTo: string | undefined,
) {
  const query = new URLSearchParams({ login_hint: email, ...(returnTo && { return_to: returnTo }) })
  const ssoURL = `/sso/${connectionSid}?${query}`
  const passwordURL = passwordPage(c, query)
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
    // Whoever is suspended is told so by the app, after the password: here it would say that the person exists.
    case 'refused':
    case 'password':
      return passwordURL === null
        ? c.html(<PasswordPage {...page} />)
        : c.redirect(passwordURL, 303)
  }
}

function askForEmail(
  c: AppContext,
  ask: { email: string | undefined; returnTo: string | undefined; isMistaken?: boolean },
) {
  const { config } = c.var
  // Browsers hold redirects that follow the post against form-action too: the IdP and the app are elsewhere.
  c.set('formAction', `'self' https:${config.isLocal ? ' http:' : ''}`)
  const page = (
    <EmailPage
      product={config.productName}
      email={ask.email?.slice(0, MAX_EMAIL)}
      returnTo={ask.returnTo}
      isMistaken={ask.isMistaken ?? false}
      nonce={c.get('secureHeadersNonce')}
    />
  )
  return c.html(page, ask.isMistaken ? 400 : 200)
}

/** As it came, if it may be followed. Throws `return_to`. */
function checkReturnTo(c: AppContext, target: string | undefined): string | undefined {
  const { origin, returnOrigins } = c.var.config
  if (target !== undefined && readReturnTo(target, origin, returnOrigins) === undefined)
    throw new Refused('return_to')
  return target
}

function againURL(returnTo: string | undefined): string {
  return returnTo === undefined
    ? '/login'
    : `/login?${new URLSearchParams({ return_to: returnTo })}`
}

/** The app's own page, with what was entered and where it leads. */
function passwordPage(c: AppContext, query: URLSearchParams): string | null {
  const { passwordLoginURL } = c.var.config
  if (passwordLoginURL === null) return null
  const url = new URL(passwordLoginURL)
  for (const [name, value] of query) url.searchParams.set(name, value)
  return url.href
}

/** Throws `too_many_requests`. The same for every e-mail, whether somebody has it or not. */
async function limitRate(c: AppContext, entered: string): Promise<void> {
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
