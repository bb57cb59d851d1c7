// `/login/recovery`: takes a recovery code and sends the browser on to the app, whose password
// works for a while. Every code that opens nothing gets the same answer, whether the user exists or
// not.
import { Hono } from 'hono'
import { openDatabase } from '../../platform/db/client.ts'
import { CATALOGUE } from '../../errors.ts'
import {
  checkReturnTo,
  limitLogins,
  MAX_EMAIL,
  passwordPage,
} from '../../login/front-door/routes.tsx'
import { linkQuery } from '../../login/front-door/pages.tsx'
import { clientOfRequest } from '../../platform/http/limits.ts'
import type { App, AppContext } from '../../platform/http/http.ts'
import { Refused } from '../../platform/http/refused.ts'
import { openFrame } from '../../platform/http/frame.ts'
import { exchangeRecoveryCode } from './operations.ts'
import { RecoveredPage, RecoveryPage } from './pages.tsx'

export const recoveryRoutes = new Hono<App>()

recoveryRoutes.get('/', async (c) => {
  const { return_to: returnTo, login_hint: email } = c.req.query()
  return askForCode(c, { email, returnTo: await checkReturnTo(c, returnTo) })
})

recoveryRoutes.post('/', async (c) => {
  const { form, config } = c.var
  // A page elsewhere could otherwise have somebody else's browser try codes.
  if (c.req.header('origin') !== config.origin) throw new Refused('not_same_site')
  const returnTo = await checkReturnTo(c, form?.get('return_to') || undefined)
  const email = (form?.get('email') ?? '').trim()
  await limitLogins(c, '/login/recovery', email, returnTo)
  const opened = await exchangeRecoveryCode(
    { db: openDatabase(c.env.DB), now: Date.now() },
    { email, code: form?.get('code') ?? '', client: clientOfRequest(c) },
  )
  if (!opened.ok && opened.error.code === 'too_many_requests')
    throw new Refused(opened.error.code, {
      restartURL: `/login/recovery${linkQuery(email, returnTo)}`,
    })
  if (!opened.ok) return askForCode(c, { email, returnTo, isRefused: true })
  const { handover, codesLeft, passwordUntil, isDrill } = opened.value
  const query = new URLSearchParams({
    login_hint: email,
    ...(returnTo && { return_to: returnTo }),
    recovery_code: handover,
  })
  return c.html(
    <RecoveredPage
      email={email}
      codesLeft={codesLeft}
      isDrill={isDrill}
      passwordUntil={passwordUntil}
      passwordURL={await passwordPage(c, query)}
      frame={await openFrame(c)}
    />,
  )
})

async function askForCode(
  c: AppContext,
  ask: { email: string | undefined; returnTo: string | undefined; isRefused?: boolean },
) {
  const page = (
    <RecoveryPage
      email={ask.email?.slice(0, MAX_EMAIL)}
      returnTo={ask.returnTo}
      isRefused={ask.isRefused ?? false}
      frame={await openFrame(c)}
    />
  )
  return c.html(page, ask.isRefused ? CATALOGUE.recovery_code.status : 200)
}
