// The HTTP that begins a login, and begins it again with the target of one that ended badly.
import { openDatabase } from '../platform/db/client.ts'
import type { AppContext } from '../platform/http/http.ts'
import { limitRate } from '../platform/http/limits.ts'
import { Refused } from '../platform/http/refused.ts'
import { normalizeEmail } from '../saml/response/principal.ts'
import { CONSOLE_SIGN_IN, consoleTarget, purposeFor } from './admin-login.ts'
import { beginLogin } from './begin.ts'
import { againPath, findConnectionOf, refused, type FoundConnection } from './connection-of.ts'
import { noteRestart } from './cookies.ts'
import type { LoginPurpose } from './handle.ts'
import { findLogin, findNewestLogin, rememberLogin } from './login-cookies.ts'
import { readWantedAuthentication, type WantedAuthentication } from './pending-request.ts'
import { postElsewhere } from './post-elsewhere.tsx'
import { findIdpInitiatedReturnTo, findReturnTo } from './return-to.ts'
import { testPath } from './test-path.ts'
import { targetOf } from './way-on.ts'

type Beginning = {
  returnTo: string
  purpose: LoginPurpose
  loginHint?: string | undefined
  authentication: WantedAuthentication
}

/** GET /sso/{connection} */
export async function begin(c: AppContext) {
  const { config } = c.var
  const db = openDatabase(c.env.DB)
  const { return_to: target, restarted, test } = c.req.query()
  const isRestarted = restarted !== undefined
  const returnTo = isRestarted
    ? await findIdpInitiatedReturnTo(db, config, target ?? '')
    : await findReturnTo(db, config, target ?? '/')
  if (returnTo === undefined) throw new Refused('return_to')
  const found = await findConnectionOf(c)
  if (isRestarted && !noteRestart(c))
    throw refused('restart_loop', found.connection, againPath(found.connection.sid))
  return sendToIdp(c, found, {
    returnTo,
    purpose: test === undefined ? 'login' : 'test',
    loginHint: normalizeEmail(c.req.query('login_hint') ?? ''),
    authentication: readWantedAuthentication(c.req.query('force_authn')),
  })
}

/** GET /sso/{connection}/again */
export async function beginAgain(c: AppContext) {
  const found = await findConnectionOf(c)
  const { sid } = found.connection
  const { login: asked, other } = c.req.query()
  const named = asked === undefined ? undefined : await findLogin(c, 'login', asked)
  const before =
    named && asked !== undefined
      ? { name: asked, login: named }
      : await findNewestLogin(c, ({ connectionSid }) => connectionSid === sid)
  const login = before?.login.connectionSid === sid ? before.login : undefined
  return sendToIdp(c, found, {
    returnTo: before && login ? await targetOf(c, before.name, login) : `${c.var.config.origin}/`,
    purpose: 'login',
    // Another account has another address.
    loginHint: other === undefined ? login?.loginHint : undefined,
    authentication: other === undefined ? (login?.authentication ?? 'any') : 'new',
  })
}

/** Begins the login. `returnTo` has been checked. */
export async function sendToIdp(
  c: AppContext,
  { connection, keys }: FoundConnection,
  login: Beginning,
) {
  const { loginHint, authentication } = login
  const purpose = purposeFor(connection, login.purpose)
  const returnTo =
    purpose === 'admin' ? consoleTarget(c.var.config.origin, login.returnTo) : login.returnTo
  const { pathname, search } = new URL(c.req.url)
  // What a login puts into KV is bounded by this for one client.
  await limitRate(c, 'sso', { restartURL: `${pathname}${search}` })
  const asked = { purpose, loginHint, authentication, now: Date.now() }
  const outgoing = await beginLogin(c.var.config, connection, keys, asked)
  const { sid: connectionSid } = connection
  if (typeof outgoing === 'string') {
    const ways = { test: testPath(connectionSid), admin: CONSOLE_SIGN_IN, login: null }
    throw refused(outgoing, connection, ways[purpose] ?? againPath(connectionSid))
  }
  await rememberLogin(c, purpose, outgoing.name, {
    connectionSid,
    returnTo,
    loginHint,
    authentication: authentication === 'any' ? undefined : authentication,
  })
  if (outgoing.binding === 'HTTP-Redirect') return c.redirect(outgoing.url)
  return postElsewhere(c, 'toIdp', outgoing.action, outgoing.fields)
}
