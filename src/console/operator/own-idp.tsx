// The vendor's own IdP for operators: its tenant on the page of operators, and the end of a login
// through it, in the browser that began it.
import type { Hono } from 'hono'
import { listOwnIdps, signInByIdp, type OpenedConsole } from '../../access/operations.ts'
import { createTenant, getTenant } from '../../directory/operations.ts'
import { CONSOLE_SIGN_IN, consoleTarget } from '../../login/admin-login.ts'
import { nameOfLoginCode } from '../../login/login-code.ts'
import { findLogin } from '../../login/login-cookies.ts'
import { OPERATORS_TENANT } from '../../operators-tenant.ts'
import { openDatabase } from '../../platform/db/client.ts'
import { deleteCookie, readCookie, writeCookie } from '../../platform/http/cookies.ts'
import { isLookingAhead, type App, type AppContext } from '../../platform/http/http.ts'
import { Refused } from '../../platform/http/refused.ts'
import { Section } from '../kit/blocks.tsx'
import { ButtonForm, ButtonLink } from '../kit/forms.tsx'
import { seeOther, unwrap, type AdminContext } from '../kit/admin-context.tsx'
import { openConsole } from './frame.tsx'

const TENANT_PATH = `/console/tenants/${OPERATORS_TENANT}`
/** The page that somebody asked for before they signed in. */
const WANTED = 'console-to'
const WANTED_SECONDS = 1800

export function ownIdpRoutes(routes: Hono<App>): void {
  routes.post('/operators/tenant', async (c) => {
    const { context } = await openConsole(c)
    const made = await createTenant(context, { name: 'Operators', forOperators: true })
    // A second click leads to the one that is there.
    if (!made.ok && made.error.code === 'already_there') return seeOther(c, TENANT_PATH)
    unwrap(made)
    return seeOther(c, TENANT_PATH, 'own_tenant_created')
  })
}

/**
 * A login through the vendor's IdP ends here. Without the cookie of the browser that began it, or
 * with the code of anything else, nothing opens.
 */
export async function finishByIdp(c: AppContext): Promise<OpenedConsole & { target: string }> {
  if (isLookingAhead(c.req.raw)) throw new Refused('login_code_unknown')
  const restartURL = CONSOLE_SIGN_IN
  const code = c.req.query('code') ?? ''
  const name = nameOfLoginCode(code)
  if (name === undefined) throw new Refused('login_code_unknown', { restartURL })
  const login = await findLogin(c, 'admin', name)
  if (!login) throw new Refused('browser_mismatch', { restartURL })
  const opened = await signInByIdp({ db: openDatabase(c.env.DB), now: Date.now() }, code)
  if (!opened.ok) throw new Refused(opened.error.code, { restartURL })
  const { origin } = c.var.config
  return { ...opened.value, target: pathOf(consoleTarget(origin, login.returnTo ?? '')) }
}

/** Keeps the page that was asked for, until somebody has signed in. */
export function noteWanted(c: AppContext): void {
  const { pathname, search } = new URL(c.req.url)
  const wanted = pathname + search
  if (wanted.length <= 1000) writeCookie(c, WANTED, encodeURIComponent(wanted), WANTED_SECONDS)
}

/** The path of that page, or of the first one. */
export function wantedPath(c: AppContext): string {
  const kept = readCookie(c, WANTED) ?? ''
  return pathOf(consoleTarget(c.var.config.origin, decoded(kept)))
}

export function forgetWanted(c: AppContext): void {
  if (readCookie(c, WANTED) !== undefined) deleteCookie(c, WANTED)
}

/** A cookie of another version, or one that a person has changed, is none. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url)
  return pathname + search
}

/** The way in on the sign-in page, for each connection that opens the console. */
export async function OwnIdpLinks({ c }: { c: AppContext }) {
  const idps = await listOwnIdps({ db: openDatabase(c.env.DB) })
  const query = new URLSearchParams({ return_to: wantedPath(c) })
  return (
    <>
      {idps.map(({ sid, name }) => (
        <p>
          <ButtonLink href={`/sso/${sid}?${query}`} label={`Sign in with ${name}`} tone="primary" />
        </p>
      ))}
    </>
  )
}

export type OwnIdp = { hasTenant: boolean; names: readonly string[] }

export async function readOwnIdp({ context }: AdminContext): Promise<OwnIdp> {
  const [tenant, idps] = await Promise.all([
    getTenant(context, OPERATORS_TENANT),
    listOwnIdps(context),
  ])
  return { hasTenant: tenant.ok, names: idps.map(({ name }) => name) }
}

export function OwnIdpSection({ own, mayChange }: { own: OwnIdp; mayChange: boolean }) {
  const { hasTenant, names } = own
  return (
    <Section
      id="own-idp"
      title="Your company’s IdP"
      lead={
        names.length > 0
          ? `Operators sign in with ${names.join(' or ')}. They need an account here with the ` +
            'same e-mail: a role never comes from the IdP.'
          : 'Operators can sign in with the IdP of your own company. Connect it as a customer ' +
            'would, and validate it.'
      }
    >
      <p>
        One owner always keeps sign-in by link or Cloudflare Access, so that a broken IdP locks
        nobody out. A machine that can deploy Gatepost makes such a link at any time.
      </p>
      {hasTenant ? (
        <p>
          <ButtonLink href={TENANT_PATH} label="Open its connections" />
        </p>
      ) : (
        mayChange && <ButtonForm action="/console/operators/tenant" label="Set up your own IdP" />
      )}
    </Section>
  )
}
