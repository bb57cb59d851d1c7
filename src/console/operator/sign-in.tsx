// Operator sign-in by a one-time link from the CLI. A button spends the link, so that link
// scanners do
// not.
import type { Hono } from 'hono'
import type { Child } from 'hono/jsx'
import { openDatabase } from '../../platform/db/client.ts'
import type { App, AppContext } from '../../platform/http/http.ts'
import { refuseGuess } from '../../platform/http/limits.ts'
import { Refused } from '../../platform/http/refused.ts'
import type { Problem } from '../../problem.ts'
import type { Result } from '../../result.ts'
import { Code } from '../kit/blocks.tsx'
import { ConsolePage } from '../kit/console-frame.tsx'
import { ButtonLink, Form, SubmitRow } from '../kit/forms.tsx'
import { seeOther, showPage } from '../kit/admin-context.tsx'
import { readForm } from '../kit/form.ts'
import { readSignInLink, signIn, signOut } from '../../access/operations.ts'
import {
  actorOfConsole,
  clearConsoleCookie,
  consoleSecret,
  setConsoleCookie,
} from '../../access/caller.ts'
import { AREA, PRODUCT } from './frame.tsx'

export function signInRoutes(routes: Hono<App>): void {
  const anonymous = (c: AppContext) => ({ db: openDatabase(c.env.DB), now: Date.now() })

  routes.get('/sign-in', async (c) => {
    const link = c.req.query('link')
    if (link === undefined) {
      const actor = await actorOfConsole(c)
      return showPage(c, <HowPage c={c} name={actor?.name} />)
    }
    const { name } = await unwrapLink(c, await readSignInLink(anonymous(c), link))
    return showPage(
      c,
      <Plain title={`Sign in as ${name}`}>
        <p>This link works once. You stay signed in for eight hours in this browser.</p>
        <Form action="/console/sign-in" hidden={{ link }}>
          <SubmitRow primary="Sign in" />
        </Form>
      </Plain>,
    )
  })

  routes.post('/sign-in', async (c) => {
    const form = await readForm(c)
    const { now, ...rest } = anonymous(c)
    const session = await unwrapLink(c, await signIn({ ...rest, now }, form.text('link')))
    setConsoleCookie(c, session.secret, Math.floor((session.expiresAt - now) / 1000))
    return seeOther(c, '/console/tenants', 'signed_in')
  })

  routes.post('/sign-out', async (c) => {
    const secret = consoleSecret(c)
    if (secret !== undefined) await signOut(anonymous(c), secret)
    clearConsoleCookie(c)
    return seeOther(c, '/console/sign-in')
  })
}

async function unwrapLink<T>(c: AppContext, found: Result<T, Problem>): Promise<T> {
  if (found.ok) return found.value
  const { code } = found.error
  throw new Refused(code === 'sign_in_link' ? await refuseGuess(c, 'sign_in_link', code) : code)
}

function HowPage({ c, name }: { c: AppContext; name: string | undefined }) {
  return (
    <Plain title={name === undefined ? 'Sign in' : `Signed in as ${name}`}>
      {name === undefined ? (
        <>
          <p>Create a link on a machine that can deploy Gatepost, and open it in this browser:</p>
          <p>
            <Code>npm run -s gatepost -- operator sign-in</Code>
          </p>
          <p>
            The link works once, within ten minutes.
            {c.var.config.access && ' Cloudflare Access also signs operators in.'}
          </p>
        </>
      ) : (
        <p>
          <ButtonLink href="/console/tenants" label="Open console" tone="primary" />
        </p>
      )}
    </Plain>
  )
}

function Plain(props: { title: string; children: Child }) {
  return (
    <ConsolePage
      title={props.title}
      product={PRODUCT}
      area={AREA}
      homeHref="/console"
      narrow={true}
    >
      {props.children}
    </ConsolePage>
  )
}
