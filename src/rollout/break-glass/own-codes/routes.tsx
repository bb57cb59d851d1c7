// `/recovery-codes`: a signed-in break-glass owner makes recovery codes, prints and downloads them.
// No link, no key and nobody of the vendor's gets to see them.
import { Hono } from 'hono'
import { openDatabase } from '../../../platform/db/client.ts'
import { findUser } from '../../../directory/store/users.ts'
import { sessionKey } from '../../../login/cookies.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { openFrame } from '../../../platform/http/frame.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { findSession } from '../../../sessions/store/session.ts'
import { createOwnCodes, findOwnExemption } from '../operations.ts'
import { CodesPage, OwnPage } from './pages.tsx'

export const ownCodeRoutes = new Hono<App>()

ownCodeRoutes.get('/', async (c) => {
  const opened = await openOwner(c)
  if (!opened) return c.redirect('/login?return_to=/recovery-codes')
  const { owner } = opened
  return c.html(<OwnPage owner={owner} frame={await openFrame(c)} />)
})

ownCodeRoutes.post('/', async (c) => {
  if (c.req.header('origin') !== c.var.config.origin) throw new Refused('not_same_site')
  const opened = await openOwner(c)
  if (!opened) return c.redirect('/login?return_to=/recovery-codes', 303)
  const { context, user, owner } = opened
  const created = await createOwnCodes(context, user)
  if (!created.ok) throw new Refused(created.error.code)
  const { codes } = created.value
  const props = { owner, codes, origin: c.var.config.origin, now: context.now }
  return c.html(<CodesPage {...props} frame={await openFrame(c)} />)
})

/** The owner whose session the browser has. Undefined: nobody is signed in. */
async function openOwner(c: AppContext) {
  const context = { db: openDatabase(c.env.DB), now: Date.now() }
  const key = await sessionKey(c)
  const session = key && (await findSession(context.db, key, context.now, c.var.config.session))
  if (!session) return undefined
  const user = await findUser(context.db, { sid: session.userSid })
  const owner = user && (await findOwnExemption(context, user))
  if (!user || !owner) throw new Refused('break_glass_missing')
  return { context, user, owner }
}
