// `/recovery-codes`: a signed-in break-glass owner makes recovery codes, prints and downloads them.
// No link, no key and nobody of the vendor's gets to see them.
import { Hono } from 'hono'
import { openDatabase } from '../../../platform/db/client.ts'
import { findUser } from '../../../directory/store/users.ts'
import { sessionKey } from '../../../login/cookies.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { Page } from '../../../platform/http/pages.tsx'
import { Refused } from '../../../platform/http/refused.ts'
import { nonceOf } from '../../../platform/http/security-headers.ts'
import { findSession } from '../../../sessions/store/session.ts'
import { createOwnCodes, findOwnExemption, type Owner } from '../operations.ts'

export const ownCodeRoutes = new Hono<App>()

ownCodeRoutes.get('/', async (c) => {
  const opened = await openOwner(c)
  if (!opened) return c.redirect('/login?return_to=/recovery-codes')
  const { owner } = opened
  return c.html(<OwnPage owner={owner} nonce={nonceOf(c)} />)
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
  return c.html(<CodesPage {...props} nonce={nonceOf(c)} />)
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

const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10)

function OwnPage({ owner, nonce }: { owner: Owner; nonce: string | undefined }) {
  const { email, codesLeft, expiresAt } = owner
  return (
    <Page title="Recovery codes" nonce={nonce}>
      <h1>Recovery codes</h1>
      <p>
        You are a break-glass owner until {dateOf(expiresAt)} (UTC). If your company’s sign-in page
        does not work, a recovery code lets you sign in as <strong>{email}</strong>.
      </p>
      <p>
        {codesLeft === 0
          ? 'You have no codes yet.'
          : `You have ${codesLeft} unused ${codesLeft === 1 ? 'code' : 'codes'}.`}{' '}
        {codesLeft > 0 && 'New codes replace them.'}
      </p>
      <form method="post" action="/recovery-codes">
        <button type="submit">{codesLeft === 0 ? 'Create codes' : 'Replace codes'}</button>
      </form>
    </Page>
  )
}

function CodesPage(props: {
  owner: Owner
  codes: readonly string[]
  origin: string
  now: number
  nonce: string | undefined
}) {
  const { owner, codes, origin, now, nonce } = props
  const text = [`Recovery codes for ${owner.email}`, `${origin}/login/recovery`, ...codes, '']
  return (
    <Page title="Recovery codes" nonce={nonce}>
      <h1>Recovery codes for {owner.email}</h1>
      <p role="status">
        Print this page or download the codes now. They are not shown again. Earlier codes no longer
        work.
      </p>
      <ul class="codes">
        {codes.map((code) => (
          <li>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <p>
        <a
          class="button"
          download="recovery-codes.txt"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text.join('\r\n'))}`}
        >
          Download codes
        </a>
      </p>
      <p class="aside">
        Created on {dateOf(now)} (UTC). Enter one at {origin}/login/recovery. Cross it out after
        use, and keep the others where nobody else finds them.
      </p>
    </Page>
  )
}
