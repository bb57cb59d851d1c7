// GET /login/finish: the browser that began the login brings its cookie and the login code, and
// gets the session.
import { createTimedSid, timeOfSid } from '../ids.ts'
import { openDatabase } from '../platform/db/client.ts'
import type { Named, Results } from '../platform/db/batch.ts'
import { openHistory, writeHistory } from '../platform/db/history.ts'
import { runAfterResponse } from '../platform/http/after-response.ts'
import { isLookingAhead, type AppContext } from '../platform/http/http.ts'
import { noteRequest } from '../platform/log/request-notes.ts'
import { Refused } from '../platform/http/refused.ts'
import { createLocatedSecret } from '../platform/located-secret.ts'
import { hashSecret } from '../platform/secret.ts'
import { expiryOf } from '../sessions/lifetime.ts'
import type { SessionKey } from '../sessions/store/session.ts'
import { againPath, otherAccountFor } from './connection-of.ts'
import { sessionKeys, setSession } from './cookies.ts'
import { noteMismatch } from './history/store/record.ts'
import { nameOfLoginCode } from './login-code.ts'
import { findLogin, noteSession } from './login-cookies.ts'
import { findWayOn } from './repeated.ts'
import { finishLogin } from './store/finish.ts'
import { targetOf } from './way-on.ts'

/** What is done for an app in the batch that opens the session. */
export type Continuation = {
  /** Their names are not those of the login's own statements. */
  statements: Named
  /** The answer to the browser. Undefined: it goes on to the target. */
  conclude: (results: Results<Named>) => Response | Promise<Response> | undefined
}

/** Undefined: the target is nothing that can be answered at once. src/oidc answers its requests. */
export type PrepareContinuation = (
  c: AppContext,
  target: string,
  session: SessionKey,
  now: number,
) => Promise<Continuation | undefined>

export async function finish(c: AppContext, prepare: PrepareContinuation) {
  // A browser that looks ahead, or a mail scanner, must not spend the code.
  if (isLookingAhead(c.req.raw)) {
    noteRequest(c.req.raw, { code: 'looking_ahead' })
    return c.body(null, 503)
  }
  const code = c.req.query('code') ?? ''
  const name = nameOfLoginCode(code)
  if (name === undefined) throw new Refused('login_code_unknown', { restartURL: '/login' })
  const login = await findLogin(c, 'login', name)
  const way = login && (await findWayOn(c, name, login))
  if (way !== undefined) return c.redirect(way)
  const now = Date.now()
  const sessionSid = createTimedSid('SE', now)
  const token = await createLocatedSecret(sessionSid)
  // Before the session is noted: the app’s request has not been used yet.
  const target = login ? await targetOf(c, name, login) : undefined
  const key = { sid: sessionSid, hash: token.hash }
  const next = target === undefined ? undefined : await prepare(c, target, key, now)
  const finished = await finishLogin(openDatabase(c.env.DB), {
    name,
    codeHash: await hashSecret(code),
    isBound: login !== undefined,
    earlier: await sessionKeys(c),
    session: {
      sid: sessionSid,
      tokenHash: token.hash,
      expiresAt: expiryOf(now, c.var.config.session),
    },
    also: next?.statements,
    now,
  })
  if (!finished.ok) {
    const { attempt } = finished
    if (attempt && finished.code === 'browser_mismatch')
      runAfterResponse(c, 'record_mismatch', () => {
        const at = { ...attempt, createdAt: timeOfSid(attempt.sid) }
        const history = openHistory(c.env.HISTORY)
        return writeHistory(history, 'record_mismatch', (store) => noteMismatch(store, at))
      })
    const connectionSid = login?.connectionSid ?? attempt?.connectionSid
    noteRequest(c.req.raw, { connectionSid })
    const otherAccount = connectionSid && otherAccountFor(finished.code, connectionSid, name)
    throw new Refused(finished.code, {
      ...(attempt && { reference: attempt.sid }),
      ...(otherAccount && { otherAccount }),
      restartURL: connectionSid === undefined ? '/login' : againPath(connectionSid, name),
    })
  }
  if (!login || !target) throw new TypeError('a login without its cookie opens no session')
  if (finished.hasEndedOthers) c.var.afterResponse.add('send_logout_tokens')
  setSession(c, token.text, Math.max(1, Math.floor((finished.expiresAt - now) / 1000)))
  await noteSession(c, name, login, sessionSid)
  return next?.conclude(finished.also) ?? c.redirect(target)
}
