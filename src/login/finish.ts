// GET /login/finish: the browser that began the login brings its cookie and the login code, and
// gets the session.
import { createTimedSid } from '../ids.ts'
import { openDatabase } from '../platform/db/client.ts'
import type { AppContext } from '../platform/http/http.ts'
import { Refused } from '../platform/http/refused.ts'
import { createLocatedSecret } from '../platform/located-secret.ts'
import { hashSecret } from '../platform/secret.ts'
import { expiryOf } from '../sessions/lifetime.ts'
import { againPath } from './connection-of.ts'
import { sessionKeys, setSession } from './cookies.ts'
import { nameOfLoginCode } from './login-code.ts'
import { findLogin, noteSession } from './login-cookies.ts'
import { finishLogin } from './store/finish.ts'
import { targetOf } from './way-on.ts'

export async function finish(c: AppContext) {
  const code = c.req.query('code') ?? ''
  const name = nameOfLoginCode(code)
  if (name === undefined) throw new Refused('login_code_unknown')
  const login = await findLogin(c, 'login', name)
  const now = Date.now()
  const sessionSid = createTimedSid('SE', now)
  const token = await createLocatedSecret(sessionSid)
  const finished = await finishLogin(openDatabase(c.env.DB), {
    codeHash: await hashSecret(code),
    isBound: login !== undefined,
    earlier: await sessionKeys(c),
    session: {
      sid: sessionSid,
      tokenHash: token.hash,
      expiresAt: expiryOf(now, c.var.config.session),
    },
    now,
  })
  if (!finished.ok) {
    const { attempt } = finished
    const connectionSid = login?.connectionSid ?? attempt?.connectionSid
    throw new Refused(finished.code, {
      ...(attempt && { reference: attempt.sid }),
      ...(connectionSid && { restartURL: againPath(connectionSid, name) }),
    })
  }
  if (!login) throw new TypeError('a login without its cookie opens no session')
  if (finished.hasEndedOthers) c.var.afterResponse.add('send_logout_tokens')
  setSession(c, token.text, Math.max(1, Math.floor((finished.expiresAt - now) / 1000)))
  // Before the session is noted: the app’s request has not been used yet.
  const target = await targetOf(c, name, login)
  await noteSession(c, name, login, sessionSid)
  return c.redirect(target)
}
